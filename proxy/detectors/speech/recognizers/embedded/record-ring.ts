/**
 * Records from one thread to another through shared memory: one writes, one reads, nobody waits and nothing is allocated.
 *
 *   | read so far | written so far | bell | - |  record | record | ....free.... | record |
 *                                              ^ read                            ^ to the end of the buffer, then from its beginning
 *
 *   record: bytes, kind, stream, count (int32) | a, b (float64) | count samples (int16), to a multiple of 8
 *
 * A record lies in one piece: what does not fit before the end begins anew behind a record of kind PAD. What has been read is
 * overwritten at once: it is audio, or what was said in it.
 */

const HEADER_BYTES = 16
const READ = 0
const WRITTEN = 1
/** Rung to wake the reader. */
const BELL = 2

const RECORD_BYTES = 32
const PAD = 0

/** What a record holds; one object per reader, valid until the next read. */
export interface RingRecord {
  kind: number
  stream: number
  /** Samples, or a number of the kind's own when it carries none. */
  count: number
  a: number
  b: number
  /** A view of shared memory when the record carries samples. */
  samples: Int16Array
}

const none = new Int16Array(0)

export class RecordRing {
  readonly #control: Int32Array
  readonly #ints: Int32Array
  readonly #floats: Float64Array
  readonly #samples: Int16Array
  readonly #record: RingRecord = { kind: PAD, stream: 0, count: 0, a: 0, b: 0, samples: none }

  /** @param bytes of records, a power of two */
  static create(bytes: number): RecordRing {
    return new RecordRing(new SharedArrayBuffer(HEADER_BYTES + bytes))
  }

  /** Either side's view of the same memory. */
  constructor(readonly memory: SharedArrayBuffer) {
    this.#control = new Int32Array(memory, 0, HEADER_BYTES / 4)
    this.#ints = new Int32Array(memory, HEADER_BYTES)
    this.#floats = new Float64Array(memory, HEADER_BYTES)
    this.#samples = new Int16Array(memory, HEADER_BYTES)
  }

  get #capacity(): number {
    return this.#samples.byteLength
  }

  /** Bytes read so far, modulo 2^32. */
  get readBytes(): number {
    return Atomics.load(this.#control, READ) >>> 0
  }

  /** Bytes written so far, modulo 2^32. */
  get writtenBytes(): number {
    return Atomics.load(this.#control, WRITTEN) >>> 0
  }

  /** Bytes that are waiting to be read. */
  get waitingBytes(): number {
    return (this.writtenBytes - this.readBytes) >>> 0
  }

  /** False when there is no room: nothing has been written then. `samples` are copied. Hot. */
  write(
    kind: number,
    stream: number,
    a: number,
    b: number,
    count: number,
    samples: Int16Array = none,
  ): boolean {
    const bytes = RECORD_BYTES + Math.ceil((samples.length * 2) / 8) * 8
    const written = this.writtenBytes
    let at = written % this.#capacity
    const rest = this.#capacity - at
    const padBytes = rest < bytes ? rest : 0
    if (this.waitingBytes + padBytes + bytes > this.#capacity) return false
    if (padBytes > 0) {
      this.#ints[at / 4] = padBytes
      this.#ints[at / 4 + 1] = PAD
      at = 0
    }
    this.#ints[at / 4] = bytes
    this.#ints[at / 4 + 1] = kind
    this.#ints[at / 4 + 2] = stream
    this.#ints[at / 4 + 3] = samples.length > 0 ? samples.length : count
    this.#floats[at / 8 + 2] = a
    this.#floats[at / 8 + 3] = b
    if (samples.length > 0) this.#samples.set(samples, (at + RECORD_BYTES) / 2)
    Atomics.store(this.#control, WRITTEN, (written + padBytes + bytes) | 0)
    return true
  }

  /** Hands every record that is there to `take`, in order, and overwrites it afterwards. Hot. */
  readAll(take: (record: RingRecord) => void): void {
    const written = this.writtenBytes
    for (let read = this.readBytes; read !== written; ) {
      const at = read % this.#capacity
      const bytes = this.#ints[at / 4]!
      if (this.#ints[at / 4 + 1] !== PAD) take(this.#recordAt(at, bytes))
      this.#ints.fill(0, at / 4, (at + bytes) / 4)
      read = (read + bytes) >>> 0
      Atomics.store(this.#control, READ, read | 0)
    }
  }

  /** Sleeps until the bell rings, `ms` at most. Only a thread with nothing else to do may. */
  sleep(ms: number): void {
    if (ms > 0) Atomics.wait(this.#control, BELL, 0, ms)
  }

  /** Wakes a reader that sleeps. */
  ring(): void {
    Atomics.notify(this.#control, BELL)
  }

  /** Overwrites all of it; nobody reads any more. */
  wipe(): void {
    this.#ints.fill(0)
  }

  #recordAt(at: number, bytes: number): RingRecord {
    const record = this.#record
    record.kind = this.#ints[at / 4 + 1]!
    record.stream = this.#ints[at / 4 + 2]!
    record.count = this.#ints[at / 4 + 3]!
    record.a = this.#floats[at / 8 + 2]!
    record.b = this.#floats[at / 8 + 3]!
    const from = (at + RECORD_BYTES) / 2
    record.samples = bytes > RECORD_BYTES ? this.#samples.subarray(from, from + record.count) : none
    return record
  }
}
