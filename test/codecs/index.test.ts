import t from 'tap'
import type { AudioCodec, SilentRange } from '../../proxy/codecs/codec.js'
import { FramePcm } from '../../proxy/codecs/frame-pcm.js'
import { codecNamed, codecs } from '../../proxy/codecs/index.js'
import { prepareOpusDecoders } from '../../proxy/codecs/opus/decoder-pool.io.js'
import type { AudioFormat } from '../../proxy/media/frame.js'
import { g722Frames } from '../support/g722-speech.js'
import { opusPackets } from '../support/opus-packets.js'
import { rng } from '../support/rng.js'

/** The contract of every codec in the registry: a new one is tested without a change here, if it can encode. */

await prepareOpusDecoders(30)

/** Loudest sample of silence, of 32,768: A-law has no zero. */
const AUDIBLE = 8

/** Rates at which positions count, where it is not 8,000 Hz. */
const clockRates: Readonly<Record<string, number>> = { g722: 16_000, opus: 48_000 }

/** Codecs that cannot encode bring packets of 20 ms. */
const recorded: Readonly<Record<string, (channelCount: 1 | 2) => Uint8Array[]>> = {
  g722: g722Frames,
  opus: (channelCount) =>
    opusPackets(channelCount === 1 ? 'silk-nb-20ms.packets' : 'celt-fb-20ms-stereo.packets'),
}

/** With WebAssembly's vectors and without. */
const framePcms = [new FramePcm(true), new FramePcm(false)]

/** 50 frames of 20 ms of something audible. */
const framesOf = (codec: AudioCodec, format: AudioFormat): Uint8Array[] => {
  const framesOfCodec = recorded[format.codec]
  if (framesOfCodec !== undefined) return framesOfCodec(format.channelCount).slice(0, 50)
  const random = rng(4)
  const samples = 160 * format.channelCount
  return Array.from({ length: 50 }, () =>
    codec.encode!(Int16Array.from({ length: samples }, () => 1_000 + random() * 10_000)),
  )
}

/** PCM of frames in a row, as one decoder hears them: one array of interleaved samples per frame. */
const heard = (codec: AudioCodec, format: AudioFormat, frames: readonly Uint8Array[]): Int16Array[] => {
  const decoder = codec.createDecoder(format)
  const scratch = new Int16Array(2 * 960)
  const pcm = frames.map((frame) =>
    scratch.slice(0, format.channelCount * decoder.decodeInto(frame, scratch.fill(0))),
  )
  decoder.close()
  return pcm
}

const peak = (pcm: Int16Array): number => pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)

const copies = (frames: readonly Uint8Array[]): Uint8Array[] => frames.map((frame) => frame.slice())

t.test('codecNamed() knows its registry and nothing else', async (t) => {
  for (const [name, codec] of Object.entries(codecs)) t.equal(codecNamed(name), codec)
  for (const name of ['', 'PCMU', 'g729', 'toString', '__proto__', 'constructor'])
    t.equal(codecNamed(name), undefined, name)
})

