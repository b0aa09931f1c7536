import { beginningOf } from '../base/beginning-of.js'
import { RedactError } from '../base/errors.js'
import { FRAME_SAMPLES_MAX } from '../base/limits.js'
import type { AudioCodec, AudioDecoder, AudioSilencer, SilentRange } from '../codecs/codec.js'
import { codecNamed } from '../codecs/index.js'
import type { Fill } from '../media/fill.js'
import type { MediaFrame, PayloadStream } from '../media/frame.js'

/** Scratch for one decoded frame, shared by all calls of the process: it is read before the next frame is decoded. */
const interleaved = new Int16Array(2 * FRAME_SAMPLES_MAX)
const left = new Int16Array(FRAME_SAMPLES_MAX)
const right = new Int16Array(FRAME_SAMPLES_MAX)

const beginnings = {
  mono: beginningOf(interleaved),
  stereo: [beginningOf(left), beginningOf(right)],
} as const

/** How one payload stream is listened to and silenced. */
export class Lane {
  readonly tracks: readonly number[]
  readonly sampleRateHz: number
  readonly #codec: AudioCodec
  readonly #decoder: AudioDecoder | null
  readonly #silencer: AudioSilencer
  readonly #whole: SilentRange[] = []
  /** Where the frame silenced last ended; what starts later has lost something before it. */
  #releasedSample = 0

  /** @throws RedactError REDACT_ERR_CODEC_UNKNOWN; a decoder that cannot be had leaves the lane deaf: all of it is silenced */
  constructor(
    private readonly stream: PayloadStream,
    fill: Fill = 'silence',
  ) {
    const codec = codecNamed(stream.format.codec)
    if (codec === undefined)
      throw new RedactError('REDACT_ERR_CODEC_UNKNOWN', 'no codec of that name is built in')
    this.#codec = codec
    this.tracks = stream.tracks
    this.#decoder = decoderOrNull(codec, stream)
    this.#silencer = codec.createSilencer(stream.format, fill)
    this.sampleRateHz = this.#decoder?.sampleRateHz ?? stream.format.clockRateHz
  }

  /**
   * Decodes a frame; returns samples per channel at sampleRateHz, then to be read with `channel`. -1 when the payload
   * cannot be understood, or does not last as long as the frame says.
   */
  decode(frame: MediaFrame): number {
    const { format } = this.stream
    if (this.#decoder === null || frame.sampleCount > FRAME_SAMPLES_MAX) return -1
    if (this.#codec.sampleCount(frame.payload, format) !== frame.sampleCount) return -1
    const count = this.#decodeApart(this.#decoder, frame.payload)
    return this.#decoder.hasFailed === true ? -1 : count
  }

  /** The PCM of one channel of the frame decoded last; borrowed until the next decode. */
  channel(channel: number, count: number): Int16Array {
    return this.stream.format.channelCount === 1
      ? beginnings.mono(count)
      : beginnings.stereo[channel as 0 | 1](count)
  }

  /** Overwrites the PCM of the frame decoded last (R3): it has been heard, and the scratch may not be used again for long. */
  forget(count: number): void {
    const { channelCount } = this.stream.format
    if (channelCount === 1 || this.#decoder?.decodeApart === undefined)
      interleaved.fill(0, 0, count * channelCount)
    if (channelCount === 1) return
    left.fill(0, 0, count)
    right.fill(0, 0, count)
  }

  /** Whether silencing these ranges takes a look at the payload: what passes is not looked at where nothing can hide in it. Hot. */
  needsPayload(ranges: readonly SilentRange[]): boolean {
    return ranges.length > 0 || this.#silencer.pass === undefined
  }

  /** Silences the ranges in the frame's payload, which is there if `needsPayload`; true when it is no longer what came. Hot. */
  silence(frame: MediaFrame, ranges: readonly SilentRange[]): boolean {
    const cuts = this.#codec.granularity === 'frame' && ranges.length > 0 ? this.#wholeFrame(frame) : ranges
    if (frame.startSample > this.#releasedSample) this.#silencer.gap()
    this.#releasedSample = frame.startSample + frame.sampleCount
    if (!this.needsPayload(ranges)) {
      this.#silencer.pass!(frame.sampleCount)
      return false
    }
    const payload = this.#silencer.apply(frame.payload, cuts)
    const isChanged = cuts.length > 0 || this.hasExtended || payload !== frame.payload
    frame.payload = payload
    return isChanged
  }

  /** Whether the last silence() took more than it was asked: the whole frame, because of what it hid. */
  get hasExtended(): boolean {
    return this.#silencer.hasExtended
  }

  get isFrameWise(): boolean {
    return this.#codec.granularity === 'frame'
  }

  close(): void {
    this.#decoder?.close()
  }

  /** Two channels end up in `left` and `right`, one in `interleaved`. */
  #decodeApart(decoder: AudioDecoder, payload: Uint8Array): number {
    if (this.stream.format.channelCount === 1) return decoder.decodeInto(payload, interleaved)
    if (decoder.decodeApart !== undefined) return decoder.decodeApart(payload, left, right)
    const count = decoder.decodeInto(payload, interleaved)
    for (let i = 0; i < count; i++) {
      left[i] = interleaved[2 * i]!
      right[i] = interleaved[2 * i + 1]!
    }
    return count
  }

  #wholeFrame(frame: MediaFrame): readonly SilentRange[] {
    this.#whole[0] = { channel: null, startSample: 0, endSample: frame.sampleCount }
    return this.#whole
  }
}

const decoderOrNull = (codec: AudioCodec, stream: PayloadStream): AudioDecoder | null => {
  try {
    return codec.createDecoder(stream.format)
  } catch {
    return null
  }
}
