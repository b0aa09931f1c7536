import t from 'tap'
import {
  BINS_PER_HOP,
  BOUND,
  columnOf,
  ENERGY,
  IMAGINARY,
  rowOf,
  ToneBank,
  toneBank,
} from '../../../proxy/detectors/dtmf/tone-bank.js'

const TONES_HZ = [697, 770, 852, 941, 1209, 1336, 1477, 1633]

t.test('a hop is 5 ms, and even where the rate is odd', async (t) => {
  for (const [rateHz, samples] of [
    [8_000, 40],
    [16_000, 80],
    [48_000, 240],
    [11_025, 56],
  ] as const) {
    t.equal(new ToneBank(rateHz).hopSamples, samples)
  }
})

t.test(
  'analyse() gives the Fourier sum of each tone about the middle of the hop, the energy, and what a pair can hold of it',
  async (t) => {
    for (const rateHz of [8_000, 48_000]) {
      const bank = new ToneBank(rateHz)
      const pcm = Int16Array.from({ length: bank.hopSamples + 3 }, (_, i) => 3_000 * Math.sin(i * i) + 7 * i)
      const bins = new Float64Array(BINS_PER_HOP + 2)
      bank.analyse(pcm, 3, bins, 2)
      t.equal(
        bins[2 + ENERGY],
        pcm.subarray(3).reduce((sum, x) => sum + x * x, 0),
      )
      const powers: number[] = []
      for (const [tone, hz] of TONES_HZ.entries()) {
        let [re, im] = [0, 0]
        for (let i = 0; i < bank.hopSamples; i += 1) {
          const angle = (2 * Math.PI * hz * (i - (bank.hopSamples - 1) / 2)) / rateHz
          re += pcm[3 + i]! * Math.cos(angle)
          im -= pcm[3 + i]! * Math.sin(angle)
        }
        t.ok(
          Math.abs(bins[2 + tone]! - re) < 1e-6 && Math.abs(bins[2 + IMAGINARY + tone]! - im) < 1e-6,
          `${hz} Hz`,
        )
        powers.push(re * re + im * im)
      }
      const strongest = Math.max(...powers.slice(0, 4)) + Math.max(...powers.slice(4))
      t.ok(Math.abs((bins[2 + BOUND]! * bank.hopSamples) / 2 / strongest - 1) < 1e-9)
    }
  },
)

t.test('the sixteen pairs are the rows by the columns', async (t) => {
  t.strictSame([rowOf(0), columnOf(0)], [0, 4])
  t.strictSame([rowOf(6), columnOf(6)], [1, 6])
  t.strictSame([rowOf(15), columnOf(15)], [3, 7])
})

t.test('calls of one rate share a bank', async (t) => {
  t.equal(toneBank(8_000), toneBank(8_000))
  t.not(toneBank(8_000), toneBank(16_000))
})
