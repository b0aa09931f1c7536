/**
 * One WebSocket connection, from the end of its handshake on: RFC 6455 over a socket of Node's, plain or encrypted, as a
 * server or as a client. Without extensions: compressing costs three times what it is used on.
 *
 *   open --close(), or a close frame, or a fault--> closing --the other side ends TCP, or CLOSE_MS_MAX--> closed
 */
import type { Socket } from 'node:net'
import { MESSAGE_BYTES_MAX } from '../../base/limits.js'
import type { WireMessage } from '../../media/wire.js'
import { CLOSE_MS_MAX, type ForkSocket } from '../fork-socket.js'
import { readShared } from '../shared-read.js'
import { type Reader, turns } from '../turns.js'
import { closeCodes, opcodes } from './frame.js'
import { type FrameSink, frameBatch } from './frame-batch.js'
import { FrameReader, type FrameTaker } from './frame-reader.js'

/** What a connection tells; nothing after `closed`. Never from within a call to it. */
export interface WebSocketHandler {
  /** Borrowed until return. */
  message(message: WireMessage): void
  /** All messages that have come together have been told. */
  settle(): void
  /** So many further messages have been taken by the network. */
  written(messages: number): void
  /** The answer to a ping. */
  pong(): void
  /** The code that the other side gave, 1005 when it gave none, 1006 when it went without a word or broke the protocol. */
  closed(code: number): void
}

interface Write {
  readonly messages: number
  /** What the network may not have taken, in memory of its own; null: it has taken all of it. */
  readonly frames: Uint8Array | null
}

/** What a peer may leave unread of the answers to its pings, bytes. */
const UNREAD_BYTES_MAX = 1 << 20

const nothing = new Uint8Array(0)

export class WebSocketConnection implements ForkSocket, FrameSink, FrameTaker, Reader {
  readonly isMasking: boolean
  readonly #reader: FrameReader
  readonly #isServer: boolean
  readonly #isEncrypted: boolean
  /** Writes that have not been told as written, oldest first. */
  readonly #writes: Write[] = []
  #handler: WebSocketHandler | null = null
  #code: number = closeCodes.abnormal
  #hasSaidClose = false
  #isDeaf = false

  /** @param socket already past the handshake; nobody else reads it, writes to it or ends it */
  constructor(
    private socket: Socket,
    role: 'server' | 'client',
  ) {
    this.#isServer = role === 'server'
    this.isMasking = !this.#isServer
    this.#isEncrypted = 'encrypted' in socket
    this.#reader = new FrameReader({ isMasked: this.#isServer, messageBytesMax: MESSAGE_BYTES_MAX }, this)
  }

  /** Begins to read. @param head what came with the handshake */
  start(handler: WebSocketHandler, head: Uint8Array): void {
    this.#handler = handler
    const read = (chunk: Uint8Array): void => this.#read(chunk)
    const socket = this.#isServer ? readShared(this.socket, read) : this.socket.on('data', read)
    this.socket = socket
    socket.setTimeout(0)
    socket.on('end', () => socket.end())
    // 'close' follows every error; the error's text may quote the peer and is not kept.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      turns.leave(this)
      handler.closed(this.#code)
    })
    if (this.#isServer) turns.enter(this)
    if (head.length > 0) this.#read(new Uint8Array(head))
  }

  /** Bytes that the network has not taken yet. */
  get bufferedBytes(): number {
    return this.socket.writableLength + frameBatch.bytesOf(this)
  }

