/**
 * A copy of the ledger elsewhere: every line, as it stands in the file, becomes a message of a JetStream stream that nobody
 * may delete from. Whoever edits the files, or cuts off their end, has the copy against them.
 *
 *   files -> read on from the newest line that the stream has -> up to GROUP_MAX under way -> acknowledged -> and so on
 *
 * The files are the queue: what NATS does not take now is read again later, after a partition as after a restart. A message
 * that was taken and not acknowledged is sent again under the same id and dropped by the stream (its window: two minutes);
 * after a longer partition it may be there twice, with the same number.
 */
import { type JetStreamClient, type JetStreamManager, jetstream } from '@nats-io/jetstream'
import { connect, nanos } from '@nats-io/transport-node'
import { credentialsOf } from '../nats/credentials.io.js'
import { open } from './chain.js'
import { type LedgerFileName, ledgerFilesIn, linesOf } from './files.io.js'
import type { CopyOptions } from './options.js'

/** Messages under way at once: some 30 kB. */
const GROUP_MAX = 64
/** Wait between two dials, and up to as much again by chance, ms. */
const REDIAL_MS = 1_000
/** Longest wait for the server's word on anything, ms. */
const ANSWER_MS_MAX = 5_000
const PING_MS = 10_000
/** Messages of one id within this time are one, ms. */
const DUPLICATE_WINDOW_MS = 120_000
/** How often the files are looked at when nobody says that there is more, ms. */
const LOOK_MS = 1_000
/** What is left when the process ends gets this long, ms. */
const CLOSE_MS_MAX = 3_000

export interface LedgerCopyParts {
  readonly options: CopyOptions
  readonly directory: string
  readonly ledgerId: string
  /** First entry of this process: from there on the copy goes on when the files are not what was copied. */
  readonly openedSeq: number
  readonly handler: LedgerCopyHandler
}

/** What the copy tells of itself; the edge logs it. */
export interface LedgerCopyHandler {
  connected(): void
  /** NATS is not there, is gone, or does not take a message; told once until it is there again. */
  lost(): void
  /** The stream's newest entry is not, or is another, in the files: their end was cut off or written anew. */
  diverged(seq: number): void
}

interface Line {
  readonly seq: number
  readonly hash: string
  readonly text: string
  readonly cursor: Cursor
}

/** Where to read on. */
interface Cursor {
  readonly firstSeq: number
  readonly byte: number
}

interface Stream {
  readonly client: JetStreamClient
  readonly manager: JetStreamManager
}

export class LedgerCopy {
  readonly #subject: string
  readonly #stop = new AbortController()
  #copiedSeq = 0
  #cursor: Cursor | null = null
  #isConnected = false
  #isLossTold = false
  #wake: () => void = () => {}
  #running: Promise<void> | null = null

  constructor(private readonly parts: LedgerCopyParts) {
    this.#subject = `${parts.options.subject}.${parts.ledgerId}`
  }

  /** Number of the newest entry that the stream has acknowledged. */
  get copiedSeq(): number {
    return this.#copiedSeq
  }

  start(): void {
    this.#running = this.#run()
  }

  /** There is more in the files. */
  more(): void {
    this.#wake()
  }

  /** Copies what is left up to `lastSeq`, if NATS takes it in time. */
  async close(lastSeq: number): Promise<void> {
    const endMs = performance.now() + CLOSE_MS_MAX
    while (this.#isConnected && this.#copiedSeq < lastSeq && performance.now() < endMs) {
      this.#wake()
      await pause(20)
    }
    this.#stop.abort()
    this.#wake()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#session().catch(() => undefined)
      if (!this.#isLossTold && !this.#stop.signal.aborted) this.parts.handler.lost()
      this.#isLossTold = true
      this.#isConnected = false
      if (!this.#stop.signal.aborted) await this.#rest(REDIAL_MS * (1 + Math.random()))
    }
  }

  /** From a connection to its loss; rejects with it. */
  async #session(): Promise<void> {
    const connection = await connect({
      ...credentialsOf(this.parts.options),
      reconnect: false,
      pingInterval: PING_MS,
      timeout: ANSWER_MS_MAX,
    })
    try {
      const client = jetstream(connection, { timeout: ANSWER_MS_MAX })
      const manager = await client.jetstreamManager()
      await this.#findPlace({ client, manager })
      this.#isConnected = true
      this.#isLossTold = false
      this.parts.handler.connected()
      while (!this.#stop.signal.aborted && !connection.isClosed()) {
        const group = await this.#nextGroup()
        if (group.length === 0) await this.#rest(LOOK_MS)
        else await this.#publish(client, group)
      }
    } finally {
      await connection.close().catch(() => undefined)
    }
  }

