import type { AudioSilencer, SilentRange } from '../codec.js'
import { OpusPacket } from './packet.js'

/**
 * A silent packet needs no encoder: as a CELT frame, the bytes FF FE make the range decoder read "silence flag set", and
 * libopus 1.3.1 and 1.5.2 play exact zeros. (A packet of the TOC byte alone does not: it means "lost", and the decoder
 * replays the voice before it for 200 ms and more.) SILK and hybrid packets become CELT packets of the same bandwidth
 * and duration.
 */
const SILENT_FRAME = [0xff, 0xfe] as const

/** CELT frames last 2.5, 5, 10 or 20 ms, counted at 48 kHz. */
const CELT_SAMPLES_MIN = 120
const CELT_SAMPLES_MAX = 960

/** In code 3 packets: the flag in the second byte, and the length of both bytes before padding length and sizes. */
const PADDING_FLAG = 0x40
const HEADER_BYTES = 2

/** CELT's 2.5 ms configuration of the bandwidth that `config` has; CELT has no medium band, wide band holds it. */
const celtBand = (config: number): number => {
  if (config >= 16) return config & ~3
  if (config >= 14) return 28
  if (config >= 12) return 24
  return config >= 4 ? 20 : 16
}

/**
 * Silences whole packets and keeps hidden copies of silenced audio out of those that pass:
 *
 * - padding goes from every packet, since it may hold up to 1.04 s of past speech (DRED);
 * - the first packet after a silenced one goes too when it repeats its predecessor (LBRR, in-band error correction).
 *   That is enough: what follows repeats only this one, which nobody asked to silence. Packets not sent (DTX) between
 *   the two change nothing, the encoder repeats across them;
 * - a packet that cannot be read has been heard by no detector and never passes.
 *
 * Silence overwrites the packet it replaces, so it is a view of the same memory unless the packet was too short for it.
 */
export class OpusSilencer implements AudioSilencer {
  #hasExtended = false
  /** Whether the packet before, not counting those that were not sent, was silenced and may be repeated. */
  #isRepeatDue = false
  readonly #packet = new OpusPacket()

  get hasExtended(): boolean {
    return this.#hasExtended
  }

  /** A lost packet may be repeated by the next one, and nobody has judged it. */
  gap(): void {
    this.#isRepeatDue = true
  }

  /** Any range at all silences the packet whole, both channels. An empty payload has nothing to hide and comes back as it is. */
  apply(payload: Uint8Array, ranges: readonly SilentRange[]): Uint8Array {
    this.#hasExtended = false
    if (payload.length === 0) return payload
    const packet = this.#packet
    const isReadable = packet.read(payload)
    const isSecret = ranges.length > 0 || !isReadable
    const isRepeat = !isSecret && this.#isRepeatDue && packet.hasRedundancy(payload)
    this.#hasExtended = (isSecret || isRepeat) && ranges.length === 0
    if (isSecret) this.#isRepeatDue = true
    else if (isRepeat || !packet.isUnsent) this.#isRepeatDue = false
    if (isSecret || isRepeat) return silence(payload, packet)
    return packet.hasPadding ? withoutPadding(payload, packet) : payload
  }
}

/** The silent packet of the duration that `packet`, read from `payload`, claims. */
const silence = (payload: Uint8Array, packet: OpusPacket): Uint8Array => {
  const frameSamples = Math.min(packet.frameSamples, CELT_SAMPLES_MAX)
  const frameCount = packet.sampleCount / frameSamples
  const config = celtBand(packet.config) + Math.log2(frameSamples / CELT_SAMPLES_MIN)
  const code = frameCount > 2 ? 3 : frameCount - 1
  const headerBytes = code === 3 ? 2 : 1
  const silent = cleared(payload, headerBytes + frameCount * SILENT_FRAME.length)
  silent[0] = (config << 3) | (packet.isStereo ? 4 : 0) | code
  silent[1] = frameCount
  for (let at = headerBytes; at < silent.length; at += SILENT_FRAME.length) silent.set(SILENT_FRAME, at)
  return silent
}

/** Room for `bytes`, in the payload's own memory where it is large enough; what the payload held is gone either way. */
const cleared = (payload: Uint8Array, bytes: number): Uint8Array => {
  payload.fill(0)
  return bytes > payload.length ? new Uint8Array(bytes) : shortened(payload, bytes)
}

/** The same packet without its padding: the flag, the length bytes and the tail go, the frames stay bit-identical. */
const withoutPadding = (payload: Uint8Array, packet: OpusPacket): Uint8Array => {
  payload[1]! &= ~PADDING_FLAG
  payload.copyWithin(HEADER_BYTES, packet.contentStart, packet.contentEnd)
  const bytes = HEADER_BYTES + packet.contentEnd - packet.contentStart
  payload.fill(0, bytes)
  return shortened(payload, bytes)
}

const shortened = (payload: Uint8Array, bytes: number): Uint8Array =>
  bytes === payload.length ? payload : payload.subarray(0, bytes)
