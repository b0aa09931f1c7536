/**
 * Finds the messages in what a WebSocket peer sends: RFC 6455, section 5, without extensions. No socket here: bytes in,
 * messages out, and a close code for what is not allowed.
 */
import { isUtf8 } from 'node:buffer'
import { ByteStore } from '../byte-store.js'
import { applyMask, CONTROL_BYTES_MAX, closeCodes, isCloseCode, opcodes, wordsOf } from './frame.js'

/** Who takes what a reader finds. */
export interface FrameTaker {
  /** A message, whole; borrowed until it returns, as everything here is. */
  message(data: Uint8Array, isBinary: boolean): void
  ping(data: Uint8Array): void
  pong(): void
  /** The peer's last word; 1005 where it gave no code. */
  peerClosed(code: number): void
}

export interface FrameReaderOptions {
  /** What clients send is masked, what servers send is not: sections 5.1 and 5.3. The other way is a protocol error. */
  readonly isMasked: boolean
  readonly messageBytesMax: number
}

export class FrameReader {
  readonly #rest = new ByteStore()
  /** The fragments of a message, as far as they have come; their type, or null between messages. */
  readonly #fragments = new ByteStore()
  #fragmentsOpcode: number | null = null
  #isOver = false
  #fault = 0

  // The frame that #parse() has found.
  #opcode = 0
  #isFinal = false
  #payloadStart = 0
  #payloadBytes = 0

  constructor(
    private readonly options: FrameReaderOptions,
    private readonly taker: FrameTaker,
  ) {}

  /**
   * Reads on; the chunk is unmasked in place, and overwritten in the end. Returns the code to close with when the peer has done
   * what it may not, else 0; nothing is read behind that, or behind a close. Hot.
   */
  read(chunk: Uint8Array): number {
    if (this.#isOver) return this.#fault
    const isAtStart = this.#rest.size === 0
    const bytes = isAtStart ? chunk : this.#rest.append(chunk)
    const words = wordsOf(bytes)
    let start = 0
    while (!this.#isOver) {
      const frameBytes = this.#parse(bytes, start)
      if (frameBytes === 0) break
      this.#take(bytes, words)
      start += frameBytes
    }
    if (isAtStart) this.#rest.append(bytes.subarray(start))
    else this.#rest.dropFirst(start)
    chunk.fill(0)
    return this.#fault
  }

  /** Reads nothing any more. */
  stop(): void {
    this.#isOver = true
  }

  /** Size of the frame that begins here; 0 when it has not come whole, or never may. */
  #parse(bytes: Uint8Array, start: number): number {
    if (bytes.length - start < 2) return 0
    const first = bytes[start]!
    const second = bytes[start + 1]!
    this.#opcode = first & 0x0f
    this.#isFinal = first >= 0x80
    const isMasked = second >= 0x80
    if ((first & 0x70) !== 0 || isMasked !== this.options.isMasked)
      return this.#fail(closeCodes.protocolError)
    let payloadBytes = second & 0x7f
    let headerBytes = 2
    if (payloadBytes === 126) {
      headerBytes = 4
      if (bytes.length - start < headerBytes) return 0
      payloadBytes = (bytes[start + 2]! << 8) | bytes[start + 3]!
    } else if (payloadBytes === 127) {
      headerBytes = 10
      if (bytes.length - start < headerBytes) return 0
      payloadBytes = longLength(bytes, start + 2)
    }
    const fault = this.#faultOf(payloadBytes)
    if (fault !== 0) return this.#fail(fault)
    if (isMasked) headerBytes += 4
    if (bytes.length - start < headerBytes + payloadBytes) return 0
    this.#payloadStart = start + headerBytes
    this.#payloadBytes = payloadBytes
    return headerBytes + payloadBytes
  }

  /** What its header alone says against a frame, before its payload is waited for: a close code, or 0. */
  #faultOf(payloadBytes: number): number {
    if (this.#opcode >= opcodes.close) {
      const isKnown = this.#opcode <= opcodes.pong
      return isKnown && this.#isFinal && payloadBytes <= CONTROL_BYTES_MAX ? 0 : closeCodes.protocolError
    }
    const isContinuation = this.#opcode === opcodes.continuation
    if (this.#opcode > opcodes.binary || isContinuation !== (this.#fragmentsOpcode !== null))
      return closeCodes.protocolError
    return this.#fragments.size + payloadBytes > this.options.messageBytesMax ? closeCodes.tooBig : 0
  }

  #fail(code: number): 0 {
    this.#fault = code
    this.#isOver = true
    return 0
  }

  #take(bytes: Uint8Array, words: Uint32Array): void {
    const start = this.#payloadStart
    const end = start + this.#payloadBytes
    if (this.options.isMasked) applyMask(bytes, words, start - 4, this.#payloadBytes)
    if (this.#opcode >= opcodes.close) this.#control(bytes.subarray(start, end))
    else if (this.#opcode === opcodes.continuation || !this.#isFinal)
      this.#fragment(bytes.subarray(start, end))
    else this.#message(bytes.subarray(start, end), this.#opcode)
  }

  #control(payload: Uint8Array): void {
    if (this.#opcode === opcodes.ping) this.taker.ping(payload)
    else if (this.#opcode === opcodes.pong) this.taker.pong()
    else this.#close(payload)
  }

  #close(payload: Uint8Array): void {
    if (payload.length === 0) {
      this.#isOver = true
      this.taker.peerClosed(closeCodes.noStatus)
      return
    }
    const code = payload.length === 1 ? 0 : (payload[0]! << 8) | payload[1]!
    if (!isCloseCode(code)) this.#fail(closeCodes.protocolError)
    else if (!isUtf8(payload.subarray(2))) this.#fail(closeCodes.invalidText)
    else {
      this.#isOver = true
      this.taker.peerClosed(code)
    }
  }

  #fragment(payload: Uint8Array): void {
    this.#fragmentsOpcode ??= this.#opcode
    const whole = this.#fragments.append(payload)
    if (!this.#isFinal) return
    this.#message(whole, this.#fragmentsOpcode)
    this.#fragments.dropFirst(whole.length)
    this.#fragmentsOpcode = null
  }

  #message(message: Uint8Array, opcode: number): void {
    if (opcode === opcodes.text && !isUtf8(message)) this.#fail(closeCodes.invalidText)
    else this.taker.message(message, opcode === opcodes.binary)
  }
}

/** Eight bytes of length; Infinity beyond four, which is more than any limit. */
const longLength = (bytes: Uint8Array, start: number): number => {
  let length = 0
  for (let i = 0; i < 8; i++) length = length * 256 + bytes[start + i]!
  return length < 2 ** 32 ? length : Number.POSITIVE_INFINITY
}
