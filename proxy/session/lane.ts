import { RedactError } from '../base/errors.js'
import { FRAME_SAMPLES_MAX } from '../base/limits.js'
import type { AudioCodec, AudioDecoder, AudioSilencer, SilentRange } from '../codecs/codec.js'
import { framePcm } from '../codecs/frame-pcm.js'
import { codecNamed } from '../codecs/index.js'
import type { Fill } from '../media/fill.js'
import type { MediaFrame, PayloadStream } from '../media/frame.js'

/**
 * How one payload stream is listened to and silenced. All calls of the process are decoded into the same PCM: it is heard before the
 * next frame is decoded.
 */
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
    const count = framePcm.decode(this.#decoder, frame.payload, format.channelCount)
    return this.#decoder.hasFailed === true ? -1 : count
  }

  /** The PCM of one channel of the frame decoded last; borrowed until the next decode. */
  channel(channel: number, count: number): Int16Array {
    return framePcm.channel(channel, count)
  }

  /** Overwrites the PCM of the frame decoded last, which has been heard (R3). */
  forget(count: number): void {
    framePcm.forget(count, this.stream.format.channelCount)
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
