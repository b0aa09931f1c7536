import t, { type Test } from 'tap'
import type { HeardWord } from '../../../../proxy/detectors/speech/recognizer.js'
import type { Stretch } from '../../../../proxy/detectors/speech/words/stretch.js'
import { stretchLabels } from '../../../../proxy/detectors/speech/words/stretch.js'
import { rng } from '../../../support/rng.js'
import {
  bareLimits,
  bracketed,
  hearAll,
  labelsOf,
  listenerOf,
  said,
  turnsSaid,
} from '../../../support/speech-words.js'

/** Conversations as they come out: what is in brackets is covered. */
const holds = (t: Test, expected: string, options = {}): void => {
  const lines = expected
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
  t.equal(bracketed(lines.replace(/[[\]]/g, ''), options), lines)
}

const numbersOnly = { payment: { window: 'off' as const } }

t.test('three numbers in a row are silenced from the first to the last', async (t) => {
  holds(t, 'C: it is [four one one one] okay', numbersOnly)
  holds(t, 'C: it is [4111 1111] okay', numbersOnly)
  holds(t, 'C: we are two people', numbersOnly)
})

t.test('a run goes on over pauses, fillers, corrections, and over both parties', async (t) => {
  holds(
    t,
    `C: [four nine two nine ... um ... one one one one ... two two]
     A: [two two] yes
     C: [three three no sorry four]`,
    numbersOnly,
  )
  holds(t, 'C: [forty two eleven sixty] is how it begins', numbersOnly)
})

t.test('an ordinary word ends what is not yet worth silencing', async (t) => {
  holds(t, 'C: i have two kids one dog and three cats', numbersOnly)
  holds(t, 'C: no one told me that one of the two was wrong for one', numbersOnly)
})

t.test('it does not end what is: the next group is the same number', async (t) => {
  holds(t, 'C: [four one one one and the next is two] thanks', numbersOnly)
})

t.test('words around a number tell it apart while nothing is armed', async (t) => {
  holds(t, 'C: my phone number is oh seven seven double oh nine hundred one two three', numbersOnly)
  holds(t, 'C: you can call me on 07700 900 123', numbersOnly)
  holds(t, 'C: i paid one hundred and twenty five pounds fifty', numbersOnly)
  holds(t, 'C: it was two nine nine pounds', numbersOnly)
  holds(t, 'C: that was in march nineteen eighty five or in twenty twenty four', numbersOnly)
  holds(t, 'A: what is your date of birth\nC: oh four oh five nineteen eighty', numbersOnly)
  holds(t, 'A: order number please\nC: its one two three four five six', numbersOnly)
  holds(t, 'C: call nine nine nine or 24 7', numbersOnly)
})

t.test('a policy may trust none of them', async (t) => {
  holds(t, 'C: my phone number is [oh seven seven double oh nine hundred]', {
    ...numbersOnly,
    tellApart: [],
  })
})

t.test(
  'more digits than such a number has, or a card by its check digit, are silenced after all',
  async (t) => {
    const sixteen = 'one two three four five six seven eight nine one two three four five six eight'
    holds(t, `C: my phone number is [${sixteen}]`, numbersOnly)
    holds(t, 'C: my phone number is [3782 822463 10005]', numbersOnly)
    holds(t, 'C: order number [4111 1111 1111 1111]', numbersOnly)
  },
)

t.test('while the call is armed one number is enough, whatever the words around it say', async (t) => {
  const listener = listenerOf(numbersOnly)
  listener.isArmed = true
  const stretches = hearAll(listener, turnsSaid('C: my phone number is seven'))
  t.same(stretches, [
    { track: 0, startSample: 4 * 2400, endSample: 4 * 2400 + 2000, label: 'digits', isOnset: true },
  ])
  listener.isArmed = false
  t.same(hearAll(listener, said('we are two', { startSample: 400_000 })), [])
})

t.test('a number is labelled by what is said of it, else by its own form', async (t) => {
  t.same(labelsOf('C: the security code is one two three', numbersOnly), ['security-code'])
  t.same(labelsOf('A: the expiry please\nC: oh eight twenty six', numbersOnly), ['expiry-date'])
  t.same(labelsOf('C: sort code twenty thirty forty', numbersOnly), ['sort-code'])
  t.same(labelsOf('C: account number one two three four five six seven eight', numbersOnly), [
    'account-number',
  ])
  t.same(labelsOf('C: 4111111111111111', numbersOnly), ['card-number'])
  t.same(labelsOf('C: QQ123456C okay', numbersOnly), ['digits'], 'a prefix that is not given out')
  t.same(labelsOf('C: AB123456C okay', numbersOnly), ['national-id'])
  t.same(labelsOf('C: 943 476 5919', numbersOnly), ['national-id'], 'an NHS number')
  const nir = labelsOf('C: 1 85 05 78 006 084 91', { ...numbersOnly, languages: ['fr'] })
  t.same(nir, ['digits', 'national-id'], 'known for what it is when it is complete')
  t.same(labelsOf('C: 12345678Z', { ...numbersOnly, languages: ['es'] }), ['national-id'])
  t.same(labelsOf('C: my social security number is one two three', numbersOnly), ['national-id'])
})

