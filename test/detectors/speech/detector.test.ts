// A recogniser that hears sentences, as a server of one's own; what the detector makes of its words.
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { type Finding, recordedServices } from '../../../proxy/detectors/detector.js'
import { detectorOptionsSchema } from '../../../proxy/detectors/index.js'
import { speech } from '../../../proxy/detectors/speech/detector.js'
import {
  closeWorkers,
  isListenedTo,
  prepareWorkers,
  processWorkers,
} from '../../../proxy/detectors/speech/recognizers/embedded/worker-pool.io.js'
import { closeConnections } from '../../../proxy/detectors/speech/recognizers/grpc/connection.io.js'
import { systemClock } from '../../../proxy/edge/system-clock.js'
import { RecognizerServer } from '../../support/recognizer-server.js'
import { said } from '../../support/speech-words.js'
import { spokenDigits, spokenDigitsPcm, spokenPhrasesPcm } from '../../support/spoken-digits.js'
import type { Listener } from '../../support/tone-speech.js'

t.teardown(closeConnections)

/** Whatever it is sent, it hears this. */
const heard = said('my mother has diabetes ... ... ... ... the number is four nine two nine one')

class Script implements Listener {
  words: Listener['words'] = []
  heardSample = 0
  settledSample = 0

  push(pcm: Int16Array): void {
    this.heardSample += pcm.length
    this.words = heard
      .filter(({ endSample }) => endSample <= this.heardSample)
      .map(({ text, startSample, endSample }) => ({ word: text, startSample, endSample }))
    const next = heard[this.words.length]
    this.settledSample =
      next !== undefined && next.startSample < this.heardSample ? next.startSample : this.heardSample
  }

  finish(): void {}
}

t.test('sentences become findings of numbers and categories, behind the watermark', async (t) => {
  const server = await RecognizerServer.start(undefined, () => new Script())
  t.teardown(() => server.stop())
  const options = detectorOptionsSchema.parse({
    speech: {
      recognizers: { grpc: { url: `grpc://127.0.0.1:${server.port}` } },
      words: { categories: { health: 'silence' } },
    },
  }).speech
  t.equal(speech.lagMs(options), options.words.utteranceBeforeMs + 1500)
  const detector = speech.create(
    { tracks: [{ index: 0, role: 'caller' }], clockRateHz: 8000, sampleRateHz: [8000] },
    options,
    { pace: 'live', clock: systemClock, monitor: { worked() {}, faulted() {}, windowOpened() {} } },
  )
  t.teardown(() => detector.close())
  const findings: Finding[] = []
  for (let at = 0; at < 120_000; at += 800) {
    detector.push(0, new Int16Array(800).fill(3000), at)
    await wait(1)
    detector.drain(findings, [])
  }
  for (let i = 0; i < 300 && detector.watermarkSample(0) < 100_000; i++) {
    await wait(10)
    detector.drain(findings, [])
  }
  t.ok(detector.watermarkSample(0) >= 100_000)
  const labels = [...new Set(findings.map(({ label }) => label))]
  t.same(labels.sort(), ['digits', 'health'])
  for (const [label, first, last] of [
    ['health', heard[0], heard[3]],
    ['digits', heard[7], heard.at(-1)],
  ] as const) {
    const own = findings.filter((finding) => finding.label === label)
    t.ok(Math.min(...own.map(({ startSample }) => startSample)) <= first!.startSample)
    t.ok(Math.max(...own.map(({ endSample }) => endSample)) >= last!.endSample)
  }
})

t.test(
  'a phrase of one party arms a lone number of the other, until another phrase says that it is over',
  async (t) => {
    const [, start, end] = spokenDigits.words[1]!
    const one = spokenDigitsPcm().subarray(start - 800, end)
    const silencedWith = (words: object): readonly number[] => {
      let windows = 0
      const { speech: options } = detectorOptionsSchema.parse({
        speech: { recognizers: { embedded: {} }, words },
      })
      const detector = speech.create(
        {
          tracks: [
            { index: 0, role: 'agent' },
            { index: 1, role: 'caller' },
          ],
          clockRateHz: 8_000,
          sampleRateHz: [8_000, 8_000],
        },
        options,
        { ...recordedServices, monitor: { ...recordedServices.monitor, windowOpened: () => windows++ } },
      )
      const tracks = [new Int16Array(100_000), new Int16Array(100_000)] as const
      tracks[0].set(spokenPhrasesPcm())
      for (const at of [32_000, 80_000]) tracks[1].set(one, at)
      const findings: Finding[] = []
      for (let at = 0; at < 100_000; at += 800) {
        for (const [track, pcm] of tracks.entries()) detector.push(track, pcm.subarray(at, at + 800), at)
        detector.drain(findings, [])
      }
      detector.close()
      t.equal(windows, options.words.payment.window === 'off' ? 0 : 1)
      t.ok(findings.every(({ track, label }) => track === 1 && label === 'digits'))
      return findings.filter(({ isOnset }) => isOnset).map(({ startSample }) => startSample)
    }
    const [first, ...others] = silencedWith({})
    t.ok(first! <= 32_800, `${first}`)
    t.strictSame(others, [])
    t.strictSame(silencedWith({ payment: { window: 'off' } }), [])
  },
)

for (const isLost of [true, false])
  t.test(
    isLost
      ? 'a lone number right behind what nobody heard may be the rest of a longer one, and is silenced'
      : 'a lone number is nobody’s card where everything was heard',
    async (t) => {
      await prepareWorkers('embedded', 1)
      t.teardown(closeWorkers)
      const { speech: options } = detectorOptionsSchema.parse({ speech: { recognizers: { embedded: {} } } })
      const detector = speech.create(
        { tracks: [{ index: 0, role: 'caller' }], clockRateHz: 8_000, sampleRateHz: [8_000] },
        options,
        { ...recordedServices, pace: 'live' },
      )
      const findings: Finding[] = []
      let at = 0
      const say = (pcm: Int16Array): void => {
        detector.push(0, pcm, at)
        at += pcm.length
      }
      const heardTo = async (sample: number): Promise<void> => {
        for (let i = 0; i < 1_000 && detector.watermarkSample(0) < sample; i++) {
          await wait(10)
          detector.drain(findings, [])
        }
      }
      say(new Int16Array(16_000))
      await heardTo(2_000)
      if (isLost) {
        const { workers } = processWorkers('embedded', recordedServices.monitor)
        await workers[0]!.terminate()
        while (isListenedTo()) await wait(5)
        say(new Int16Array(800))
        while (!isListenedTo()) await wait(5)
      }
      say(new Int16Array(8_000))
      const [, start, end] = spokenDigits.words[0]!
      const numberAt = at
      say(spokenDigitsPcm().subarray(start, end))
      say(new Int16Array(24_000))
      detector.finish()
      await heardTo(Infinity)
      detector.close()
      const digits = findings.filter(({ label }) => label === 'digits')
      t.equal(
        digits.some(({ startSample, endSample }) => startSample <= numberAt && endSample > numberAt + 3_000),
        isLost,
      )
      t.equal(findings.length > digits.length, isLost, 'what nobody heard is silenced as well')
    },
  )
