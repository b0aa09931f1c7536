import t from 'tap'
import { Leg, type TrackWord } from '../../../../../proxy/detectors/speech/recognizers/remote/leg.js'
import type { SpeechStream } from '../../../../../proxy/detectors/speech/recognizers/remote/speech-stream.js'

const legWith = (startSample: number, sentSamples: number) => {
  const words: TrackWord[] = []
  const done: string[] = []
  const stream: SpeechStream = {
    bufferedBytes: 0,
    send: () => undefined,
    setAlertness: () => undefined,
    end: () => done.push('end'),
    destroy: () => done.push('destroy'),
  }
  const leg = new Leg(startSample, startSample, 8_000, (word) => words.push(word))
  leg.stream = stream
  leg.send(new Int16Array(sentSamples))
  return { leg, words, done }
}

const word = (startSample: number, endSample: number) => ({
  text: 'four',
  startSample,
  endSample,
  isFinal: true,
})

t.test('words and answers are counted from where the stream began', async (t) => {
  const { leg, words } = legWith(8_000, 4_000)
  leg.answered([word(800, 1_600)], 2_000)
  t.same(words, [{ text: 'four', startSample: 8_800, endSample: 9_600, isFinal: true, isContext: false }])
  t.equal(leg.answeredSample, 10_000)
})

t.test('it cannot vouch for audio that it was not sent', async (t) => {
  const { leg } = legWith(8_000, 4_000)
  leg.answered([], 1e9)
  t.equal(leg.answeredSample, 12_000)
})

t.test('answers never go backwards', async (t) => {
  const { leg } = legWith(0, 4_000)
  leg.answered([], 3_000)
  leg.answered([], 1_000)
  leg.answered([], -5)
  t.equal(leg.answeredSample, 3_000)
})

t.test('words whose times cannot be are put where they can, and never lost', async (t) => {
  const { leg, words } = legWith(1_000, 500)
  const times = [
    [-100, 100],
    [400, 9_999],
    [300, 200],
    [Number.NaN, Number.NaN],
    [9_999, 99_999],
  ] as const
  for (const [start, end] of times) leg.answered([word(start, end)], 0)
  t.same(
    words.map(({ startSample, endSample }) => [startSample, endSample]),
    [
      [1_000, 1_100],
      [1_400, 1_500],
      [1_300, 1_301],
      [1_000, 1_001],
      [1_500, 1_501],
    ],
  )
})

t.test(
  'a good end answers for everything that was sent; one that nobody asked for, for nothing',
  async (t) => {
    const asked = legWith(0, 4_000)
    asked.leg.end(4_000)
    asked.leg.ended('done')
    t.match(asked.leg, { outcome: 'done', answeredSample: 4_000 })
    const unasked = legWith(0, 4_000)
    unasked.leg.ended('done')
    t.match(unasked.leg, { outcome: 'unavailable', answeredSample: 0 })
  },
)

t.test('what makes no sense ends the stream', async (t) => {
  const tooMany = legWith(0, 4_000)
  tooMany.leg.answered(new Array(2_001).fill(word(0, 1)), 4_000)
  t.match(tooMany.leg, { outcome: 'nonsense', answeredSample: 0 })
  t.same(tooMany.done, ['destroy'])
  t.same(tooMany.words, [])
  const noNumber = legWith(0, 4_000)
  noNumber.leg.answered([], Number.NaN)
  t.equal(noNumber.leg.outcome, 'nonsense')
})

t.test(
  'what comes in a flood ends the stream: so many words a second of what it was told, and answers without any count as well',
  async (t) => {
    const { leg, done } = legWith(0, 0)
    const second = () => leg.send(new Int16Array(8_000))
    for (let i = 0; i < 60; i++) {
      second()
      for (let answer = 0; answer < 10; answer++) leg.answered(new Array(100).fill(word(0, 1)), 0)
    }
    t.equal(leg.outcome, null, 'as much as a decoder repeats')
    for (let answer = 0; answer < 2_000; answer++) leg.answered([], 0)
    t.equal(leg.outcome, 'nonsense')
    t.same(done, ['destroy'])
    const saving = legWith(0, 8_000 * 600)
    saving.leg.answered([], 0)
    for (let answer = 0; answer < 2_000; answer++) saving.leg.answered([], 0)
    t.equal(saving.leg.outcome, 'nonsense', 'what was not told before is not saved up')
  },
)

t.test('after it was dropped nothing that it says is heard', async (t) => {
  const { leg, words, done } = legWith(0, 4_000)
  leg.drop(false)
  leg.answered([word(0, 1)], 4_000)
  leg.ended('done')
  t.same(words, [])
  t.match(leg, { outcome: null, answeredSample: 0 })
  t.same(done, ['destroy'])
})
