import t from 'tap'
import { amplitudeOf, type KeyPress } from '../../../bench/dtmf/key-set.js'
import { windowEnergy } from '../../../proxy/detectors/dtmf/evidence.js'
import { HopRing } from '../../../proxy/detectors/dtmf/hop-ring.js'
import { PairFit } from '../../../proxy/detectors/dtmf/pair-fit.js'
import { KEYS, toneBank } from '../../../proxy/detectors/dtmf/tone-bank.js'
import { hearHop, keyedPcm } from '../../support/dtmf.js'

/** The fit of the pressed key to the first two or four hops of it. */
function fitOf(
  press: Partial<KeyPress> & { key: string },
  hopCount: number,
): { fit: PairFit; energy: number } {
  const pcm = keyedPcm(20, [{ startMs: 0, durationMs: 20, ...press }])
  const ring = new HopRing(toneBank(8_000))
  for (let hop = 0; hop < 4; hop += 1) hearHop(ring, pcm, hop * 40)
  const fit = new PairFit()
  fit.measure(ring, KEYS.indexOf(press.key), hopCount - 1, hopCount)
  return { fit, energy: windowEnergy(ring, hopCount - 1, hopCount) }
}

t.test('two tones explain all of a clean key, however twisted, 1.5 % off as well', async (t) => {
  for (const key of KEYS) {
    for (const twistDb of [-12, 0, 12]) {
      for (const hopCount of [2, 4]) {
        const { fit, energy } = fitOf({ key, twistDb }, hopCount)
        t.ok(Math.abs(fit.power / energy - 1) < 0.01, `${key} ${twistDb} dB: ${fit.power / energy}`)
        t.ok(Math.abs(10 * Math.log10(fit.columnPower / fit.rowPower) - twistDb) < 0.2)
      }
    }
    t.ok(fitOf({ key, deviation: 0.015 }, 2).fit.power / fitOf({ key, deviation: 0.015 }, 2).energy > 0.95)
  }
})

t.test('tones up to 2 % off are on frequency, and from 2.7 % are not', async (t) => {
  for (const key of KEYS) {
    for (const deviation of [-0.02, 0, 0.02])
      t.ok(fitOf({ key, deviation }, 4).fit.isOnFrequency, `${key} ${deviation}`)
    for (const deviation of [-0.027, 0.027])
      t.notOk(fitOf({ key, deviation }, 4).fit.isOnFrequency, `${key} ${deviation}`)
  }
})

t.test('a hop of silence is no phase advance', async (t) => {
  const { fit } = fitOf({ key: '5', startMs: 5 }, 2)
  t.notOk(fit.isOnFrequency)
  t.ok(fit.power > 0)
})

t.test('deviations are how far the row and the column are off', async (t) => {
  for (const key of KEYS)
    for (const deviation of [-0.03, -0.01, 0.02]) {
      const { fit } = fitOf({ key, deviation }, 4)
      for (const off of [
        fit.rowDeviation(toneBank(8_000), KEYS.indexOf(key)),
        fit.columnDeviation(toneBank(8_000), KEYS.indexOf(key)),
      ])
        t.ok(Math.abs(off - Math.abs(deviation)) < 0.002, `${key} ${off}`)
    }
})

t.test('netPower() is that of both tones, per hop', async (t) => {
  const ring = new HopRing(toneBank(8_000))
  const pcm = keyedPcm(20, [{ key: '5', startMs: 0, durationMs: 20, levelDbm0: -15 }])
  for (let hop = 0; hop < 4; hop += 1) hearHop(ring, pcm, hop * 40)
  const power = new PairFit().netPower(ring, KEYS.indexOf('5'), 3, 2)
  t.ok(Math.abs(power / (4 * amplitudeOf(-15) ** 2) - 1) < 0.02)
})

t.test('netMagnitude() is without what the other tone leaks', async (t) => {
  const ring = new HopRing(toneBank(8_000))
  const pcm = keyedPcm(20, [{ key: '*', startMs: 0, durationMs: 20, twistDb: -12 }])
  for (let hop = 0; hop < 4; hop += 1) hearHop(ring, pcm, hop * 40)
  const fit = new PairFit()
  const columns = [12, 13, 14, 15].map((pair) => fit.netMagnitude(ring, pair, 4 + (pair & 3), 3, 4))
  t.equal(columns.indexOf(Math.max(...columns)), 0)
})
