import t from 'tap'
import { FRAME_SAMPLES_MAX } from '../../proxy/base/limits.js'
import type { AudioCodec, AudioDecoder } from '../../proxy/codecs/codec.js'
import { FramePcm } from '../../proxy/codecs/frame-pcm.js'
import { l16, l16be } from '../../proxy/codecs/l16/l16.js'
import { pcma } from '../../proxy/codecs/pcma/pcma.js'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'

const codecs: Readonly<Record<string, AudioCodec>> = { pcmu, pcma, l16, l16be }
const kinds = { vectors: true, 'no vectors': false } as const
/** No multiple of any length here, so that every length begins with another byte. */
const bytes = Uint8Array.from({ length: 1_024 }, (_, i) => i * 7 + (i >> 8))
/** Behind which the samples and the payload lie; before it, a table that says nothing of a call. */
const TABLE_BYTES = 128

/** Whether anything of a call is anywhere in its memory. */
const isEmpty = (pcm: FramePcm): boolean => {
  const memory = Buffer.from(pcm.left.buffer, TABLE_BYTES)
  return memory.equals(Buffer.alloc(memory.length))
}

for (const [kind, isVector] of Object.entries(kinds))
  for (const [name, codec] of Object.entries(codecs))
    for (const channelCount of [1, 2] as const) {
      const format = { codec: name, clockRateHz: 8_000, channelCount }
      const decoder = codec.createDecoder(format)
      const title = `${name}, ${channelCount === 1 ? 'mono' : 'stereo'}, ${kind}`

      t.test(`${title}: payloads of all lengths are what they are sample by sample`, async (t) => {
        const pcm = new FramePcm(isVector)
        const whole = new Int16Array(bytes.length)
        const wrong: number[] = []
        for (let length = 0; length < 400; length++) {
          const payload = bytes.subarray(length, 2 * length)
          const count = decoder.decodeInto(payload, whole)
          let isSame = pcm.decode(decoder, payload, channelCount) === count
          for (let channel = 0; channel < channelCount; channel++)
            isSame &&= pcm
              .channel(channel, count)
              .every((sample, i) => sample === whole[i * channelCount + channel])
          if (!isSame) wrong.push(length)
          pcm.forget(count, channelCount)
        }
        t.strictSame(wrong, [])
      })

      t.test(`${title}: of what has been heard not a byte is left`, async (t) => {
        const pcm = new FramePcm(isVector)
        for (const length of [320, 36, 33, 1_024]) {
          const payload = bytes.subarray(0, length)
          const count = pcm.decode(decoder, payload, channelCount)
          t.notOk(isEmpty(pcm))
          pcm.forget(count, channelCount)
          t.ok(isEmpty(pcm), `${length} bytes`)
        }
      })
    }

for (const [name, codec] of Object.entries({ pcmu, pcma }))
  t.test(`${name}: vectors give each of the 256 codes its sample`, async (t) => {
    const decoder = codec.createDecoder({ codec: name, clockRateHz: 8_000, channelCount: 1 })
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code)
    const expected = new Int16Array(256)
    decoder.decodeInto(codes, expected)
    const pcm = new FramePcm(true)
    t.equal(pcm.decode(decoder, codes, 1), 256)
    t.strictSame([...pcm.channel(0, 256)], [...expected])
  })

t.test(
  'channels that a codec decodes together are told apart, and together they are forgotten',
  async (t) => {
    let target: Int16Array = new Int16Array(0)
    const together: AudioDecoder = {
      sampleRateHz: 8_000,
      decodeInto(_payload, given) {
        target = given
        target.set([1, 2, 3, 4])
        return 2
      },
      close() {},
    }
    const pcm = new FramePcm()
    t.equal(pcm.decode(together, bytes, 2), 2)
    t.strictSame([...pcm.channel(0, 2), ...pcm.channel(1, 2)], [1, 3, 2, 4])
    t.ok(target.every((sample) => sample === 0))
  },
)

t.test('frames of several codecs may follow each other', async (t) => {
  const pcm = new FramePcm(true)
  for (const name of ['pcmu', 'l16', 'pcma', 'pcmu', 'l16be'] as const) {
    const codec = codecs[name]!
    const decoder = codec.createDecoder({ codec: name, clockRateHz: 8_000, channelCount: 1 })
    const expected = new Int16Array(40)
    const count = decoder.decodeInto(bytes.subarray(0, 40), expected)
    t.equal(pcm.decode(decoder, bytes.subarray(0, 40), 1), count)
    t.strictSame([...pcm.channel(0, count)], [...expected.subarray(0, count)], name)
  }
})

t.test('the longest frame has room, and what is longer is cut', async (t) => {
  for (const isVector of [true, false]) {
    const pcm = new FramePcm(isVector)
    const decoder = l16.createDecoder({ codec: 'l16', clockRateHz: 8_000, channelCount: 2 })
    const payload = new Uint8Array(4 * FRAME_SAMPLES_MAX + 4).fill(1)
    t.equal(pcm.decode(decoder, payload.subarray(4), 2), FRAME_SAMPLES_MAX)
    t.ok(pcm.left.every((sample) => sample === 0x0101) && pcm.right.every((sample) => sample === 0x0101))
    pcm.forget(FRAME_SAMPLES_MAX, 2)
    t.ok(isEmpty(pcm))
    t.equal(pcm.decode(decoder, payload, 2), FRAME_SAMPLES_MAX)
  }
})
