import t from 'tap'
import { columnOf, rowOf, ToneBank, toneBank } from '../../../proxy/detectors/dtmf/tone-bank.js'

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

t.test('the sixteen pairs are the rows by the columns', async (t) => {
  t.strictSame([rowOf(0), columnOf(0)], [0, 4])
  t.strictSame([rowOf(6), columnOf(6)], [1, 6])
  t.strictSame([rowOf(15), columnOf(15)], [3, 7])
})

t.test('calls of one rate share a bank', async (t) => {
  t.equal(toneBank(8_000), toneBank(8_000))
  t.not(toneBank(8_000), toneBank(16_000))
})
