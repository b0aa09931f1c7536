import t from 'tap'
import { Synthesis } from '../../../proxy/codecs/g722/synthesis.js'

/** The two samples behind `count` equal pairs. */
const steady = (low: number, high: number, count = 12): [first: number, second: number] => {
  const synthesis = new Synthesis()
  for (let i = 0; i < count; i++) synthesis.push(low, high)
  return [synthesis.first, synthesis.second]
}

t.test('the lower band is heard at twice its amplitude, the higher one around 8 kHz', async (t) => {
  t.strictSame(steady(1_000, 0), [2_000, 2_000])
  t.strictSame(steady(0, 1_000), [-2_000, 2_000])
})

t.test('the filter forgets after twelve pairs', async (t) => {
  const synthesis = new Synthesis()
  synthesis.push(16_383, -16_384)
  for (let i = 0; i < 11; i++) synthesis.push(0, 0)
  t.not(synthesis.second, 0)
  synthesis.push(0, 0)
  t.strictSame([synthesis.first, synthesis.second], [0, 0])
})

t.test('what is too loud for 16 bits is limited, never wrapped', async (t) => {
  t.strictSame(steady(16_383, 16_383), [0, 32_767])
  t.strictSame(steady(-16_384, -16_384), [0, -32_768])
  t.strictSame(steady(16_383, -16_384), [32_767, -2])
})