for (const [name, codec] of Object.entries<AudioCodec>(codecs))
  for (const channelCount of [1, 2] as const) {
    const clockRateHz = clockRates[name] ?? 8_000
    const format: AudioFormat = { codec: name, clockRateHz, channelCount }
    const samplesPerFrame = clockRateHz / 50
    const whole: SilentRange[] = [{ channel: null, startSample: 0, endSample: samplesPerFrame }]
    const frames = framesOf(codec, format)
    const title = `${name}, ${channelCount === 1 ? 'mono' : 'stereo'}`

    t.test(`${title}: a frame lasts what sampleCount() says, at the clock rate and decoded`, async (t) => {
      const decoder = codec.createDecoder(format)
      t.equal(clockRateHz % decoder.sampleRateHz, 0)
      const count = decoder.sampleRateHz / 50
      const target = new Int16Array(2 * 960)
      t.ok(frames.every((frame) => codec.sampleCount(frame, format) === samplesPerFrame))
      t.ok(frames.every((frame) => decoder.decodeInto(frame, target) === count))
      decoder.close()
      t.ok(Math.max(...heard(codec, format, frames).map(peak)) > 1_000, 'there is something to hear')
    })

    t.test(`${title}: a frame decoded channel by channel is the frame decoded whole`, async (t) => {
      const junk = Array.from({ length: 100 }, (_, length) =>
        Uint8Array.from({ length }, (_, i) => 37 * i + length),
      )
      const payloads = [...frames, ...junk]
      const whole = heard(codec, format, payloads)
      for (const pcm of framePcms) {
        const decoder = codec.createDecoder(format)
        const wrong = payloads.flatMap((payload, n) => {
          const count = pcm.decode(decoder, payload, channelCount)
          const apart = whole[n]!.map(
            (_, i) => pcm.channel(i % channelCount, count).at(Math.floor(i / channelCount))!,
          )
          return count * channelCount === whole[n]!.length &&
            peak(apart.map((s, i) => s - whole[n]![i]!)) === 0
            ? []
            : [n]
        })
        decoder.close()
        t.strictSame(wrong, [])
      }
    })

    t.test(`${title}: silence keeps count and, by samples, length; nothing is audible`, async (t) => {
      const silencer = codec.createSilencer(format)
      const silent = copies(frames).map((frame) => silencer.apply(frame, whole))
      t.equal(silencer.hasExtended, false)
      t.ok(silent.every((frame) => codec.sampleCount(frame, format) === samplesPerFrame))
      if (codec.granularity === 'sample') t.ok(silent.every((frame, i) => frame.length === frames[i]!.length))
      const pcm = heard(codec, format, silent)
      t.strictSame(
        pcm.map(({ length }) => length),
        heard(codec, format, frames).map(({ length }) => length),
      )
      t.ok(Math.max(...pcm.map(peak)) <= AUDIBLE)
    })

    t.test(`${title}: no trace of a silenced frame is left in the memory it came in`, async (t) => {
      const silencer = codec.createSilencer(format)
      const left = copies(frames).map((frame) => {
        const silent = silencer.apply(frame, whole)
        return silent.buffer === frame.buffer ? frame.subarray(silent.length) : frame
      })
      t.ok(left.every((bytes) => bytes.every((byte) => byte === 0)))
    })

    t.test(`${title}: a frame without ranges passes as the same array with the same bytes`, async (t) => {
      const silencer = codec.createSilencer(format)
      const before = copies(frames)
      t.ok(frames.every((frame) => silencer.apply(frame, []) === frame))
      t.strictSame(frames, before)
    })

    if (codec.granularity === 'sample' && codec.encode !== undefined)
      t.test(`${title}: only the marked channel and range change`, async (t) => {
        const original = heard(codec, format, frames)
        const last = channelCount - 1
        const range: SilentRange = { channel: last, startSample: 40, endSample: 90 }
        const silencer = codec.createSilencer(format)
        const after = heard(
          codec,
          format,
          copies(frames).map((frame) => silencer.apply(frame, [range])),
        )
        const wrong: string[] = []
        for (const [i, pcm] of after.entries())
          for (const [at, sample] of pcm.entries()) {
            const instant = Math.floor(at / channelCount)
            const isMarked = at % channelCount === last && instant >= 40 && instant < 90
            const isRight = isMarked ? Math.abs(sample) <= AUDIBLE : sample === original[i]![at]
            if (!isRight) wrong.push(`frame ${i}, sample ${at}`)
          }
        t.strictSame(wrong, [])
      })

    if (codec.granularity === 'frame')
      t.test(`${title}: part of a frame silences that frame; no bit of the others changes`, async (t) => {
        const silencer = codec.createSilencer(format)
        const part: SilentRange = { channel: 0, startSample: 40, endSample: 41 }
        const extended: number[] = []
        const after = copies(frames).map((frame, i) => {
          const sent = silencer.apply(frame, i === 20 ? [part] : [])
          if (silencer.hasExtended) extended.push(i)
          return sent
        })
        t.ok(
          extended.every((i) => i === 21),
          'a hidden copy can only be in the frame after',
        )
        const changed = after.flatMap((frame, i) => (Buffer.compare(frame, frames[i]!) === 0 ? [] : [i]))
        t.strictSame(changed, [20, ...extended])
        t.ok(
          heard(codec, format, after)[20]!
            .subarray(40 * channelCount)
            .every((sample) => sample === 0),
        )
      })

    t.test(
      `${title}: junk of any length (seed 5) decodes to its count, can be silenced and never throws`,
      async (t) => {
        const random = rng(5)
        const decoder = codec.createDecoder(format)
        const silencer = codec.createSilencer(format)
        const perSample = clockRateHz / decoder.sampleRateHz
        const target = new Int16Array(2 * 960)
        const silent: Uint8Array[] = []
        const wrong: number[] = []
        for (let length = 0; length < 400; length++) {
          const junk = Uint8Array.from({ length }, () => random() * 256)
          const claimed = codec.sampleCount(junk, format)
          const count = decoder.decodeInto(junk, target)
          if (claimed >= 0 && count !== claimed / perSample) wrong.push(length)
          const endSample = count * perSample
          const frame = silencer.apply(junk, [{ channel: null, startSample: 0, endSample }])
          if (length > 0 && codec.sampleCount(frame, format) !== endSample) wrong.push(length)
          silent.push(frame)
        }
        decoder.close()
        t.strictSame(wrong, [], 'lengths with another duration, decoded or silenced')
        t.ok(Math.max(...heard(codec, format, silent).map(peak)) <= AUDIBLE)
      },
    )

    t.test(`${title}: an empty payload has no samples and stays empty`, async (t) => {
      const empty = new Uint8Array(0)
      const decoder = codec.createDecoder(format)
      t.ok(codec.sampleCount(empty, format) <= 0)
      t.equal(decoder.decodeInto(empty, new Int16Array(4)), 0)
      t.equal(codec.createSilencer(format).apply(empty, whole).length, 0)
      t.equal(codec.createSilencer(format).apply(empty, []).length, 0)
      decoder.close()
    })
  }
