import { readSync } from 'node:fs'
import type { Socket } from 'node:net'
import { descriptorOf, type Handle, handleOf, readInto, readingInto } from './node-socket.js'
import { type Reader, turns } from './turns.js'

/** As much as libuv asks the kernel for at once, bytes. */
const READ_BYTES = 64 * 1024
/** As often as libuv asks before it looks at others: who sends without end takes no more than its turn. */
const READS_MAX = 32

/** Where all sockets of the process are read into, one after the other: it is in the processor's caches as nothing else is. */
const shared = new Uint8Array(READ_BYTES)
/** Somebody is still using what it holds. */
let isSharedInUse = false

/**
 * Reads a socket, in its turn (turns.ts), without memory of its own. Left to itself Node gives every read 64 KB of new memory, cuts
 * them down to what has come, and has the collector of garbage look for them; and the event loop asks the kernel to be woken for
 * each. Here, when it is a socket's turn, one system call reads what there is. Chunks are borrowed until return, and whoever takes them
 * overwrites them.
 *
 * Node lets only who makes a socket say where it is read into (`onread`), and a server's sockets are made by the server: its
 * connection goes over to a socket of our own. An encrypted one is read by the event loop, once a turn; and so is one that something is
 * still to be written to, into memory of its own.
 */
export class SocketReader implements Reader {
  /** To be used from now on instead of the one that was given. */
  readonly socket: Socket
  /** The event loop reads it. */
  readonly #isOfLoop: boolean
  #isPaced = false
  #isEnded = false
  /** Something has been taken in this turn, and in this turn of the event loop. */
  #hasTaken = false
  #hasHeard = false
  #readMs = performance.now()

  /**
   * @param socket of a server, between two reads; nobody else holds it from now on
   * @param tookNothing its turn is over, and nothing had come
   */
  constructor(
    socket: Socket,
    private readonly take: (chunk: Uint8Array) => void,
    private readonly tookNothing = (): void => undefined,
  ) {
    this.#isOfLoop = 'encrypted' in socket || descriptorOf(socket) < 0 || socket.writableLength > 0
    this.socket = this.#isOfLoop ? this.#looking(socket) : readingInto(socket, shared, this.#tookShared)
    this.socket.on('close', () => turns.leave(this))
    turns.enter(this)
  }

  /**
   * Reads what has come, although it is not its turn. Returns for how long more may have come than that, ms: 0 where all of it has
   * been read.
   */
  catchUp(): number {
    if (!this.#isPaced || this.#handle === null) return 0
    const nowMs = performance.now()
    if (!this.#isOfLoop && !isSharedInUse) this.#readNow()
    return Math.max(0, nowMs - this.#readMs)
  }

  /** How long what is read now may have waited for it, ms. */
  waitedMs(nowMs: number): number {
    return this.#isPaced ? nowMs - this.#readMs : 0
  }

  read(): void {
    const handle = this.#handle
    if (handle === null) return
    this.#hasTaken = false
    if (this.#isOfLoop) {
      handle.readStart()
      this.#look()
      return
    }
    this.#readNow()
    if (!this.#hasTaken) this.tookNothing()
  }

  setPaced(isPaced: boolean): void {
    this.#isPaced = isPaced
    this.#readMs = performance.now()
    const handle = this.#handle
    if (handle === null) return
    if (isPaced) handle.readStop()
    else handle.readStart()
  }

  /** Null where nothing is to be read any more. */
  get #handle(): Handle | null {
    return this.socket.destroyed || this.#isEnded ? null : handleOf(this.socket)
  }

  readonly #tookShared = (bytes: number): void => this.#taken(shared.subarray(0, bytes))

  #looking(socket: Socket): Socket {
    const isShared = 'encrypted' in socket && readInto(socket, shared, this.#tookShared)
    return isShared ? socket : socket.on('data', (chunk) => this.#taken(chunk))
  }

  #readNow(): void {
    for (let reads = 0; reads < READS_MAX; reads++) {
      const bytes = this.#readBytes()
      if (bytes > 0) this.#tookShared(bytes)
      if (bytes === 0) this.#letEnd()
      if (bytes < READ_BYTES || this.socket.destroyed) {
        this.#readMs = performance.now()
        return
      }
    }
  }

  /** How much has been read into the shared memory; -1: nothing has come, 0: nothing will. */
  #readBytes(): number {
    try {
      return readSync(descriptorOf(this.socket), shared, 0, READ_BYTES, null)
    } catch (error) {
      // The kernel says once why a connection broke.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.socket.destroy(error as Error)
      return -1
    }
  }

  /** The other side says nothing more: the event loop finds that out as well, and tells it. */
  #letEnd(): void {
    this.#isEnded = true
    handleOf(this.socket)?.readStart()
  }

  /** A look is over with the first turn of the event loop that brings nothing: what there is comes in pieces. */
  #look(): void {
    this.#hasHeard = false
    // Not at the end of this turn, whose tasks may ask for others: those run in the same turn.
    setImmediate(() => this.#lookOver())
  }

  #lookOver(): void {
    if (!this.#isPaced || this.socket.destroyed) return
    if (this.#hasHeard) {
      this.#look()
      return
    }
    handleOf(this.socket)?.readStop()
    this.#readMs = performance.now()
    if (!this.#hasTaken) this.tookNothing()
  }

  #taken(chunk: Uint8Array): void {
    this.#hasTaken = this.#hasHeard = true
    isSharedInUse = true
    try {
      this.take(chunk)
    } finally {
      isSharedInUse = false
    }
    if (this.#isOfLoop) this.#readMs = performance.now()
  }
}
