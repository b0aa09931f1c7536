/**
 * The structure of a stored RIFF/WAVE file, read front to back in pieces of any size: where its samples lie, and how they
 * are encoded. Nothing is collected but the fields that are read, so that a day of audio costs no more than a second.
 *
 *   'RIFF' size 'WAVE' | 'fmt ' size fields | other chunks ... | 'data' size samples [pad] | other chunks ... | stray bytes
 *
 * Files as they are found, and what is made of them:
 * - a data size of 0 or 0xFFFFFFFF, as writers to a pipe leave it, or one beyond the file's end: samples to the end;
 * - RF64 (EBU Tech 3306), for files beyond 4 GB: the data size is the one in the 'ds64' chunk;
 * - bytes behind the last chunk: handed on and counted, since they might be audio that nobody has judged;
 * - a second 'fmt ' or 'data' chunk: refused, since players differ in which one they play.
 */
import { RedactError } from '../base/errors.js'
import type { AudioFormat } from './frame.js'

export interface WavFormat extends AudioFormat {
  readonly codec: 'l16' | 'pcma' | 'pcmu'
  /** Bytes of one instant: one sample of every channel. */
  readonly blockBytes: number
}

/** A stretch of the file; the parts of a file, in order, are the file. `bytes` is a view of what was pushed. */
export interface WavPart {
  readonly kind: 'samples' | 'other'
  readonly bytes: Uint8Array
}

const RATE_HZ_MIN = 8_000
const RATE_HZ_MAX = 48_000
/** Detectors work in hops of 5 ms: whole samples at multiples of this. */
const RATE_STEP_HZ = 200

/** Sizes that writers leave in the header when they cannot go back to correct it. */
const UNKNOWN_SIZES: readonly number[] = [0, 0xffff_ffff]

/** WAVE_FORMAT_EXTENSIBLE: the tag that counts begins the sub-format GUID, whose other bytes are these. */
const TAG_EXTENSIBLE = 0xfffe
const GUID_TAIL = '000000001000800000aa00389b71'
const EXTENSIBLE_BYTES = 40

/** Format tags (mmreg.h), with the bits of their samples. */
const ENCODINGS: Readonly<Record<number, { readonly codec: WavFormat['codec']; readonly bits: number }>> = {
  1: { codec: 'l16', bits: 16 },
  6: { codec: 'pcma', bits: 8 },
  7: { codec: 'pcmu', bits: 8 },
}

const SUPPORTED =
  'supported are 16-bit PCM, A-law and mu-law (format tags 1, 6 and 7, or extensible of those), mono or stereo, ' +
  `${RATE_HZ_MIN} to ${RATE_HZ_MAX} Hz in steps of ${RATE_STEP_HZ}`

const RIFF_BYTES = 12
const CHUNK_HEAD_BYTES = 8
const FORMAT_BYTES_MIN = 16
/** Of 'ds64': the RIFF size and the data size, 64 bits each. */
const DS64_BYTES = 16

type State = 'riff' | 'chunk' | 'format' | 'ds64' | 'samples' | 'skipped' | 'stray'

export class WavScanner {
  #state: State = 'riff'
  /** Bytes of the present state that are still to come. */
  #left = RIFF_BYTES
  /** Bytes of the chunk that follow the fields we read. */
  #rest = 0
  readonly #fields = new Uint8Array(EXTENSIBLE_BYTES)
  #fieldCount = 0
  #format: WavFormat | null = null
  #hasSamples = false
  #isRf64 = false
  #dataBytes64 = 0
  #strayBytes = 0

  /** How the samples are encoded; known before the first of them is handed out. */
  get format(): WavFormat | null {
    return this.#format
  }

  /** Bytes behind the last chunk that belong to none. */
  get strayBytes(): number {
    return this.#strayBytes
  }

