import t from 'tap'
import { DigitRuns, type RunLimits } from '../../../proxy/detectors/speech/digit-runs.js'

/** Positions are hundredths of a second: what is written is what is meant. */
const limits: RunLimits = {
  digitsMin: 3,
  digitsMinAtWaitEnd: 2,
  digitsMinArmed: 1,
  sureShare: 1,
  apartSamples: 20,
  gapSamples: 250,
  padBeforeSamples: 70,
  padAfterSamples: 100,
  waitSamples: 200,
}

type Range = [number, number, boolean]
/** Start, end and count of a word. */
type Word = [number, number, number?]

const digit = (startSample: number): Word => [startSample, startSample + 30]

/** Words are told when they have ended; settled every `every` hundredths. */
const play = (
  words: readonly Word[],
  toSample: number,
  options: { every?: number; armedAt?: number } = {},
) => {
  const { every = 10, armedAt = Infinity } = options
  const runs = new DigitRuns(limits)
  const ranges: Range[] = []
  const watermarks: number[] = []
  for (let heard = every; heard <= toSample; heard += every) {
    runs.isArmed = heard > armedAt
    for (const [start, end, count = 1] of words)
      if (start < heard && start >= heard - every) runs.hear(start, end, count)
    runs.settle(heard, (start, end, isOnset) => {
      if (start < (watermarks.at(-1) ?? 0)) throw new Error('before the watermark')
      ranges.push([start, end, isOnset])
    })
    watermarks.push(runs.watermarkSample)
  }
  return { ranges, watermarks, runs, silent: united(ranges) }
}

/** Ranges that touch are one. */
const united = (ranges: readonly Range[]): [number, number][] => {
  const out: [number, number][] = []
  for (const [start, end] of ranges) {
    const last = out.at(-1)
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
    else out.push([start, end])
  }
  return out
}

t.test('three numbers are a run: silent from before the first to behind the last', async (t) => {
  const { silent, ranges } = play([digit(300), digit(340), digit(380)], 1000)
  t.strictSame(silent, [[230, 510]])
  t.equal(ranges[0]![2], true)
})

t.test('every further word, and what lies between, is silent as well', async (t) => {
  const { silent, ranges } = play([300, 340, 380, 620, 860].map(digit), 2000)
  t.strictSame(silent, [[230, 990]])
  t.strictSame(
    ranges.map(([, , isOnset]) => isOnset),
    [true, false, false],
  )
})

t.test('a word one gap later begins a run of its own', async (t) => {
  t.strictSame(play([300, 340, 380, 660].map(digit), 2000).silent, [[230, 510]])
})

t.test('one number alone leaves', async (t) => {
  const { ranges, watermarks } = play([digit(300)], 1000)
  t.strictSame(ranges, [])
  t.equal(watermarks.at(-1), 930)
})

t.test('two numbers are silent when the first can wait no longer', async (t) => {
  const { silent, watermarks } = play([digit(300), digit(400)], 1000)
  t.strictSame(silent, [[300, 530]])
  t.equal(watermarks[48], 290)
})

t.test(
  'what was alone when it could wait no longer has left; what comes later is silent with the rest',
  async (t) => {
    t.strictSame(play([digit(300), digit(540), digit(700)], 1500).silent, [[500, 830]])
  },
)

t.test('a pending run holds the watermark, and no longer than the wait', async (t) => {
  const { watermarks } = play([digit(300)], 700)
  t.equal(watermarks[36], 230, 'at 370: 70 before the word')
  t.equal(watermarks[44], 250, 'at 450: the wait is over for what lies before 250')
  t.equal(watermarks[54], 350)
})

t.test('a run that is silent holds the watermark where its silence ends, while it may go on', async (t) => {
  const { watermarks } = play([300, 340, 380].map(digit), 1000)
  t.equal(watermarks[64], 510, 'at 650: 510 of it is silent, a word at 650 would go on')
  t.equal(watermarks[67], 610, 'at 680: a gap behind the last word it is over')
})

t.test('a word that counts for more makes a run sooner', async (t) => {
  t.strictSame(play([[300, 330, 2], digit(340)], 400).silent, [[230, 470]])
})

t.test('a word heard again, interim and final, is one word', async (t) => {
  const { ranges } = play(
    [
      [300, 330],
      [302, 332],
      [300, 334, 1],
    ],
    480,
  )
  t.strictSame(ranges, [])
})

t.test('a final word adds to the interim one: both of their times are silent', async (t) => {
  const runs = new DigitRuns(limits)
  for (const start of [300, 340, 380]) runs.hear(start, start + 30, 1)
  runs.hear(395, 430, 1)
  const ranges: Range[] = []
  runs.settle(450, (...range) => ranges.push(range))
  t.strictSame(ranges, [[230, 530, true]])
})

t.test('a word counts for as much as it is sure, sooner and later', async (t) => {
  const silentOf = (certainty: number, toSample: number): Range[] => {
    const runs = new DigitRuns({ ...limits, sureShare: 0.55 })
    for (const start of [300, 340, 380]) runs.hear(start, start + 30, 1, certainty)
    const ranges: Range[] = []
    runs.settle(toSample, (...range) => ranges.push(range))
    return ranges
  }
  t.strictSame(silentOf(0.56, 420), [[230, 510, true]], '1.68 of the 1.65 that three need')
  t.strictSame(silentOf(0.5, 420), [])
  t.strictSame(
    silentOf(0.5, 600),
    [[300, 510, true]],
    '1.5 of the 1.1 that two need, when the first can wait no longer',
  )
  t.strictSame(silentOf(0.3, 600), [])
})

