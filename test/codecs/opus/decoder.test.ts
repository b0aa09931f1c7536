import t from 'tap'
import { OpusStreamDecoder } from '../../../proxy/codecs/opus/decoder.js'
import type { WasmOpusDecoder } from '../../../proxy/codecs/opus/decoder-pool.io.js'
import { opusDecoders, prepareOpusDecoders } from '../../../proxy/codecs/opus/decoder-pool.io.js'
import { opusPackets } from '../../support/opus-packets.js'
import { rng } from '../../support/rng.js'

await prepareOpusDecoders(10)

const format = (channelCount: 1 | 2) => ({ codec: 'opus', clockRateHz: 48_000, channelCount })
const FB_20_MS = Uint8Array.of(0xf8, 1, 2)

const realDecoder = (channelCount: 1 | 2): OpusStreamDecoder =>
  new OpusStreamDecoder(opusDecoders.take()!, format(channelCount), () => opusDecoders.release())

/** A decoder behind which somebody else decodes. */
const decoderOver = (
  channelCount: 1 | 2,
  decodeFrame: () => unknown,
  release = () => {},
): OpusStreamDecoder =>
  new OpusStreamDecoder({ decodeFrame } as unknown as WasmOpusDecoder, format(channelCount), release)

/** What a decoder puts out for 20 ms that begin with `left` and `right`. */
const pcmOf = (left: readonly number[], right: readonly number[]) => ({
  samplesDecoded: 160,
  channelData: [left, right].map((samples) => Float32Array.from({ length: 160 }, (_, i) => samples[i] ?? 0)),
})

/** Samples of a whole stream, of channel 0 and of the last. */
const decodedStream = (name: string, channelCount: 1 | 2) => {
  const decoder = realDecoder(channelCount)
  const target = new Int16Array(2 * 960)
  const channels: [number[], number[]] = [[], []]
  for (const payload of opusPackets(name)) {
    const count = decoder.decodeInto(payload, target)
    for (let i = 0; i < count; i++) {
      channels[0].push(target[i * channelCount]!)
      channels[1].push(target[i * channelCount + channelCount - 1]!)
    }
  }
  decoder.close()
  return channels
}

/** Power of one frequency in 100 ms of audio at 8 kHz against all power, 0 to 1. */
const share = (samples: readonly number[], hz: number): number => {
  let [re, im, energy] = [0, 0, 0]
  for (const [i, sample] of samples.entries()) {
    re += sample * Math.cos((2 * Math.PI * hz * i) / 8_000)
    im += sample * Math.sin((2 * Math.PI * hz * i) / 8_000)
    energy += sample * sample
  }
  return (2 * (re * re + im * im)) / (samples.length * energy)
}

t.test('a stream decodes at 8 kHz: the key 5 is heard where it was pressed', async (t) => {
  for (const name of ['silk-nb-20ms.packets', 'silk-wb-60ms.packets', 'hybrid-fb-20ms.packets']) {
    const [samples] = decodedStream(name, 1)
    const key = samples.slice(4_100, 4_760)
    t.ok(share(key, 770) + share(key, 1_336) > 0.8, name)
  }
})

t.test('a mono packet is heard on both channels of a stereo stream', async (t) => {
  const [left, right] = decodedStream('silk-nb-20ms.packets', 2)
  t.strictSame(left, right)
  t.ok(left.some((sample) => sample > 1_000))
})

t.test('of a stereo packet a mono stream hears the mean of both channels', async (t) => {
  const [left, right] = decodedStream('celt-fb-20ms-stereo.packets', 2)
  const [mono] = decodedStream('celt-fb-20ms-stereo.packets', 1)
  t.not(left.join(), right.join(), 'the channels differ')
  t.ok(mono.every((sample, i) => Math.abs(sample - (left[i]! + right[i]!) / 2) <= 1))
})

