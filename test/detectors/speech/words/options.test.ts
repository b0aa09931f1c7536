import t from 'tap'
import { actionOf, wordsOptionsSchema } from '../../../../proxy/detectors/speech/words/options.js'

t.test('English, a window over all tracks, every harmless number told apart, no category', async (t) => {
  const options = wordsOptionsSchema.parse({})
  t.match(options, { languages: ['en'], payment: { window: 'all' } })
  t.same(options.tellApart, ['phone', 'date', 'time', 'amount', 'order'])
  t.ok(Object.values(options.categories).every((action) => action === 'off'))
})

t.test('a category that is only marked is not silenced; everything else is', async (t) => {
  const options = wordsOptionsSchema.parse({ categories: { health: 'mark', religion: 'silence' } })
  t.equal(actionOf(options, 'health'), 'mark')
  t.equal(actionOf(options, 'religion'), 'silence')
  t.equal(actionOf(options, 'card-number'), 'silence')
  t.equal(actionOf(options, 'payment-window'), 'silence')
})

t.test('a phrase that would be said all the time, or never, is refused', async (t) => {
  const isTaken = (phrase: string): boolean =>
    wordsOptionsSchema.safeParse({ payment: { open: [phrase] } }).success
  for (const phrase of ['golden digits', 'golden digit*', '(the) long number', 'a|b c'])
    t.ok(isTaken(phrase), phrase)
  for (const phrase of ['', '*', 'card *', 'a|* b', '(the)', 'two  spaces', 'a, b', 'w '.repeat(13).trim()])
    t.notOk(isTaken(phrase), phrase)
})
