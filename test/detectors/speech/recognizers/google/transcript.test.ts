import t from 'tap'
import { GoogleTranscript } from '../../../../../proxy/detectors/speech/recognizers/google/transcript.js'

/** One sample a millisecond, so that samples read as times. */
const RATE = 1_000

const seconds = (ms: number) => ({ seconds: String(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1e6 })
const interim = (transcript: string, endMs: number) => ({
  results: [{ alternatives: [{ transcript }], isFinal: false, resultEndOffset: seconds(endMs) }],
})
const final = (transcript: string, endMs: number, words: [string, number, number][] = []) => ({
  results: [
    {
      alternatives: [
        {
          transcript,
          words: words.map(([word, start, end]) => ({
            word,
            startOffset: seconds(start),
            endOffset: seconds(end),
          })),
        },
      ],
      isFinal: true,
      resultEndOffset: seconds(endMs),
    },
  ],
})

/** Everything said of these answers: `text start-end`, with an exclamation mark for what is final, and how far it is heard. */
const told = (...answers: unknown[]): string[] => {
  const transcript = new GoogleTranscript(RATE)
  return answers.flatMap((answer) => {
    const { words, heardSample } = transcript.receive(answer)
    return [
      ...words.map((word) => `${word.text}${word.isFinal ? '!' : ''} ${word.startSample}-${word.endSample}`),
      `to ${heardSample}`,
    ]
  })
}

t.test(
  'new words of an interim result were spoken since the one before it, and 300 ms earlier',
  async (t) => {
    t.same(told(interim('my card', 2_000), interim('my card is four', 3_100)), [
      'my 0-1000',
      'card 1000-2000',
      'to 2000',
      'is 1700-2400',
      'four 2400-3100',
      'to 3100',
    ])
  },
)

t.test('words that replace others may have begun where those did', async (t) => {
  t.same(told(interim('for one', 1_000), interim('41', 1_400)), [
    'for 0-500',
    'one 500-1000',
    'to 1000',
    '41 0-1400',
    'to 1400',
  ])
  t.same(told(interim('four', 1_000), interim('four nine', 2_000), interim('four 92', 2_500)).slice(3), [
    'to 2000',
    '92 700-2500',
    'to 2500',
  ])
})

t.test('results of one answer are one transcript, the stable part first', async (t) => {
  const answer = {
    results: [
      { alternatives: [{ transcript: 'to be' }], stability: 0.9, resultEndOffset: seconds(600) },
      { alternatives: [{ transcript: ' or not' }], stability: 0.01, resultEndOffset: seconds(1_200) },
    ],
  }
  t.same(told(answer, interim('to be or not to', 1_500)), [
    'to 0-300',
    'be 300-600',
    'or 600-900',
    'not 900-1200',
    'to 1200',
    'to 900-1500',
    'to 1500',
  ])
})

t.test('final words that have been told where they lie are not told again', async (t) => {
  t.same(
    told(
      interim('four one', 2_000),
      final('four one', 2_200, [
        ['four', 100, 900],
        ['one', 1_300, 1_600],
      ]),
    ).slice(3),
    ['to 2200'],
  )
  t.same(
    told(
      interim('one one', 2_000),
      final('one one one', 2_900, [
        ['one', 100, 900],
        ['one', 1_300, 1_600],
        ['one', 2_400, 2_700],
      ]),
    ).slice(3),
    ['one! 2400-2700', 'to 2900'],
  )
  t.same(
    told(
      interim('four one', 2_000),
      final('four one', 2_200, [
        ['four', 1_500, 1_800],
        ['one', 1_900, 2_100],
      ]),
    ).slice(3),
    ['four! 1500-1800', 'to 2200'],
  )
})

t.test('final words have their own times', async (t) => {
  t.same(
    told(
      interim('four one', 2_000),
      final('4 1', 2_200, [
        ['4', 800, 1_100],
        ['1', 1_300, 1_600],
      ]),
    ).slice(3),
    ['4! 800-1100', '1! 1300-1600', 'to 2200'],
  )
})

t.test(
  'final words without times are where interim ones would be, and only what is new is told',
  async (t) => {
    t.same(told(interim('four', 1_000), final('four one', 2_000)).slice(2), ['one! 700-2000', 'to 2000'])
  },
)

for (const [what, words] of Object.entries<object[]>({
  'words of which none has times': [{ word: 'four' }, { word: 'one' }],
  'words of which one has no times': [
    { word: 'four', startOffset: seconds(100), endOffset: seconds(400) },
    { word: 'one' },
  ],
  'words whose times are none': [
    { word: 'four', startOffset: seconds(100), endOffset: seconds(400) },
    { word: 'one', startOffset: { seconds: 'now' }, endOffset: { seconds: 'now' } },
  ],
  'words that begin before the stream': [
    { word: 'four', startOffset: { seconds: '-3' }, endOffset: seconds(400) },
    { word: 'one', startOffset: seconds(500), endOffset: seconds(900) },
  ],
  'fewer words than its transcript': [{ word: 'four', startOffset: seconds(100), endOffset: seconds(400) }],
}))
  t.test(`a final result with ${what} lies where an interim one would`, async (t) => {
    const answer = {
      results: [
        { alternatives: [{ transcript: 'four one', words }], isFinal: true, resultEndOffset: seconds(2_000) },
      ],
    }
    t.same(told(final('hello', 1_000), answer).slice(2), ['four! 700-1350', 'one! 1350-2000', 'to 2000'])
  })

t.test('after a final result another utterance begins', async (t) => {
  t.same(told(final('hello', 1_000), interim('hello', 2_000)).slice(2), ['hello 700-2000', 'to 2000'])
})

t.test(
  'after a long quiet a word lies where its own result ends, as far back as it can have begun',
  async (t) => {
    t.same(told(final('hello', 1_000), interim('four one', 20_000)).slice(2), [
      'four 16000-18000',
      'one 18000-20000',
      'to 20000',
    ])
  },
)

t.test('times that go backwards take nothing back', async (t) => {
  t.same(told(interim('four', 2_000), interim('four one', 1_000), final('late', 500, [['late', 100, 400]])), [
    'four 0-2000',
    'to 2000',
    'one 1700-2000',
    'to 2000',
    'late! 100-400',
    'to 2000',
  ])
})

t.test('answers without results, or without a transcript, say nothing', async (t) => {
  const event = { speechEventType: 'SPEECH_ACTIVITY_BEGIN', speechEventOffset: seconds(900), results: [] }
  t.same(
    told(event, {}, null, 'text', { results: [{ alternatives: [], isFinal: true, resultEndOffset: null }] }),
    ['to 0', 'to 0', 'to 0', 'to 0', 'to 0'],
  )
})

t.test('what makes no sense says so', async (t) => {
  const senseless = [
    { results: 'four' },
    { results: [{ alternatives: [{ transcript: 4929 }] }] },
    { results: [{ alternatives: [{ transcript: 'four' }], resultEndOffset: { seconds: 'now' } }] },
    interim('four '.repeat(5_000), 1_000),
  ]
  for (const answer of senseless) t.same(told(answer), ['to NaN'])
})
