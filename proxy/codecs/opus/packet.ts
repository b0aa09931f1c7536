/**
 * The Opus packet (RFC 6716 section 3): a table-of-contents byte `config(5) stereo(1) code(2)`, then one to 48 frames of
 * one duration. Reads only the framing, never the audio.
 *
 *     code 0: TOC frame            code 1: TOC frame frame (equal)     code 2: TOC size frame frame
 *     code 3: TOC [v p M(6)] [padding length, if p] [M - 1 sizes, if v] frames [padding, if p]
 *
 * Sample counts are at 48 kHz, Opus' only RTP clock rate (RFC 7587 section 4.1).
 */

/** Longest audio in one packet: 120 ms (RFC 6716 section 3.2.5, requirement R5). */
export const PACKET_SAMPLES_MAX = 5_760

/** Most frames in one packet: 120 ms of 2.5 ms frames. */
export const PACKET_FRAMES_MAX = 48

/**
 * Largest packet that is read, in bytes: 120 ms at 510 kbit/s, the highest rate that RFC 7587 section 3.1.1 allows, is
 * 7,650, and opus-decoder 0.7.12 gives a stereo decoder 7,680 of input. Larger ones count as malformed: what cannot be
 * listened to must not pass.
 */
export const PACKET_BYTES_MAX = 7_680

/** Largest frame in bytes (RFC 6716 section 3.2.1). */
const FRAME_BYTES_MAX = 1_275

/** A frame this short was not sent: the decoder conceals it (RFC 6716 section 3.2.1). */
const LOST_FRAME_BYTES_MAX = 1

const SILK_FRAME_SAMPLES = [480, 960, 1_920, 2_880] as const

/** Configurations: 0..11 SILK, 12..15 hybrid, 16..31 CELT (RFC 6716 table 2). */
const HYBRID_CONFIG = 12
const CELT_CONFIG = 16

const frameSamplesOf = (config: number): number => {
  if (config >= CELT_CONFIG) return 120 << (config & 3)
  if (config >= HYBRID_CONFIG) return 480 << (config & 1)
  return SILK_FRAME_SAMPLES[(config & 3) as 0 | 1 | 2 | 3]
}

const claimedFrames = (payload: Uint8Array): number => {
  if (payload.length === 0) return 0
  const code = payload[0]! & 3
  if (code === 3) return (payload[1] ?? 0) & 0x3f
  return code === 0 ? 1 : 2
}

/** The framing of one packet. Made once and filled again by every read(), so that reading allocates nothing. */
export class OpusPacket {
  /** Mode, bandwidth and frame duration, 0..31. */
  config = 0
  isStereo = false
  /** Frames that the packet holds, or claims to: 1..48, and 0 only in an empty payload. */
  frameCount = 0
  /** Samples per channel of one frame. */
  frameSamples = 0
  /** Whether there is padding, be it empty: receivers must ignore it, and encoders hide speech already heard in it (DRED). */
  hasPadding = false
  /** Where the audio and its sizes start: behind the padding length. */
  contentStart = 0
  /** Where they end: before the padding. */
  contentEnd = 0
  readonly #frameStarts = new Uint16Array(PACKET_FRAMES_MAX)
  readonly #frameSizes = new Uint16Array(PACKET_FRAMES_MAX)

  /** Samples per channel that the packet lasts or, when it is malformed, claims to last: at most 5,760. */
  get sampleCount(): number {
    return this.frameCount * this.frameSamples
  }

  /**
   * Reads a packet's framing; false when it breaks a rule of RFC 6716 section 3.4. The claim (config, stereo, number of
   * frames, clamped to what is legal) is then set all the same, for the silence that takes its place. Hot.
   */
  read(payload: Uint8Array): boolean {
    const isLegal = this.#readClaim(payload)
    return isLegal && this.#readFrames(payload)
  }