t.test('the letters of a document are silenced with its digits', async (t) => {
  holds(t, 'C: it is [q q one two three four five six c] thanks', numbersOnly)
})

t.test('a phrase opens a window over both tracks, and a closing phrase ends it', async (t) => {
  holds(
    t,
    `A: could you read me the long number across the front [please]
     C: [yes its four nine two nine]
     A: [thank you the payment has gone through]
     C: great thanks bye`,
  )
})

t.test('a closing phrase counts once it is final', async (t) => {
  const listener = listenerOf()
  const words = [
    ...said('card number please', { track: 1 }),
    ...said('payment has gone through', { track: 1, startSample: 20_000, isFinal: false }),
    ...said('hello', { track: 0, startSample: 60_000 }),
  ]
  const stretches = hearAll(listener, words)
  t.ok(stretches.some(({ track, endSample }) => track === 0 && endSample >= 62_000))
})

t.test('a window ends by itself when no number is said in it', async (t) => {
  const listener = listenerOf({ payment: { idleSeconds: 5 } })
  const out: Stretch[] = []
  for (const word of said('card number', { track: 1 })) listener.hear(word)
  for (const track of [0, 1]) listener.heardTo(track, 800_000)
  listener.drain(out)
  const endSample = 4400 + 5 * 8000
  t.same(out, [
    { track: 0, startSample: 4400, endSample, label: 'payment-window', isOnset: true },
    { track: 1, startSample: 4400, endSample, label: 'payment-window', isOnset: true },
  ])
})

t.test('a window of numbers only leaves the words between them', async (t) => {
  holds(t, 'A: your card number please\nC: hold on i think [seven] is the first', {
    payment: { window: 'numbers' },
  })
})

t.test('a policy adds phrases of its own', async (t) => {
  holds(t, 'A: tell us the golden digits [please]', { payment: { open: ['golden digits'] } })
})

t.test('a special category covers what is said between two pauses', async (t) => {
  holds(t, 'C: the bin was missed ... [my mother has diabetes you see] ... so she cannot carry it', {
    categories: { health: 'silence' },
  })
  holds(t, 'C: my mother has diabetes you see', { categories: { religion: 'silence' } })
  t.same(labelsOf('C: she is in a trade union', { categories: { union: 'mark' } }), ['union'])
  holds(t, 'C: [he drives a red herring] okay'.replace(' okay', ''), {
    categories: { politics: 'silence' },
    categoryWords: { politics: ['red herring*'] },
  })
})

t.test('every language finds its own numbers', async (t) => {
  holds(t, 'C: de kaart is [vier negen twee negen] dank u', { ...numbersOnly, languages: ['nl'] })
  holds(t, 'C: die karte ist [zweiundvierzig elf dreizehn] danke', { ...numbersOnly, languages: ['de'] })
  holds(t, 'C: la carte est [quatre-vingt-dix-sept soixante douze] merci', {
    ...numbersOnly,
    languages: ['fr'],
  })
  holds(t, 'C: la tarjeta es [cuatro uno uno uno] gracias', { ...numbersOnly, languages: ['es'] })
  holds(t, 'C: y cerdyn [pedwar un un un] diolch yn fawr', { ...numbersOnly, languages: ['cy'] })
  holds(t, 'C: vier een een een', { ...numbersOnly, languages: ['en'] })
  holds(t, 'C: [vier een een een]', { ...numbersOnly, languages: ['en', 'nl'] })
})

t.test('what is undecided is held back, and no longer than the wait', async (t) => {
  const listener = listenerOf(numbersOnly)
  const out: Stretch[] = []
  const at = (sample: number): number => {
    for (const track of [0, 1]) listener.heardTo(track, sample)
    listener.drain(out)
    return listener.undecidedFrom(0)
  }
  t.equal(at(8000), 8000, 'nobody speaks')
  for (const word of said('four one', { startSample: 8000 })) listener.hear(word)
  t.equal(at(13_000), 8000, 'from the first number on')
  t.equal(listener.undecidedFrom(1), 13_000, 'of the track that it is on')
  t.same(out, [])
  t.equal(
    at(8000 + 18_001),
    12_400,
    'no longer than 2.25 s: then two numbers are enough, and what goes on is held',
  )
  t.match(out, [{ startSample: 8000, endSample: 12_400 }])
  t.equal(at(12_400 + 40_001), 12_400 + 40_001, 'it is over')
})

