import type { Fill } from '../media/fill.js'
import type { AudioFormat } from '../media/frame.js'
import type { FramePcm } from './frame-pcm.js'

/**
 * One audio encoding: how to listen to it and how to silence it. Codec-correct silence lasts exactly as long as what it
 * replaces and decodes to nothing audible; untouched samples stay bit-identical where the codec allows.
 */
export interface AudioCodec {
  /** What silencing can be cut to: single samples, or only whole frames. */
  readonly granularity: 'sample' | 'frame'
  /**
   * A decoder with its own state for one stream of payloads.
   * @throws RedactError REDACT_ERR_CODEC_UNAVAILABLE when none can be had now; the stream's audio is then silenced
   */
  createDecoder(format: AudioFormat): AudioDecoder
  /** Samples per channel at the format's clock rate that this payload lasts, read without decoding; -1 when it is malformed. */
  sampleCount(payload: Uint8Array, format: AudioFormat): number
  /**
   * State that silencing needs from frame to frame (a following packet's hidden copy, an ADPCM state); one per stream.
   * @param fill what is heard instead; silence when left out, and always with codecs that need a whole encoder for more (Opus)
   */
  createSilencer(format: AudioFormat, fill?: Fill): AudioSilencer
  /** Interleaved signed 16-bit samples to a payload, for codecs without state between payloads (simulated calls, transcoding). */
  readonly encode?: (pcm: Int16Array) => Uint8Array
}

export interface AudioDecoder {
  /** Rate of the PCM that comes out, in Hz; divides, or is, the format's clock rate. */
  readonly sampleRateHz: number
  /**
   * Writes interleaved signed 16-bit samples; returns samples per channel. What it cannot read it writes as silence of
   * the duration that the payload claims. Both buffers are borrowed until return. Never throws for a payload's content. Hot.
   */
  decodeInto(payload: Uint8Array, target: Int16Array): number
  /**
   * The same into the PCM of a frame, each channel by itself: for codecs in which that is cheaper. At most FRAME_SAMPLES_MAX
   * samples of each. -1, and nothing has been done, where this payload takes decodeInto. Hot.
   */
  decodeFrame?(payload: Uint8Array, pcm: FramePcm): number
  /** True when the last decodeInto() could not read its payload: the zeros it wrote are not what the payload holds. */
  readonly hasFailed?: boolean
  close(): void
}

/** A half-open range of samples of one frame, counted from the frame's first, on one channel or on all (null). */
export interface SilentRange {
  readonly channel: number | null
  readonly startSample: number
  readonly endSample: number
}

/** Every frame that leaves goes through exactly one call, in order: what passes may need cleaning as well (Opus). */
export interface AudioSilencer {
  /**
   * The payload to send for a frame of which `ranges` are sensitive. Works in place where lengths allow and returns the
   * same array then; a codec that cannot silence part of a frame silences all of it. An empty `ranges` means that the
   * frame passes: the payload comes back unchanged except for hidden copies of audio silenced before. Hot.
   */
  apply(payload: Uint8Array, ranges: readonly SilentRange[]): Uint8Array
  /**
   * The same for a frame of so many samples that passes, without a look at its payload; left out where what passes may need cleaning,
   * or is to be known to silence what follows. Hot.
   */
  pass?(sampleCount: number): void
  /** Audio is missing before the next payload, which may hide a copy of what nobody heard. */
  gap(): void
  /** Whether the last apply() silenced a whole frame beyond what it was asked (a hidden copy in a frame that would have passed). */
  readonly hasExtended: boolean
}
