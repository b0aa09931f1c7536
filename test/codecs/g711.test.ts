import t from 'tap'
import { g711 } from '../../proxy/codecs/g711.js'

/** A law that one can read: a byte is its own sample. */
const plain = g711({ expand: (byte) => byte, compress: (sample) => sample & 0xff, invertedBits: 0 })
const format = (channelCount: 1 | 2) => ({ codec: 'plain', clockRateHz: 8_000, channelCount })

t.test('decodes interleaved samples in their order, at the clock rate of the format', async (t) => {
  const decoder = plain.createDecoder(format(2))
  const target = new Int16Array(4)
  t.equal(decoder.sampleRateHz, 8_000)
  t.equal(decoder.decodeInto(Uint8Array.of(1, 2, 3, 4), target), 2)
  t.strictSame([...target], [1, 2, 3, 4])
})

t.test('half a stereo sample at the end is left out of the count and of the target', async (t) => {
  const decoder = plain.createDecoder(format(2))
  const target = new Int16Array(4).fill(-1)
  t.equal(plain.sampleCount(Uint8Array.of(1, 2, 3), format(2)), 1)
  t.equal(decoder.decodeInto(Uint8Array.of(1, 2, 3), target), 1)
  t.strictSame([...target], [1, 2, -1, -1])
})

t.test('decodes no more than the target holds', async (t) => {
  t.equal(plain.createDecoder(format(2)).decodeInto(Uint8Array.of(1, 2, 3, 4, 5, 6), new Int16Array(5)), 2)
})

t.test('encode() gives one byte a sample', async (t) => {
  t.strictSame([...plain.encode(Int16Array.of(0, 5, 255))], [0, 5, 255])
})
