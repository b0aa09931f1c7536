import type { Test } from 'tap'
import type { HeardWord, Recognizer } from '../../proxy/detectors/speech/recognizer.js'
import { spokenDigitsPcm } from './spoken-digits.js'

/** A recogniser under test: a call of one track at 8 kHz, and how to wait until it has told all it will tell for now. */
export interface RecognizerBench {
  readonly recognizer: Recognizer
  settled(): Promise<void>
  /** Whatever it needs is gone: a connection, a worker. Left out: it needs nothing that can go. */
  readonly fail?: () => Promise<void>
}

const pcm = spokenDigitsPcm()

interface Heard {
  readonly words: HeardWord[]
  readonly watermarks: number[]
}

/** Drains, then reads the watermark; fails when either breaks its promise. */
const listen = (t: Test, { recognizer }: RecognizerBench, heard: Heard): void => {
  const before = heard.watermarks.at(-1) ?? 0
  const drained: HeardWord[] = []
  recognizer.drain(drained)
  const watermark = recognizer.watermarkSample(0)
  for (const { startSample, endSample, certainty = 1 } of drained) {
    if (!(certainty >= 0 && certainty <= 1)) t.fail(`a word that is sure by ${certainty}`)
    if (startSample < before) t.fail(`a word at ${startSample}, before the watermark ${before}`)
    if (endSample <= startSample) t.fail('a word without duration')
  }
  if (watermark < before) t.fail(`the watermark fell from ${before} to ${watermark}`)
  heard.words.push(...drained)
  heard.watermarks.push(watermark)
}

const play = async (t: Test, bench: RecognizerBench, chunk: number): Promise<Heard> => {
  const heard: Heard = { words: [], watermarks: [] }
  for (let at = 0; at < pcm.length; at += chunk) {
    bench.recognizer.push(0, pcm.subarray(at, at + chunk), at)
    listen(t, bench, heard)
  }
  await bench.settled()
  listen(t, bench, heard)
  bench.recognizer.finish()
  await bench.settled()
  listen(t, bench, heard)
  return heard
}

/** What every recogniser promises (proxy/detectors/speech/recognizer.ts), with seven digits in five seconds to hear. */
export const checkRecognizer = (
  t: Test,
  name: string,
  create: () => Promise<RecognizerBench>,
  lagSamplesMax: number,
): void => {
  t.test(`${name}: the watermark never falls, and no word starts before one that was given`, async (t) => {
    const bench = await create()
    const { words, watermarks } = await play(t, bench, 160)
    t.equal(bench.recognizer.name, name)
    t.ok(words.filter(({ isFinal }) => isFinal).length >= 5, 'it hears')
    t.equal(watermarks.at(-1), Infinity, 'finish() opens it')
    t.equal(bench.recognizer.health, 'ok')
    bench.recognizer.close()
  })

  t.test(`${name}: other chunking, same final words`, async (t) => {
    const all: string[] = []
    for (const chunk of [160, 1_000, pcm.length]) {
      const bench = await create()
      const { words } = await play(t, bench, chunk)
      const final = words.filter(({ isFinal }) => isFinal).sort((a, b) => a.startSample - b.startSample)
      all.push(JSON.stringify(final))
      bench.recognizer.close()
    }
    for (const words of all) t.equal(words, all[0])
  })

  t.test(`${name}: silence moves the watermark, and it lags no more than it says`, async (t) => {
    const bench = await create()
    bench.recognizer.skip(0, 40_000)
    await bench.settled()
    bench.recognizer.drain([])
    t.ok(40_000 - bench.recognizer.watermarkSample(0) <= lagSamplesMax)
    bench.recognizer.close()
  })

  t.test(`${name}: a failure stops it`, async (t) => {
    const bench = await create()
    if (bench.fail === undefined) {
      t.pass('there is nothing that could go')
      bench.recognizer.close()
      return
    }
    bench.recognizer.push(0, pcm.subarray(0, 16_000), 0)
    await bench.settled()
    const before = bench.recognizer.watermarkSample(0)
    await bench.fail()
    bench.recognizer.push(0, pcm.subarray(16_000, 17_600), 16_000)
    await bench.settled()
    const words: HeardWord[] = []
    bench.recognizer.drain(words)
    const after = bench.recognizer.watermarkSample(0)
    const unheard = words.filter(({ text }) => text === '')
    const isToldUnheard = unheard.some((word) => word.startSample <= before && word.endSample >= after)
    t.ok(
      bench.recognizer.health === 'failed' || after <= before || isToldUnheard,
      'it has failed, or stands still, or says what nobody heard',
    )
    bench.recognizer.close()
  })
}
