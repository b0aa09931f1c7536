import t from 'tap'
import { pcmu } from '../../../proxy/codecs/pcmu/pcmu.js'

const format = { codec: 'pcmu', clockRateHz: 8_000, channelCount: 1 } as const
const decoded = (...bytes: number[]): Int16Array => {
  const target = new Int16Array(bytes.length)
  pcmu.createDecoder(format).decodeInto(Uint8Array.from(bytes), target)
  return target
}

t.test('decodes the ends of the segments of G.711 table 2, times four', async (t) => {
  t.strictSame(
    [...decoded(0x80, 0x8f, 0x90, 0x9f, 0xaf, 0xbf)],
    [32_124, 16_764, 15_996, 8_316, 4_092, 1_980],
  )
  t.strictSame([...decoded(0xcf, 0xdf, 0xef, 0xf0, 0xfe, 0xff)], [924, 396, 132, 120, 8, 0])
  t.strictSame([...decoded(0x00, 0x0f, 0x7e, 0x7f)], [-32_124, -16_764, -8, 0])
})

t.test(
  'every byte but minus zero comes back from encode(decode(byte)); minus zero becomes zero',
  async (t) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const expected = bytes.map((byte) => (byte === 0x7f ? 0xff : byte))
    t.strictSame(pcmu.encode(decoded(...bytes)), expected)
  },
)

t.test(
  'encodes each sample within half a step of its segment, and what is louder than 32,635 as the top',
  async (t) => {
    const pcm = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768)
    const payload = pcmu.encode(pcm)
    const again = decoded(...payload)
    const wrong = pcm.filter((sample, i) => {
      const exponent = (~payload[i]! >> 4) & 7
      const audible = Math.max(-32_635, Math.min(32_635, sample))
      return Math.abs(again[i]! - audible) > 4 << exponent
    })
    t.strictSame([...wrong], [])
  },
)

t.test('silence is 0xFF', async (t) => {
  const silencer = pcmu.createSilencer(format)
  const range = { channel: null, startSample: 0, endSample: 2 }
  t.strictSame([...silencer.apply(Uint8Array.of(1, 2, 3), [range])], [0xff, 0xff, 3])
})