  /**
   * Takes the next bytes of the file and appends them to `out`, part by part.
   * @throws RedactError REDACT_ERR_AUDIO_FILE for what cannot be redacted
   */
  push(bytes: Uint8Array, out: WavPart[]): void {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, Math.min(bytes.length, at + this.#left))
      this.#take(piece)
      out.push({ kind: this.#state === 'samples' ? 'samples' : 'other', bytes: piece })
      at += piece.length
      while (this.#left === 0) this.#turn()
    }
  }

  /** The file has ended. @throws RedactError REDACT_ERR_AUDIO_FILE when no audio has begun by then */
  end(): void {
    if (this.#state === 'riff') throw notRiff()
    if (!this.#hasSamples) throw refused('the file ends before its audio begins: there is no data chunk')
    if (this.#state === 'chunk') this.#strayBytes += this.#fieldCount
  }

  #take(piece: Uint8Array): void {
    this.#left -= piece.length
    if (this.#state === 'stray') this.#strayBytes += piece.length
    if (this.#state === 'samples' || this.#state === 'skipped' || this.#state === 'stray') return
    this.#fields.set(piece, this.#fieldCount)
    this.#fieldCount += piece.length
  }

  #enter(state: State, bytes: number, rest = 0): void {
    this.#state = state
    this.#left = bytes
    this.#rest = rest
    this.#fieldCount = 0
  }

  /** What comes next, when all bytes of a state have come. */
  #turn(): void {
    switch (this.#state) {
      case 'riff':
        this.#readRiff()
        break
      case 'chunk':
        this.#openChunk()
        return
      case 'format':
        this.#format = formatOf(this.#fields.subarray(0, this.#fieldCount))
        break
      case 'ds64':
        this.#dataBytes64 = Number(viewOf(this.#fields).getBigUint64(8, true))
        break
    }
    if (this.#rest > 0) this.#enter('skipped', this.#rest)
    else this.#enter('chunk', CHUNK_HEAD_BYTES)
  }

  #readRiff(): void {
    const magic = textAt(this.#fields, 0)
    if (magic === 'RIFX') throw refused('the file is big-endian (RIFX)')
    if ((magic !== 'RIFF' && magic !== 'RF64') || textAt(this.#fields, 8) !== 'WAVE') throw notRiff()
    this.#isRf64 = magic === 'RF64'
  }

  #openChunk(): void {
    const id = textAt(this.#fields, 0)
    const size = viewOf(this.#fields).getUint32(4, true)
    // Chunks begin at even offsets: an odd one is followed by a byte that its size does not count.
    const padded = size + (size % 2)
    if (id === 'fmt ') this.#openFormat(size, padded)
    else if (id === 'data') this.#openSamples(size)
    else if (id === 'ds64' && this.#isRf64 && size >= DS64_BYTES)
      this.#enter('ds64', DS64_BYTES, padded - DS64_BYTES)
    else if (isChunkId(this.#fields)) this.#enter('skipped', padded)
    else {
      this.#strayBytes += CHUNK_HEAD_BYTES
      this.#enter('stray', Infinity)
    }
  }

  #openFormat(size: number, padded: number): void {
    if (this.#format !== null) throw refused('the file has more than one fmt chunk')
    if (size < FORMAT_BYTES_MIN) throw refused('the fmt chunk is too short')
    const bytes = Math.min(size, EXTENSIBLE_BYTES)
    this.#enter('format', bytes, padded - bytes)
  }

  #openSamples(size: number): void {
    if (this.#format === null) throw refused('the data chunk comes before the fmt chunk')
    if (this.#hasSamples) throw refused('the file has more than one data chunk')
    this.#hasSamples = true
    const isLong = this.#isRf64 && size === 0xffff_ffff
    const bytes = isLong ? this.#dataBytes64 : size
    if (UNKNOWN_SIZES.includes(bytes)) this.#enter('samples', Infinity)
    else this.#enter('samples', bytes, bytes % 2)
  }
}

/** The format that the fields of a 'fmt ' chunk describe; 16 bytes at least. */
const formatOf = (fields: Uint8Array): WavFormat => {
  const view = viewOf(fields)
  const channelCount = view.getUint16(2, true)
  const clockRateHz = view.getUint32(4, true)
  const blockBytes = view.getUint16(12, true)
  const bits = view.getUint16(14, true)
  const tag = tagOf(fields)
  const encoding = ENCODINGS[tag]
  if (encoding === undefined) throw refused(`the audio has format tag ${tag}`)
  if (bits !== encoding.bits) throw refused(`the audio has format tag ${tag} with ${bits} bits a sample`)
  if (channelCount !== 1 && channelCount !== 2) throw refused(`the audio has ${channelCount} channels`)
  if (!isRateSupported(clockRateHz)) throw refused(`the audio has ${clockRateHz} Hz`)
  if (blockBytes !== (channelCount * bits) / 8)
    throw refused(`the fmt chunk contradicts itself: ${channelCount} x ${bits} bits in ${blockBytes} bytes`)
  return { codec: encoding.codec, clockRateHz, channelCount, blockBytes }
}

const tagOf = (fields: Uint8Array): number => {
  const view = viewOf(fields)
  const tag = view.getUint16(0, true)
  if (tag !== TAG_EXTENSIBLE) return tag
  if (fields.length < EXTENSIBLE_BYTES) throw refused('the extensible fmt chunk is too short')
  if (hexOf(fields.subarray(26)) !== GUID_TAIL) throw refused('the audio has an unknown sub-format')
  return view.getUint16(24, true)
}

const isRateSupported = (hz: number): boolean =>
  hz >= RATE_HZ_MIN && hz <= RATE_HZ_MAX && hz % RATE_STEP_HZ === 0

/** Four printable ASCII characters. */
const isChunkId = (fields: Uint8Array): boolean =>
  fields.subarray(0, 4).every((byte) => byte >= 0x20 && byte <= 0x7e)

const textAt = (fields: Uint8Array, at: number): string => String.fromCharCode(...fields.subarray(at, at + 4))

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const viewOf = (fields: Uint8Array): DataView => new DataView(fields.buffer, fields.byteOffset, fields.length)

const notRiff = (): RedactError => refused('this is no RIFF/WAVE file')

const refused = (problem: string): RedactError =>
  new RedactError('REDACT_ERR_AUDIO_FILE', `${problem}; ${SUPPORTED}`)