  /** Behind the newest entry that the stream has. */
  async #findPlace({ manager }: Stream): Promise<void> {
    const { stream, subject, replicas } = this.parts.options
    await manager.streams.info(stream).catch(() =>
      manager.streams.add({
        name: stream,
        subjects: [`${subject}.>`],
        num_replicas: replicas,
        duplicate_window: nanos(DUPLICATE_WINDOW_MS),
        deny_delete: true,
        deny_purge: true,
      }),
    )
    const newest = await manager.streams.getMessage(stream, { last_by_subj: this.#subject })
    const copied = newest === null ? null : open(newest.string())
    this.#cursor = null
    this.#copiedSeq = 0
    if (copied === null || copied.kind === 'changed') return
    this.#copiedSeq = copied.record.seq
    const place = await this.#lineOf(copied.record.seq)
    if (place?.hash === copied.record.hash) {
      this.#cursor = place.cursor
      return
    }
    this.parts.handler.diverged(copied.record.seq)
    this.#cursor = (await this.#lineOf(this.parts.openedSeq - 1))?.cursor ?? null
  }

  /** Messages keep their order; what is not acknowledged is sent again. */
  async #publish(client: JetStreamClient, group: readonly Line[]): Promise<void> {
    await Promise.all(
      group.map(({ text, seq, hash }) =>
        client.publish(this.#subject, text, { msgID: `${this.parts.ledgerId}-${seq}-${hash.slice(0, 16)}` }),
      ),
    )
    const last = group[group.length - 1]!
    this.#cursor = last.cursor
    this.#copiedSeq = last.seq
  }

  /** The next lines of the present file, or the first of the next; lines that are no entries are left out. */
  async #nextGroup(): Promise<Line[]> {
    const files = await ledgerFilesIn(this.parts.directory)
    const from = this.#cursor ?? { firstSeq: files[0]?.firstSeq ?? 0, byte: 0 }
    for (const file of files.filter(({ firstSeq }) => firstSeq >= from.firstSeq)) {
      const group: Line[] = []
      for await (const line of entriesOf(file, file.firstSeq === from.firstSeq ? from.byte : 0)) {
        group.push(line)
        if (group.length === GROUP_MAX) break
      }
      if (group.length > 0) return group
    }
    return []
  }

  async #lineOf(seq: number): Promise<Line | null> {
    const files = await ledgerFilesIn(this.parts.directory)
    const file = files.filter(({ firstSeq }) => firstSeq <= seq).pop()
    if (file === undefined) return null
    for await (const line of entriesOf(file, 0)) if (line.seq === seq) return line
    return null
  }

  /** Until there is more, the time is up, or the process ends. */
  async #rest(ms: number): Promise<void> {
    if (this.#stop.signal.aborted) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      timer.unref()
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

async function* entriesOf(file: LedgerFileName, fromByte: number): AsyncGenerator<Line> {
  for await (const { text, hasEnd, endByte } of linesOf(file.path, fromByte)) {
    const opened = hasEnd ? open(text) : null
    if (opened?.kind !== 'record') continue
    const { seq, hash } = opened.record
    yield { seq, hash, text, cursor: { firstSeq: file.firstSeq, byte: endByte } }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
