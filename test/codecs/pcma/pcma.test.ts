import t from 'tap'
import { pcma } from '../../../proxy/codecs/pcma/pcma.js'

const format = { codec: 'pcma', clockRateHz: 8_000, channelCount: 1 } as const
const decoded = (...bytes: number[]): Int16Array => {
  const target = new Int16Array(bytes.length)
  pcma.createDecoder(format).decodeInto(Uint8Array.from(bytes), target)
  return target
}

t.test('decodes the ends of the segments of G.711 table 1, times eight', async (t) => {
  t.strictSame(
    [...decoded(0xaa, 0xa5, 0xba, 0xb5, 0x8a, 0x85)],
    [32_256, 16_896, 16_128, 8_448, 8_064, 4_224],
  )
  t.strictSame([...decoded(0x9a, 0x95, 0xea, 0xe5, 0xfa, 0xf5)], [4_032, 2_112, 2_016, 1_056, 1_008, 528])
  t.strictSame([...decoded(0xca, 0xc5, 0xda, 0xd5, 0x55, 0x2a)], [504, 264, 248, 8, -8, -32_256])
})

t.test('every byte comes back from encode(decode(byte))', async (t) => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  t.strictSame(pcma.encode(decoded(...bytes)), bytes)
})

t.test('encodes each of the 65,536 samples within half a step of its segment', async (t) => {
  const pcm = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768)
  const payload = pcma.encode(pcm)
  const again = decoded(...payload)
  const wrong = pcm.filter((sample, i) => {
    const exponent = ((payload[i]! ^ 0x55) >> 4) & 7
    const audible = sample
    return Math.abs(again[i]! - audible) > 8 << Math.max(exponent - 1, 0)
  })
  t.strictSame([...wrong], [])
})

t.test('silence is a steady 0xD5, 8 of 32,768', async (t) => {
  const silencer = pcma.createSilencer(format)
  const range = { channel: null, startSample: 0, endSample: 2 }
  t.strictSame([...silencer.apply(Uint8Array.of(1, 2, 3), [range])], [0xd5, 0xd5, 3])
  t.strictSame([...pcma.encode(Int16Array.of(0))], [0xd5])
})
