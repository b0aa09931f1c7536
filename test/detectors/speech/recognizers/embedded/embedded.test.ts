import t from 'tap'
import { embeddedOptionsSchema } from '../../../../../proxy/detectors/speech/recognizers/embedded/embedded.js'

const problemOf = (options: object): string | undefined =>
  embeddedOptionsSchema.safeParse(options).error?.issues[0]?.message

t.test('phrases are made of words that the spotter knows', async (t) => {
  t.strictSame(embeddedOptionsSchema.parse({ open: ['card details', 'last digits back'] }), {
    open: ['card details', 'last digits back'],
    close: [],
  })
})

t.test('one with another word is refused, with the words that there are and what to do', async (t) => {
  for (const phrase of ['signature strip', 'card  number', 'Card number', 'three digits', ''])
    t.match(
      problemOf({ open: [phrase] }),
      /^must be made of words that the spotter knows \(card, number, .*, front\).*a recogniser that hears sentences, and words\.payment$/,
      phrase,
    )
})

t.test('one word alone is refused, and five are', async (t) => {
  t.match(problemOf({ close: ['payment'] }), 'must have two words')
  t.match(problemOf({ close: ['card number long security code'] }), 'must have 4 words at most')
})
