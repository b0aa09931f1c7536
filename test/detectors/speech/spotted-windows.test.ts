import t from 'tap'
import { type SpottedWindows, spottedWindowsOf } from '../../../proxy/detectors/speech/spotted-windows.js'
import { wordsOptionsSchema } from '../../../proxy/detectors/speech/words/options.js'

const RATE_HZ = 8_000
const WORD_MS = 100

const create = (words: object = {}, added: { open?: string[]; close?: string[] } = {}) => {
  let opened = 0
  const windows = spottedWindowsOf(
    { tracks: [0, 1].map((index) => ({ index, role: 'mixed' })), clockRateHz: RATE_HZ, sampleRateHz: [] },
    wordsOptionsSchema.parse(words),
    { open: added.open ?? [], close: added.close ?? [] },
    () => opened++,
  )
  return { windows, opened: () => opened }
}

/** `text` begins at `atMs`; suspected only, unless it is sure. */
const hear = (windows: SpottedWindows | null, atMs: number, text: string, isFinal = false, track = 0): void =>
  windows!.hear({
    track,
    text,
    startSample: atMs * 8,
    endSample: (atMs + WORD_MS) * 8,
    isFinal,
  })
const isOpen = (windows: SpottedWindows | null, atMs: number): boolean => windows!.isOpenAt(atMs * 8)

t.test('two words of a phrase open a window from the end of the second on, whoever says them', async (t) => {
  const { windows, opened } = create()
  hear(windows, 1_000, 'card', false, 1)
  t.notOk(isOpen(windows, 1_100))
  hear(windows, 1_400, 'number', false, 1)
  t.notOk(isOpen(windows, 1_499))
  t.ok(isOpen(windows, 1_500))
  t.equal(opened(), 1)
})

for (const phrase of [
  'card number',
  'long number',
  'security code',
  'sort code',
  'expiry date',
  'account number',
  'last digits',
  'digits back',
])
  t.test(`"${phrase}" is a phrase`, async (t) => {
    const { windows } = create()
    for (const [i, word] of phrase.split(' ').entries()) hear(windows, 1_000 + 500 * i, word)
    t.ok(isOpen(windows, 1_600))
  })

t.test('other words may lie between them', async (t) => {
  const { windows } = create()
  hear(windows, 1_000, 'sort')
  hear(windows, 1_200, 'account')
  hear(windows, 1_300, 'three', true)
  hear(windows, 1_600, 'code')
  t.ok(isOpen(windows, 1_700))
})

t.test('they are no phrase when they begin more than a second apart, or in another order', async (t) => {
  const { windows } = create()
  hear(windows, 1_000, 'card')
  hear(windows, 2_001, 'number')
  hear(windows, 2_100, 'card')
  t.notOk(isOpen(windows, 2_300))
})

t.test('nor when two people say them', async (t) => {
  const { windows } = create()
  hear(windows, 1_000, 'card', false, 0)
  hear(windows, 1_400, 'number', false, 1)
  t.notOk(isOpen(windows, 1_500))
})

t.test('a window ends 20 s after the last number in it, and two minutes after it was opened', async (t) => {
  const { windows } = create()
  hear(windows, 1_000, 'card')
  hear(windows, 1_400, 'number')
  t.ok(isOpen(windows, 21_499))
  t.notOk(isOpen(windows, 21_500))
  for (let atMs = 20_000; atMs < 200_000; atMs += 10_000) windows!.number(atMs * 8)
  t.ok(isOpen(windows, 121_499))
  t.notOk(isOpen(windows, 121_500))
})

t.test('phrases in a window prolong it, and are not counted as another', async (t) => {
  const { windows, opened } = create()
  hear(windows, 1_000, 'card')
  hear(windows, 1_400, 'number')
  hear(windows, 11_000, 'expiry')
  hear(windows, 11_400, 'date')
  t.ok(isOpen(windows, 31_000))
  t.equal(opened(), 1)
})

t.test('a closing phrase that is sure ends it; one that is suspected does not', async (t) => {
  const { windows } = create()
  hear(windows, 1_000, 'card')
  hear(windows, 1_400, 'number')
  hear(windows, 5_000, 'gone')
  hear(windows, 5_400, 'through')
  t.ok(isOpen(windows, 6_000))
  hear(windows, 5_000, 'gone', true)
  t.ok(isOpen(windows, 6_000))
  hear(windows, 5_400, 'through', true)
  t.notOk(isOpen(windows, 6_000))
  t.ok(isOpen(windows, 5_400))
})

t.test('half of a sure phrase and half of a suspected one close nothing', async (t) => {
  const { windows } = create()
  hear(windows, 1_000, 'card')
  hear(windows, 1_400, 'number')
  hear(windows, 5_000, 'payment', true)
  hear(windows, 5_400, 'authorised')
  t.ok(isOpen(windows, 6_000))
})

t.test('what is said after the closing phrase opens another', async (t) => {
  const { windows, opened } = create()
  hear(windows, 1_000, 'card')
  hear(windows, 1_400, 'number')
  hear(windows, 5_000, 'gone', true)
  hear(windows, 5_400, 'through', true)
  hear(windows, 9_000, 'security')
  hear(windows, 9_500, 'code')
  t.ok(isOpen(windows, 9_600))
  t.notOk(isOpen(windows, 9_000))
  t.equal(opened(), 2)
})

t.test('a policy adds phrases of its own, of up to four words', async (t) => {
  const { windows } = create({}, { open: ['card details front'], close: ['payment through'] })
  hear(windows, 1_000, 'card')
  hear(windows, 1_400, 'details')
  t.notOk(isOpen(windows, 1_500))
  hear(windows, 1_900, 'front')
  t.ok(isOpen(windows, 2_000))
  hear(windows, 4_000, 'payment', true)
  hear(windows, 4_500, 'through', true)
  t.notOk(isOpen(windows, 5_000))
})

t.test('where the call’s languages have no phrases, only its own are heard', async (t) => {
  const { windows } = create({ languages: ['nl'] }, { open: ['card details'] })
  hear(windows, 1_000, 'card')
  hear(windows, 1_400, 'number')
  t.notOk(isOpen(windows, 1_500))
  hear(windows, 1_600, 'details')
  t.ok(isOpen(windows, 1_700))
})

t.test('a policy that wants no windows has none', async (t) => {
  t.equal(create({ payment: { window: 'off' } }).windows, null)
})