t.test('a number alone leaves when nothing follows', async (t) => {
  const listener = listenerOf(numbersOnly)
  const out: Stretch[] = []
  for (const word of said('seven', { startSample: 8000 })) listener.hear(word)
  for (const track of [0, 1]) listener.heardTo(track, 8000 + 18_001)
  listener.drain(out)
  t.same(out, [])
  t.ok(listener.undecidedFrom(0) > 8000)
})

t.test('pads are part of a stretch, and of what is held back', async (t) => {
  const listener = listenerOf(numbersOnly, { ...bareLimits, padBeforeMs: 700, padAfterMs: 1000 })
  const [stretch] = hearAll(listener, said('four one one one', { startSample: 16_000 }))
  t.match(stretch, { startSample: 16_000 - 5600 })
  t.equal(listener.undecidedFrom(0), Infinity)
})

const talk = turnsSaid(`
  A: could you read me the long number across the front please
  C: yes its four nine two nine one one double seven
  A: four nine two nine thanks it has gone through
  C: my phone number is oh seven seven double oh
  C: nineteen eighty five was a good year ... five five five one two
`)

const whole = (stretches: readonly Stretch[]): string[] => {
  const covered = new Set<string>()
  for (const { track, startSample, endSample } of stretches)
    for (let sample = startSample - (startSample % 400); sample < endSample; sample += 400)
      covered.add(`${track}:${sample}`)
  return [...covered].sort()
}

t.test('the same words give the same stretches in other portions', async (t) => {
  const expected = whole(hearAll(listenerOf(numbersOnly), talk))
  for (let seed = 0; seed < 50; seed++) {
    const random = rng(seed)
    const listener = listenerOf(numbersOnly)
    const out: Stretch[] = []
    for (const word of talk) {
      listener.hear(word)
      if (random() < 0.3) listener.hear(word)
      if (random() < 0.4) continue
      for (const track of [0, 1]) listener.heardTo(track, word.startSample + 1)
      listener.drain(out)
    }
    for (const track of [0, 1]) listener.heardTo(track, Infinity)
    listener.drain(out)
    t.same(whole(out), expected, `seed ${seed}`)
  }
})

t.test(
  'interim words, late words and shuffled ones cover no less than the final ones in order',
  async (t) => {
    const expected = whole(hearAll(listenerOf(numbersOnly), talk))
    for (let seed = 0; seed < 50; seed++) {
      const random = rng(seed)
      const listener = listenerOf(numbersOnly)
      const late: HeardWord[] = []
      const out: Stretch[] = []
      for (const word of talk) {
        if (random() < 0.5) listener.hear({ ...word, isFinal: false })
        if (random() < 0.3) late.push(word)
        else listener.hear(word)
        while (late.length > 0 && (random() < 0.3 || late.length > 4))
          listener.hear(late.splice(Math.floor(random() * late.length), 1)[0]!)
        listener.drain(out)
      }
      for (const word of late) listener.hear(word)
      for (const track of [0, 1]) listener.heardTo(track, Infinity)
      listener.drain(out)
      const covered = new Set(whole(out))
      t.same(
        expected.filter((place) => !covered.has(place)),
        [],
        `seed ${seed}`,
      )
    }
  },
)

t.test('no words, whatever they are, make it throw, hold more, or tell another label', async (t) => {
  const vocabulary =
    'four one double oh hundred thousand and no sorry twenty card number gone through 4111 $5 12:30 zwei ëë 𝟘 ١٢ q x ' +
    "o'clock ’ - -- * ( | a.b 4-4 cancer pounds may phone nineteen \u0000 " +
    'x'.repeat(200)
  const words = vocabulary.split(' ')
  for (let seed = 0; seed < 20; seed++) {
    const random = rng(seed)
    const listener = listenerOf({
      languages: ['en', 'fr', 'nl', 'de', 'es', 'cy'],
      categories: { health: 'silence' },
    })
    const out: Stretch[] = []
    let at = 0
    for (let i = 0; i < 100; i++) {
      at += Math.floor(random() * 4000) - 500
      const text = words[Math.floor(random() * words.length)]!
      const startSample = random() < 0.02 ? Number.NaN : at
      listener.hear({
        track: Math.floor(random() * 3) - (random() < 0.1 ? 1 : 0),
        text,
        startSample,
        endSample: at + 1600,
        isFinal: random() < 0.7,
      })
      if (random() < 0.5) listener.heardTo(Math.floor(random() * 2), at)
      const before = [listener.undecidedFrom(0), listener.undecidedFrom(1)]
      listener.drain(out)
      for (const track of [0, 1]) t.ok(listener.undecidedFrom(track) >= before[track]!)
    }
    for (const stretch of out) {
      t.ok(stretchLabels.includes(stretch.label))
      t.ok(stretch.startSample < stretch.endSample && stretch.startSample >= 0)
    }
  }
})
