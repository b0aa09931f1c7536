/**
 * One WebSocket connection, from the end of its handshake on: RFC 6455 over a socket of Node's, plain or encrypted, as a
 * server or as a client. Without extensions: compressing costs three times what it is used on.
 *
 *   open --close(), or a close frame, or a fault--> closing --the other side ends TCP, or CLOSE_MS_MAX--> closed
 */
import { writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { MESSAGE_BYTES_MAX } from '../../base/limits.js'
import type { WireMessage } from '../../media/wire.js'
import { CLOSE_MS_MAX, type ForkSocket } from '../fork-socket.js'
import { descriptorOf } from '../node-socket.js'
import { settleLater, settleNow, settleOthers, settleWaiting } from '../settling.js'
import { SocketReader } from '../socket-reader.js'
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
  /** What the network may not have taken. */
  readonly frames: Uint8Array
}

/** What a peer may leave unread of the answers to its pings, bytes. */
const UNREAD_BYTES_MAX = 1 << 20

const nothing = new Uint8Array(0)

export class WebSocketConnection implements ForkSocket, FrameSink, FrameTaker {
  readonly isMasking: boolean
  readonly #reader: FrameReader
  readonly #isServer: boolean
  readonly #isEncrypted: boolean
  /** Writes that have not been told as written, oldest first. */
  readonly #writes: Write[] = []
  /** Messages that the kernel has taken and nobody has been told of. */
  #sentCount = 0
  /** Of a server: its audio is read in turns. What a client hears is little, and waits for nothing. */
  #inTurn: SocketReader | null = null
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
    if (this.#isServer) {
      this.#inTurn = new SocketReader(this.socket, read, () => settleNow(this))
      this.socket = this.#inTurn.socket
    } else this.socket.on('data', read)
    const { socket } = this
    socket.setTimeout(0)
    socket.on('end', () => socket.end())
    // 'close' follows every error; the error's text may quote the peer and is not kept.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      settleWaiting(this)
      handler.closed(this.#code)
    })
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
    this.#sentCount = 0
    const messages: WireMessage[] = []
    const taker = {
      message: (data: Uint8Array, isBinary: boolean) =>
        messages.push({ data: new Uint8Array(data), isBinary }),
      ping: () => undefined,
      pong: () => undefined,
      peerClosed: () => undefined,
    }
    for (const { frames } of this.#writes.splice(0))
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

  catchUp(): number {
    return this.#inTurn?.catchUp() ?? 0
  }

  waitedMs(nowMs: number): number {
    return this.#inTurn?.waitedMs(nowMs) ?? 0
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

  write(frames: Uint8Array, messages: number): void {
    const { socket } = this
    // Behind others, and encrypted, it is taken some time later.
    const sentBytes = this.#isEncrypted || socket.writableLength > 0 ? 0 : sendNow(socket, frames)
    if (sentBytes === frames.length) {
      this.#sentCount += messages
      return
    }
    const bytes = new Uint8Array(frames)
    if (socket.writable) socket.write(bytes.subarray(sentBytes), this.#written)
    this.#writes.push({ messages, frames: bytes })
  }

  tellSent(): void {
    const messages = this.#sentCount
    this.#sentCount = 0
    if (messages > 0) this.#handler!.written(messages)
  }

  /** Of what was half written when the socket was destroyed Node says that it is written: it is not, and nothing behind it is. */
  readonly #written = (error?: Error | null): void => {
    const [first] = this.#writes
    if (error || first === undefined || this.socket.destroyed) return
    this.#writes.shift()
    if (first.messages > 0) this.#handler!.written(first.messages)
  }

  #read(chunk: Uint8Array): void {
    settleOthers(this)
    if (this.#isDeaf) return
    const fault = this.#reader.read(chunk)
    // Encrypted, one read of the kernel comes in as many pieces as the peer has made writes.
    if (this.#isEncrypted) settleLater(this)
    else settleNow(this)
    if (fault !== 0) this.#fail(fault)
  }

  /** All that has come together has been told: what it lets go is sent. */
  settle(): void {
    this.#handler!.settle()
    frameBatch.settle()
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

/** How much of it the kernel takes at once, without a stream of Node's in between. What goes wrong goes wrong again, and is told, there. */
const sendNow = (socket: Socket, frames: Uint8Array): number => {
  const descriptor = descriptorOf(socket)
  if (descriptor < 0 || !socket.writable) return 0
  try {
    return writeSync(descriptor, frames)
  } catch {
    return 0
  }
}