t.test('of a word heard again the surer one counts', async (t) => {
  const runs = new DigitRuns({ ...limits, sureShare: 0.55 })
  for (const [start, certainty] of [
    [300, 0.2],
    [340, 1],
    [302, 0.9],
  ] as const)
    runs.hear(start, start + 30, 1, certainty)
  const ranges: Range[] = []
  runs.settle(400, (...range) => ranges.push(range))
  t.strictSame(ranges, [[230, 470, true]])
})

t.test('two that begin hardly apart are one, of the surer; a little later there are two', async (t) => {
  const silentOf = (second: number): Range[] => {
    const runs = new DigitRuns({ ...limits, sureShare: 0.55 })
    for (const [start, certainty] of [
      [300, 0.5],
      [second, 1],
    ] as const)
      runs.hear(start, start + 5, 1, certainty)
    const ranges: Range[] = []
    runs.settle(600, (...range) => ranges.push(range))
    return ranges
  }
  t.strictSame(silentOf(319), [])
  t.strictSame(silentOf(320), [[300, 425, true]])
})

t.test(
  'where a number is expected one is enough that is sure, and none that nobody is sure of',
  async (t) => {
    const silentOf = (certainty: number): Range[] => {
      const runs = new DigitRuns({ ...limits, sureShare: 0.55 }, () => true)
      runs.hear(300, 330, 1, certainty)
      const ranges: Range[] = []
      runs.settle(400, (...range) => ranges.push(range))
      return ranges
    }
    t.strictSame(silentOf(0.55), [[230, 430, true]])
    t.strictSame(silentOf(0.54), [])
  },
)

t.test('armed, a word that nobody is sure of is enough', async (t) => {
  const runs = new DigitRuns({ ...limits, sureShare: 0.55 })
  runs.isArmed = true
  runs.hear(300, 330, 1, 0)
  const ranges: Range[] = []
  runs.settle(400, (...range) => ranges.push(range))
  t.strictSame(ranges, [[230, 430, true]])
})

t.test('armed, one number is enough', async (t) => {
  t.strictSame(play([digit(300)], 400, { armedAt: 0 }).silent, [[230, 430]])
})

t.test('armed while a number is pending: what has left is not claimed', async (t) => {
  const { ranges } = play([digit(300)], 600, { armedAt: 460 })
  t.strictSame(ranges, [[260, 430, true]])
})

t.test('words in any order give the same', async (t) => {
  const words = [300, 340, 380, 420].map(digit)
  const runs = new DigitRuns(limits)
  for (const [start, end] of [words[3]!, words[0]!, words[2]!, words[1]!]) runs.hear(start, end, 1)
  const ranges: Range[] = []
  runs.settle(500, (...range) => ranges.push(range))
  t.strictSame(ranges, [[230, 550, true]])
})

t.test('a word between two runs joins them', async (t) => {
  const runs = new DigitRuns(limits)
  for (const start of [300, 700]) runs.hear(start, start + 30, 1)
  runs.hear(500, 530, 1)
  const ranges: Range[] = []
  runs.settle(710, (...range) => ranges.push(range))
  t.strictSame(ranges, [[500, 830, true]])
})

t.test('however the words arrive, the same is silent, and nothing before a watermark given', async (t) => {
  for (let seed = 1; seed <= 40; seed++) {
    let state = seed
    const random = (): number => {
      state = (state * 16_807) % 2_147_483_647
      return state / 2_147_483_647
    }
    const words: Word[] = []
    for (let at = 100; at < 5000; at += 20 + 400 * random() ** 2)
      words.push([Math.floor(at), Math.floor(at) + 20, 1 + Math.floor(1.2 * random())])
    const fine = play(words, 6000, { every: 1 })
    for (const every of [10, 50, 400])
      t.strictSame(play(words, 6000, { every }).silent, fine.silent, `seed ${seed}, every ${every}`)
    t.ok(fine.watermarks.every((watermark, i) => i === 0 || watermark >= fine.watermarks[i - 1]!))
  }
})

t.test('the call is over: what is pending is decided', async (t) => {
  const { runs } = play([digit(300), digit(340)], 400)
  const ranges: Range[] = []
  runs.settle(Infinity, (...range) => ranges.push(range))
  t.strictSame(ranges, [[300, 470, true]])
  t.equal(runs.watermarkSample, Infinity)
})

t.test('where a number is expected, one is enough, and what lies outside stays as it was', async (t) => {
  const runs = new DigitRuns(limits, (sample) => 600 <= sample && sample < 900)
  const ranges: Range[] = []
  for (const [start, end] of [digit(100), digit(700), digit(1_200)]) {
    runs.hear(start, end, 1)
    runs.settle(start + 350, (from, to, isOnset) => ranges.push([from, to, isOnset]))
  }
  t.strictSame(ranges, [[630, 830, true]])
})

t.test('a run that reaches into where a number is expected is silent as a whole', async (t) => {
  const runs = new DigitRuns(limits, (sample) => sample >= 600)
  const ranges: Range[] = []
  runs.hear(500, 530, 1)
  runs.hear(600, 630, 1)
  runs.settle(640, (from, to, isOnset) => ranges.push([from, to, isOnset]))
  t.strictSame(ranges, [[430, 730, true]])
})
