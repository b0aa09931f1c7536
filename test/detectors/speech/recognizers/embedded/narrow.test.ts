import t from 'tap'
import {
  narrowMatrix,
  narrowRow,
  WEIGHT_SUM_MAX,
} from '../../../../../proxy/detectors/speech/recognizers/embedded/narrow.js'

t.test('the weights of an output add up to no more than keeps every sum in 32 bits', async (t) => {
  const matrices: Record<string, Float32Array> = {
    'all the same': new Float32Array(128).fill(0.25),
    'all halfway': Float32Array.from({ length: 128 }, (_, i) => (i % 2 === 0 ? 0.5 : -1.5)),
    'one alone': Float32Array.from({ length: 128 }, (_, i) => (i === 3 ? -7 : 0)),
    'one input': new Float32Array([1e-30]),
    huge: Float32Array.from({ length: 192 }, (_, i) => Math.sin(i) * 1e30),
  }
  for (const [name, weights] of Object.entries(matrices)) {
    const narrow = narrowMatrix(weights, 1)
    const sum = narrow.weights.reduce((a, b) => a + Math.abs(b), 0)
    t.ok(sum <= WEIGHT_SUM_MAX, `${name}: ${sum}`)
    t.ok(2 ** 15 * sum < 2 ** 31)
    for (const [i, weight] of weights.entries())
      t.ok(
        Math.abs(narrow.weights[i]! * narrow.scales[0]! - weight) <= 0.501 * narrow.scales[0]!,
        `${name} ${i}`,
      )
  }
})

t.test('each output has its own scale, and one without weights says nothing', async (t) => {
  const narrow = narrowMatrix(Float32Array.of(1, 1000, 0, -1, 500, 0), 3)
  t.strictSame([...narrow.weights], [32_767, 32_767, 0, -32_767, 16_384, 0])
  t.strictSame([...narrow.scales], [Math.fround(1 / 32_767), Math.fround(1000 / 32_767), 0])
})

t.test('the highest of a row is all that 16 bits hold, and halfway goes to the even', async (t) => {
  const out = new Int16Array(5)
  t.equal(narrowRow(Float32Array.of(0, 65_534, 1, 3, 2), out), 2)
  t.strictSame([...out], [0, 32_767, 0, 2, 1])
})

t.test('a row of nothing is nothing', async (t) => {
  const out = new Int16Array(2)
  t.ok(narrowRow(new Float32Array(2), out) > 0)
  t.strictSame([...out], [0, 0])
})