  #readClaim(payload: Uint8Array): boolean {
    const toc = payload[0] ?? 0
    this.config = toc >> 3
    this.isStereo = (toc & 4) !== 0
    this.frameSamples = frameSamplesOf(this.config)
    this.hasPadding = false
    this.contentStart = 1
    this.contentEnd = payload.length
    const count = claimedFrames(payload)
    const countMax = PACKET_SAMPLES_MAX / this.frameSamples
    this.frameCount = payload.length === 0 ? 0 : Math.min(Math.max(count, 1), countMax)
    return count > 0 && count <= countMax && payload.length <= PACKET_BYTES_MAX
  }

  #readFrames(payload: Uint8Array): boolean {
    switch (payload[0]! & 3) {
      case 2:
        return this.#placeSized(payload)
      case 3: {
        const isSized = (payload[1]! & 0x80) !== 0
        this.hasPadding = (payload[1]! & 0x40) !== 0
        this.contentStart = 2
        if (this.hasPadding && !this.#skipPadding(payload)) return false
        return isSized ? this.#placeSized(payload) : this.#placeEqual()
      }
      default:
        return this.#placeEqual()
    }
  }

  /** Padding length: bytes of 255 mean 254 and another byte follows. */
  #skipPadding(payload: Uint8Array): boolean {
    let byte = 255
    while (byte === 255) {
      if (this.contentStart >= this.contentEnd) return false
      byte = payload[this.contentStart++]!
      this.contentEnd -= byte === 255 ? 254 : byte
    }
    return this.contentStart <= this.contentEnd
  }

  #placeEqual(): boolean {
    const bytes = this.contentEnd - this.contentStart
    if (bytes % this.frameCount !== 0) return false
    const size = bytes / this.frameCount
    for (let i = 0; i < this.frameCount; i++) this.#place(i, this.contentStart + i * size, size)
    return size <= FRAME_BYTES_MAX
  }

  /** Every size but the last is coded: below 252 in one byte, else `first + 4 x second`. */
  #placeSized(payload: Uint8Array): boolean {
    let at = this.contentStart
    let bytes = 0
    for (let i = 0; i < this.frameCount - 1; i++) {
      if (at >= this.contentEnd) return false
      let size = payload[at++]!
      if (size >= 252) {
        if (at >= this.contentEnd) return false
        size += 4 * payload[at++]!
      }
      this.#frameSizes[i] = size
      bytes += size
    }
    const last = this.contentEnd - at - bytes
    if (last < 0 || last > FRAME_BYTES_MAX) return false
    this.#frameSizes[this.frameCount - 1] = last
    for (let i = 0; i < this.frameCount; i++) {
      this.#frameStarts[i] = at
      at += this.#frameSizes[i]!
    }
    return true
  }

  #place(frame: number, start: number, size: number): void {
    this.#frameStarts[frame] = start
    this.#frameSizes[frame] = size
  }

  /** Whether no frame of the legal packet last read was sent (DTX): it has no audio of its own and repeats none. */
  get isUnsent(): boolean {
    return this.#firstSentFrame() === -1
  }

  /**
   * Whether the legal packet last read carries a low-bitrate copy (LBRR, RFC 6716 section 4.2.4) of the audio before it,
   * as opus_packet_has_lbrr() of libopus 1.6 tells. The flags are the first bits of a SILK or hybrid frame: per channel a
   * voice activity bit for each SILK frame, then the LBRR bit. Further frames only repeat frames of the same packet.
   */
  hasRedundancy(payload: Uint8Array): boolean {
    const frame = this.#firstSentFrame()
    if (this.config >= CELT_CONFIG || frame === -1) return false
    const silkFrames = Math.max(1, this.frameSamples / 960)
    const flags = (0x80 >> silkFrames) | (this.isStereo ? 0x40 >> (2 * silkFrames) : 0)
    return (payload[this.#frameStarts[frame]!]! & flags) !== 0
  }

  #firstSentFrame(): number {
    for (let i = 0; i < this.frameCount; i++) if (this.#frameSizes[i]! > LOST_FRAME_BYTES_MAX) return i
    return -1
  }
}
