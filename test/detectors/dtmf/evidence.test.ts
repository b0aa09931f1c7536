import t from 'tap'
import { addNoise, amplitudeOf, randomOf, toPcm } from '../../../bench/dtmf/key-set.js'
import { EvidenceRun, LONG_WINDOW, SHORT_WINDOW } from '../../../proxy/detectors/dtmf/evidence.js'
import { HopRing } from '../../../proxy/detectors/dtmf/hop-ring.js'
import { FLOOR, KEYS, NONE, toneBank } from '../../../proxy/detectors/dtmf/tone-bank.js'
import { hearHop, keyed } from '../../support/dtmf.js'

/** The run after every hop of the audio. */
function* runOver(audio: Float64Array, kind = SHORT_WINDOW): Generator<EvidenceRun> {
  const pcm = toPcm(audio)
  const ring = new HopRing(toneBank(8_000))
  const run = new EvidenceRun(ring, kind)
  for (let offset = 0; offset + 40 <= pcm.length; offset += 40) {
    hearHop(ring, pcm, offset)
    run.advance()
    yield run
  }
}

const largestSum = (audio: Float64Array, kind = SHORT_WINDOW): number =>
  Math.max(...Array.from(runOver(audio, kind), ({ sum }) => sum))

t.test('each 10 ms of a clean key weighs 3; the run ends with the key', async (t) => {
  const sums = Array.from(runOver(keyed(60, [{ key: '6', startMs: 20, durationMs: 20 }])), ({ sum }) => sum)
  t.strictSame(sums, [0, 0, 0, 0, 0, 3, 6, 9, 0, 0, 0, 0])
})

t.test('each 20 ms of a clean key weighs 1.6 in the long run, and what leads in weighs less', async (t) => {
  const audio = keyed(60, [{ key: '6', startMs: 20, durationMs: 25 }])
  const sums = Array.from(runOver(audio, LONG_WINDOW), ({ sum }) => Math.round(sum * 10) / 10)
  t.strictSame(sums, [0, 0, 0, 0, 0, 0.5, 1.7, 3.3, 4.9, 6.1, 6.6, 6.6])
})

t.test('the long run outlasts two windows without its pair, and no third', async (t) => {
  const audio = keyed(100, [{ key: '6', startMs: 0, durationMs: 40 }])
  const pairs = Array.from(runOver(audio, LONG_WINDOW), ({ pair }) => pair)
  t.strictSame(pairs.slice(8, 16), [6, 6, 6, 6, NONE, NONE, NONE, NONE])
})

t.test(
  'a harmonic beside a tone, as strong as the tone, does not hide the pair from the long run',
  async (t) => {
    let found = 0
    for (let trial = 0; trial < 40; trial += 1) {
      const audio = keyed(60, [{ key: '3', startMs: 0, durationMs: 60 }], 8_000, trial)
      for (let i = 0; i < audio.length; i += 1)
        audio[i]! += 4_000 * Math.sin((2 * Math.PI * 800 * i) / 8_000 + trial)
      if (
        Array.from(runOver(audio, LONG_WINDOW), ({ pair }) => pair).some((pair) => pair === KEYS.indexOf('3'))
      )
        found += 1
    }
    t.ok(found >= 32, `${found} of 40`)
  },
)

t.test('another pair begins another run', async (t) => {
  const presses = [
    { key: '1', startMs: 0, durationMs: 20 },
    { key: 'D', startMs: 20, durationMs: 20 },
  ]
  const pairs = Array.from(runOver(keyed(40, presses)), ({ pair, firstHop }) => [pair, firstHop])
  t.strictSame(pairs[3], [KEYS.indexOf('1'), 0])
  t.strictSame(pairs[7], [KEYS.indexOf('D'), 4])
})

t.test('below the floor nothing is looked at', async (t) => {
  const [loud, faint] = [-57, -59].map((levelDbm0) =>
    keyed(60, [{ key: '6', startMs: 0, durationMs: 60, levelDbm0 }]),
  )
  t.ok(largestSum(loud!) > 3)
  t.equal(largestSum(faint!), 0)
  t.ok(Math.abs(FLOOR - amplitudeOf(-55) ** 2 / 2) < 1)
})

t.test(
  'a twisted pair must be purer: with noise 3 dB below, a level key shows and one of 9 dB does not',
  async (t) => {
    const [level, twisted] = [0, 9].map((twistDb) => {
      const audio = keyed(400, [{ key: '6', startMs: 0, durationMs: 400, levelDbm0: -15, twistDb }])
      addNoise(audio, (twistDb === 0 ? -12 : -14.5) - 3, randomOf(1))
      return largestSum(audio, LONG_WINDOW)
    })
    t.ok(level! > 30 && twisted! < 10, `${level} and ${twisted}`)
  },
)

t.test('one tone, noise and silence show no pair', async (t) => {
  const tone = Float64Array.from({ length: 800 }, (_, i) => 3_000 * Math.sin((2 * Math.PI * 941 * i) / 8_000))
  for (const { pair } of runOver(tone)) t.equal(pair, NONE)
  for (const { pair } of runOver(new Float64Array(800))) t.equal(pair, NONE)
  const noise = new Float64Array(80_000)
  addNoise(noise, -20, randomOf(2))
  t.ok(largestSum(noise) < 2.4)
})
