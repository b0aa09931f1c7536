import t from 'tap'
import { addKey, addNoise, KEYPAD, randomOf, toPcm, voiceLike } from '../../../bench/dtmf/key-set.js'
import { HopRing } from '../../../proxy/detectors/dtmf/hop-ring.js'
import { KeyWatch } from '../../../proxy/detectors/dtmf/key-watch.js'
import {
  BOUND,
  ENERGY,
  HOPS_MAX,
  IMAGINARY,
  LONG_CANDIDATE,
  SHORT_CANDIDATE,
  SLOT_FLOATS,
  STEADY_TONE,
} from '../../../proxy/detectors/dtmf/layout.js'
import { dtmfOptionsSchema } from '../../../proxy/detectors/dtmf/options.js'
import { PairFit } from '../../../proxy/detectors/dtmf/pair-fit.js'
import { ToneBank } from '../../../proxy/detectors/dtmf/tone-bank.js'
import { ToneMemory } from '../../../proxy/detectors/dtmf/tone-memory.js'

const TONES_HZ = [697, 770, 852, 941, 1209, 1336, 1477, 1633]

/** Rates whose hops are whole fours of samples, and one whose are not. */
const RATES_HZ = [8_000, 12_000, 48_000]

/** Both ways of hearing, each in a memory of its own. */
const both = (rateHz: number): ToneBank[] =>
  [false, true].map((isVector) => new ToneBank(rateHz, new ToneMemory(isVector)))

/** Voices and noise with keys of every kind in them. */
const call = (rateHz: number, seconds: number, seed: number): Int16Array => {
  const random = randomOf(seed)
  const audio = voiceLike(seconds * 1000, rateHz, random)
  addNoise(audio, -55 + 30 * random(), random)
  for (let startMs = 500; startMs < seconds * 1000; startMs += 350)
    addKey(
      audio,
      {
        key: KEYPAD[Math.floor(16 * random())]!,
        startMs: startMs + 40 * random(),
        durationMs: 15 + 60 * random(),
        levelDbm0: -5 - 40 * random(),
        twistDb: 12 - 24 * random(),
        deviation: 0.03 - 0.06 * random(),
      },
      rateHz,
      random,
    )
  return toPcm(audio)
}

t.test(
  'a slot has the Fourier sums of the hop about its middle, its energy, and what a pair can hold of it',
  async (t) => {
    for (const rateHz of RATES_HZ) {
      const bank = new ToneBank(rateHz, new ToneMemory(false))
      const ring = new HopRing(bank)
      const count = bank.hopSamples
      const pcm = Int16Array.from({ length: 2 * count }, (_, i) => 3_000 * Math.sin(i * i) + 7 * i)
      bank.put(pcm, 0)
      ring.hear(2)
      const slot = ring.bins.subarray(ring.at(1), ring.at(2))
      const near = (found: number, expected: number, name: string): void => {
        t.ok(Math.abs(found - expected) < 1e-6 * 3_000 * count, `${name}: ${found}, not ${expected}`)
      }
      near(slot[ENERGY]! / 3_000, pcm.subarray(count).reduce((sum, x) => sum + x * x, 0) / 3_000, 'energy')
      const powers = TONES_HZ.map((hz, tone) => {
        let [re, im] = [0, 0]
        for (let i = 0; i < count; i += 1) {
          const angle = (2 * Math.PI * hz * (i - (count - 1) / 2)) / rateHz
          re += pcm[count + i]! * Math.cos(angle)
          im -= pcm[count + i]! * Math.sin(angle)
        }
        near(slot[tone]!, re, `${hz} Hz`)
        near(slot[IMAGINARY + tone]!, im, `${hz} Hz`)
        return re * re + im * im
      })
      const strongest = Math.max(...powers.slice(0, 4)) + Math.max(...powers.slice(4))
      t.ok(Math.abs((slot[BOUND]! * count) / 2 / strongest - 1) < 1e-5)
    }
  },
)

t.test(
  'vectors give the same slots as TypeScript, to the bit; the pairs that they refuse are off frequency',
  async (t) => {
    for (const rateHz of RATES_HZ) {
      const [scalar, vector] = both(rateHz).map((bank) => new HopRing(bank)) as [HopRing, HopRing]
      const pcm = call(rateHz, rateHz > 8_000 ? 5 : 60, 3)
      const fit = new PairFit()
      const { hopSamples } = scalar.bank
      let refused = 0
      let shown = 0
      for (let at = 0; at + HOPS_MAX * hopSamples <= pcm.length; at += HOPS_MAX * hopSamples) {
        const [bits] = [vector, scalar].map((ring) => {
          ring.bank.put(pcm.subarray(at, at + HOPS_MAX * hopSamples), 0)
          return ring.hear(HOPS_MAX)
        })
        for (let n = 0; n < HOPS_MAX; n += 1) {
          for (const ring of [scalar, vector]) ring.count += 1
          const [expected, found] = [scalar, vector].map((ring) =>
            ring.bins.slice(ring.at(ring.count - 1), ring.at(ring.count - 1) + SLOT_FLOATS),
          ) as [Float32Array, Float32Array]
          let isShown = false
          for (const [field, hopCount] of [
            [SHORT_CANDIDATE, 2],
            [LONG_CANDIDATE, 4],
          ] as const) {
            if (found[field] === 0 && expected[field] !== 0) {
              fit.measure(scalar, expected[field]! - 1, scalar.count - 1, hopCount)
              if (fit.isOnFrequency) t.fail(`hop ${scalar.count} was refused`)
              refused += 1
              found[field] = expected[field]!
            } else if (found[field] !== 0) isShown = true
          }
          if (found[STEADY_TONE] !== 0) isShown = true
          if (Buffer.compare(Buffer.from(expected.buffer), Buffer.from(found.buffer)) !== 0)
            t.strictSame(found, expected, `hop ${scalar.count}`)
          if (isShown !== (((bits! >> n) & 1) === 1)) t.fail(`hop ${scalar.count}: bit and candidates differ`)
          if (isShown) shown += 1
        }
      }
      t.ok(refused > 100 && shown > 100, `${rateHz} Hz: ${refused} refused, ${shown} shown`)
    }
  },
)

t.test('either way the same is masked and reported, hop for hop', async (t) => {
  for (const seed of [1, 2]) {
    const pcm = call(8_000, 120, seed)
    const [scalar, vector] = both(8_000).map((bank) => {
      const told: unknown[] = []
      const watch = new KeyWatch(bank, dtmfOptionsSchema.parse({}), {
        masked: (...mask) => told.push(mask),
        recognised: (...digit) => told.push(digit),
      })
      for (let at = 0; at + 160 <= pcm.length; at += 160) {
        bank.put(pcm.subarray(at, at + 160), 0)
        watch.hear(4, false)
      }
      return told
    })
    t.ok(scalar!.length > 1_000, `${scalar!.length}`)
    t.strictSame(vector, scalar)
  }
})

t.test('what has been heard is overwritten, the hop that is not whole as well', async (t) => {
  for (const bank of both(8_000)) {
    bank.put(new Int16Array(40 * HOPS_MAX + 39).fill(1_000), 0)
    new HopRing(bank).hear(HOPS_MAX)
    for (let at = 0; at < 40 * HOPS_MAX + 39; at += 1) if (bank.inHand(at) !== 0) t.fail(`sample ${at}`)
    t.notOk(bank.memory.samples.includes(1_000))
  }
})