t.test('samples are rounded, clipped at full scale, and 0 where they are no number', async (t) => {
  const loud = pcmOf([0.5, 1.5, -1.5, Number.NaN], [1 / 32_768, Infinity, -Infinity, -0.6 / 32_768])
  const target = new Int16Array(320)
  t.equal(decoderOver(2, () => loud).decodeInto(FB_20_MS, target), 160)
  t.strictSame([...target.subarray(0, 8)], [16_384, 1, 32_767, 32_767, -32_768, -32_768, 0, -1])
})

t.test('what the decoder fails at is silence of the duration that the packet claims', async (t) => {
  const failures = [
    () => ({ samplesDecoded: 0, channelData: [], errors: [{}] }),
    () => ({ samplesDecoded: 80, channelData: [] }),
    () => {
      throw new Error('unreachable executed')
    },
  ]
  for (const failure of failures) {
    const target = new Int16Array(400).fill(7)
    const decoder = decoderOver(2, failure)
    t.equal(decoder.decodeInto(FB_20_MS, target), 160)
    t.ok(decoder.hasFailed, 'and it says so: nobody has heard the packet')
    t.ok(target.subarray(0, 320).every((sample) => sample === 0))
    t.equal(target[320], 7)
  }
})

t.test('malformed packets are not decoded: silence of their claim', async (t) => {
  const decoder = decoderOver(1, () => t.fail('decoded'))
  const target = new Int16Array(1_000).fill(7)
  t.equal(decoder.decodeInto(Uint8Array.of(0xf9, 1, 2, 3), target), 320)
  t.ok(target.subarray(0, 320).every((sample) => sample === 0))
  t.equal(target[320], 7)
  t.equal(decoder.decodeInto(Uint8Array.of(0xfb, 63), target), 960)
  t.equal(decoder.decodeInto(new Uint8Array(0), target), 0)
})

t.test('a decoder that trapped is given up, once, and the stream goes on in silence', async (t) => {
  let calls = 0
  let releases = 0
  const trap = () => {
    calls++
    throw new Error('unreachable executed')
  }
  const decoder = decoderOver(1, trap, () => releases++)
  const target = new Int16Array(160)
  t.equal(decoder.decodeInto(FB_20_MS, target), 160)
  t.equal(decoder.decodeInto(FB_20_MS, target), 160)
  decoder.close()
  t.strictSame([calls, releases], [1, 1])
})

t.test('decodes no more than the target holds', async (t) => {
  const target = new Int16Array(7)
  t.equal(decoderOver(2, () => pcmOf([1], [1])).decodeInto(FB_20_MS, target), 3)
  t.equal(decoderOver(2, () => pcmOf([1, 1, 1, 1], [1, 1, 1, 1])).decodeInto(FB_20_MS, target), 3)
  t.equal(target[6], 0)
})

t.test(
  'legal packets of noise (seed 3) decode to what they claim, without a word from the decoder',
  async (t) => {
    const words = t.capture(console, 'error')
    const random = rng(3)
    const decoder = realDecoder(2)
    const target = new Int16Array(2 * 960)
    let wrong = 0
    for (let i = 0; i < 3_000; i++) {
      const payload = Uint8Array.from({ length: 1 + random() * 120 }, () => random() * 256)
      payload[0]! &= 0xfc
      const claimed = new Set([20, 40, 80, 160, 320, 480])
      if (!claimed.has(decoder.decodeInto(payload, target))) wrong++
    }
    decoder.close()
    t.equal(wrong, 0)
    t.equal(words().length, 0)
  },
)

t.test('every real packet is heard, those that were not sent among them', async (t) => {
  for (const name of ['silk-wb-20ms-dtx.packets', 'celt-fb-20ms-stereo.packets', 'silk-wb-120ms.packets']) {
    const decoder = realDecoder(2)
    const target = new Int16Array(2 * 5_760)
    for (const packet of opusPackets(name)) {
      decoder.decodeInto(packet, target)
      if (packet.length > 0) t.notOk(decoder.hasFailed, name)
    }
    decoder.close()
  }
})
