import t from 'tap'
import { l16, l16be } from '../../../proxy/codecs/l16/l16.js'

const format = (channelCount: 1 | 2) => ({ codec: 'l16', clockRateHz: 16_000, channelCount })

t.test('l16 is low byte first, l16be high byte first', async (t) => {
  const pcm = Int16Array.of(0x0102, -2, -32_768, 32_767)
  const little = [0x02, 0x01, 0xfe, 0xff, 0x00, 0x80, 0xff, 0x7f]
  const big = [0x01, 0x02, 0xff, 0xfe, 0x80, 0x00, 0x7f, 0xff]
  t.strictSame([...l16.encode(pcm)], little)
  t.strictSame([...l16be.encode(pcm)], big)
  const target = new Int16Array(4)
  t.equal(l16.createDecoder(format(1)).decodeInto(Uint8Array.from(little), target), 4)
  t.strictSame(target, pcm)
  t.equal(l16be.createDecoder(format(1)).decodeInto(Uint8Array.from(big), target.fill(0)), 4)
  t.strictSame(target, pcm)
})

t.test('PCM comes at the clock rate of the format', async (t) => {
  t.equal(l16.createDecoder(format(1)).sampleRateHz, 16_000)
})

t.test('reads a view from where it starts, not from where its memory does', async (t) => {
  const target = new Int16Array(1)
  l16.createDecoder(format(1)).decodeInto(Uint8Array.of(9, 9, 9, 1, 2).subarray(3), target)
  t.equal(target[0], 0x0201)
})

t.test('what is left of a sample at the end is not counted', async (t) => {
  const target = new Int16Array(8).fill(-1)
  for (const [bytes, count] of [0, 0, 0, 0, 1, 1, 1, 1, 2].entries()) {
    const payload = new Uint8Array(bytes).fill(1)
    t.equal(l16.sampleCount(payload, format(2)), count)
    t.equal(l16.createDecoder(format(2)).decodeInto(payload, target), count)
  }
  t.strictSame([...target], [257, 257, 257, 257, -1, -1, -1, -1])
})

t.test('decodes no more than the target holds', async (t) => {
  t.equal(l16.createDecoder(format(2)).decodeInto(new Uint8Array(16), new Int16Array(5)), 2)
})

t.test('silence is zero, on the marked channel alone', async (t) => {
  const silencer = l16.createSilencer(format(2))
  const range = { channel: 1, startSample: 0, endSample: 1 }
  t.strictSame([...silencer.apply(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), [range])], [1, 2, 0, 0, 5, 6, 7, 8])
})
