import t from 'tap'
import { amplitudeOf, toPcm } from '../../../bench/dtmf/key-set.js'
import { DrownedFit } from '../../../proxy/detectors/dtmf/drowned-fit.js'
import { HopRing } from '../../../proxy/detectors/dtmf/hop-ring.js'
import { PairFit } from '../../../proxy/detectors/dtmf/pair-fit.js'
import { columnOf, KEYS, rowOf, toneBank } from '../../../proxy/detectors/dtmf/tone-bank.js'
import { hearHop, keyed, underHarmonic } from '../../support/dtmf.js'

/** The fit to the first 40 ms of the audio, by a tone. */
const fitOf = (audio: Float64Array, tone: number): DrownedFit => {
  const ring = new HopRing(toneBank(8_000))
  const pcm = toPcm(audio)
  for (let hop = 0; hop < 8; hop += 1) hearHop(ring, pcm, hop * 40)
  const fit = new DrownedFit(new PairFit())
  fit.measure(ring, tone)
  ring.close()
  return fit
}

const decibels = (ratio: number): number => 10 * Math.log10(ratio)

t.test('either tone of a clean key tells which key it is, its level and its twist', async (t) => {
  for (const key of KEYS)
    for (const tone of [rowOf(KEYS.indexOf(key)), columnOf(KEYS.indexOf(key))]) {
      const fit = fitOf(keyed(60, [{ key, startMs: 0, durationMs: 60, twistDb: 6 }]), tone)
      t.equal(fit.pair, KEYS.indexOf(key))
      t.ok(Math.abs(decibels(fit.steadyPower / amplitudeOf(tone < 4 ? -21 : -15) ** 2)) < 0.3)
      t.ok(Math.abs(decibels(fit.otherPower / fit.steadyPower) - (tone < 4 ? 6 : -6)) < 0.3)
      t.ok(fit.otherShare > 0.95 && fit.deviation < 0.001 && Math.abs(decibels(fit.drift)) < 0.2)
    }
})

t.test('under a harmonic as strong as a tone, the other tone still tells its level to 2 dB', async (t) => {
  for (let trial = 0; trial < 40; trial += 1) {
    const fit = fitOf(
      underHarmonic(keyed(60, [{ key: '5', startMs: 0, durationMs: 60 }], 8_000, trial), trial),
      5,
    )
    t.equal(fit.pair, KEYS.indexOf('5'))
    t.ok(
      Math.abs(decibels(fit.otherPower / fit.steadyPower)) < 2,
      `${decibels(fit.otherPower / fit.steadyPower)}`,
    )
    t.ok(fit.otherShare < 0.7)
  }
})

t.test('both tones are looked for where the steady one says that the telephone is off', async (t) => {
  for (const deviation of [-0.015, 0.015]) {
    const fit = fitOf(keyed(60, [{ key: '9', startMs: 0, durationMs: 60, deviation }]), 6)
    t.equal(fit.pair, KEYS.indexOf('9'))
    t.ok(
      Math.abs(fit.deviation - 0.015) < 0.001 && fit.otherShare > 0.9,
      `${fit.deviation} ${fit.otherShare}`,
    )
  }
})

t.test('a tone that swells drifts; beside a tone alone there is nothing', async (t) => {
  const audio = Float64Array.from(
    { length: 400 },
    (_, i) => 10 * i * Math.sin((2 * Math.PI * 1336 * i) / 8_000),
  )
  const fit = fitOf(audio, 5)
  t.ok(decibels(fit.drift) > 8)
  t.ok(decibels(fit.otherPower / fit.steadyPower) < -25)
})