  /**
   * Sends at the end of this turn of the event loop; the message is borrowed until return. False, and nothing done, once either side
   * has begun to close. Hot.
   */
  send({ data, isBinary }: WireMessage): boolean {
    if (this.#hasSaidClose) return false
    frameBatch.add(this, isBinary ? opcodes.binary : opcodes.text, data, 1)
    return true
  }

  /** Once it is gone: the messages that the network has not taken, in order, read back from their frames. */
  takeBack(): WireMessage[] {
    frameBatch.flush()
    const messages: WireMessage[] = []
    const taker = {
      message: (data: Uint8Array, isBinary: boolean) =>
        messages.push({ data: new Uint8Array(data), isBinary }),
      ping: () => undefined,
      pong: () => undefined,
      peerClosed: () => undefined,
    }
    for (const { frames } of this.#writes.splice(0))
      if (frames !== null)
        new FrameReader({ isMasked: this.isMasking, messageBytesMax: MESSAGE_BYTES_MAX }, taker).read(frames)
    return messages
  }

  /** The answer is told as `pong`. */
  sendPing(): void {
    if (!this.#hasSaidClose) frameBatch.add(this, opcodes.ping, nothing, 0)
  }

  /** Starts the closing handshake behind everything sent; a peer that does not answer it is cut off. */
  close(code: number): void {
    if (this.#hasSaidClose) return
    this.#sayClose(code)
    this.#cutOffLater()
  }

  destroy(): void {
    this.#isDeaf = true
    this.#reader.stop()
    this.socket.destroy()
  }

  pauseReading(): void {
    this.socket.pause()
  }

  resumeReading(): void {
    this.socket.resume()
  }

  // What the reader finds.

  message(data: Uint8Array, isBinary: boolean): void {
    this.#handler!.message({ data, isBinary })
  }

  ping(data: Uint8Array): void {
    if (this.bufferedBytes > UNREAD_BYTES_MAX) this.destroy()
    else if (!this.#hasSaidClose) frameBatch.add(this, opcodes.pong, data, 0)
  }

  pong(): void {
    this.#handler!.pong()
  }

  /** The server ends TCP, the client waits for it: section 7.1.1. */
  peerClosed(code: number): void {
    this.#code = code
    this.#isDeaf = true
    this.#sayClose(code)
    if (this.#isServer) this.#endSocket()
    this.#cutOffLater()
  }

  // What the batch asks for.

  write(frames: Uint8Array, messages: number): boolean {
    const { socket } = this
    if (!socket.writable) {
      this.#writes.push({ messages, frames: new Uint8Array(frames) })
      return true
    }
    // Plain, it mostly is in the kernel when this returns; encrypted, or behind others, it is taken some time later.
    const isLater = this.#isEncrypted || socket.writableLength > 0
    const bytes = isLater ? new Uint8Array(frames) : frames
    socket.write(bytes, this.#written)
    const isTaken = !isLater && socket.writableLength === 0 && socket.errored === null
    this.#writes.push({ messages, frames: isTaken ? null : bytes })
    return isLater || isTaken
  }

  /** Of what was half written when the socket was destroyed Node says that it is written: it is not, and nothing behind it is. */
  readonly #written = (error?: Error | null): void => {
    const [first] = this.#writes
    if (error || first === undefined || (this.socket.destroyed && first.frames !== null)) return
    this.#writes.shift()
    if (first.messages > 0) this.#handler!.written(first.messages)
  }

  #read(chunk: Uint8Array): void {
    if (this.#isDeaf) return
    const fault = this.#reader.read(chunk)
    this.#handler!.settle()
    if (fault !== 0) this.#fail(fault)
  }

  /** What is still on its way is taken and forgotten, so that the reason reaches the other side. */
  #fail(code: number): void {
    this.#isDeaf = true
    this.#sayClose(code)
    this.#endSocket()
    this.#cutOffLater()
  }

  #sayClose(code: number): void {
    if (this.#hasSaidClose) return
    this.#hasSaidClose = true
    const payload = code === closeCodes.noStatus ? nothing : Uint8Array.of(code >>> 8, code & 0xff)
    frameBatch.add(this, opcodes.close, payload, 0)
  }

  #endSocket(): void {
    frameBatch.flush()
    this.socket.end()
  }

  #cutOffLater(): void {
    setTimeout(() => this.socket.destroy(), CLOSE_MS_MAX).unref()
  }
}
