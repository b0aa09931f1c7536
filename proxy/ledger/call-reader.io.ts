/**
 * What was done to one call, read from the ledger's files while they are written. Whoever asks shares the process with calls that
 * are being judged: one reads at a time, in small pieces with a rest between them, and not for ever.
 */
import { stat } from 'node:fs/promises'
import { setTimeout as rest } from 'node:timers/promises'
import { open } from './chain.js'
import type { LedgerRecord } from './entry.js'
import { type LedgerFileName, ledgerFilesIn, linesOf } from './files.io.js'
import { LOOK_BACK_BYTES_MAX } from './lost-calls.io.js'

export interface ReadLimits {
  /** How far back is read, bytes, from the end of the newest file. */
  readonly lookBackBytesMax: number
  /** Entries of one answer. */
  readonly entriesMax: number
  /** And the bytes of their lines. */
  readonly entryBytesMax: number
}

/**
 * As far back as a start looks for lost calls: the entries of some 100,000 calls, five to ten seconds of reading. An answer of a
 * megabyte is one of `GET /v1/calls` with every call there can be; a call of an hour with a payment has some 100 entries.
 */
const readLimits: ReadLimits = {
  lookBackBytesMax: LOOK_BACK_BYTES_MAX,
  entriesMax: 2000,
  entryBytesMax: 1024 * 1024,
}

/** Between two rests, bytes: what the disk is asked for at once, a few hundred lines, less than a ms of work. */
const PIECE_BYTES = 64 * 1024
/** And the entries of the call itself, which are held against their hashes: some 50 µs each. */
const PIECE_ENTRIES = 16
/** So that frames have most of the core while somebody reads, ms. */
const REST_MS = 1

/** Whose entries are shown: `*`, or those of some tenants alone. */
export type ReadableTenants = '*' | readonly string[]

export interface CallEntries {
  /** Oldest first; none when there is nothing that may be shown. */
  readonly entries: readonly LedgerRecord[]
  /** Lines that name the call and are not as they were written. Of whose call they are nobody can say: only `*` hears of them. */
  readonly damaged: number
  /** The ledger goes farther back, or on, than was read. */
  readonly isPart: boolean
  /** Nothing may be shown, and there is something: of another tenant. */
  readonly isAnothers: boolean
}

/** `busy`: somebody reads now. `unreadable`: the disk says so. */
export type CallRead = CallEntries | 'busy' | 'unreadable'

export class CallReader {
  #isReading = false

  /** @param idOf what stands in the ledger for the id of a call */
  constructor(
    private readonly directory: string,
    private readonly idOf: (callId: string) => string,
    private readonly limits: ReadLimits = readLimits,
  ) {}

  /** An entry that is appended now is read a few ms later. */
  async read(callId: string, tenants: ReadableTenants): Promise<CallRead> {
    if (this.#isReading) return 'busy'
    this.#isReading = true
    try {
      return await this.#search(new Selection(this.idOf(callId), tenants, this.limits))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
      return 'unreadable'
    } finally {
      this.#isReading = false
    }
  }

  async #search(selection: Selection): Promise<CallEntries> {
    const { parts, isAll } = await newestOf(await ledgerFilesIn(this.directory), this.limits.lookBackBytesMax)
    for (const { path, fromByte } of parts) {
      let restedAt = fromByte
      let isCut = fromByte > 0
      for await (const { text, hasEnd, endByte } of linesOf(path, fromByte)) {
        // Its writer is at it.
        if (!hasEnd) break
        const isLong = !isCut && selection.take(text)
        isCut = false
        if (selection.isFull) return selection.found(true)
        if (!isLong && endByte - restedAt < PIECE_BYTES) continue
        restedAt = endByte
        await rest(REST_MS)
      }
    }
    return selection.found(!isAll)
  }
}

interface FilePart {
  readonly path: string
  /** Above 0 the first line may be cut. */
  readonly fromByte: number
}

/** The end of the ledger, oldest file first. */
const newestOf = async (
  files: readonly LedgerFileName[],
  bytesMax: number,
): Promise<{ readonly parts: readonly FilePart[]; readonly isAll: boolean }> => {
  const parts: FilePart[] = []
  let bytesLeft = bytesMax
  for (const { path } of [...files].reverse()) {
    const { size } = await stat(path)
    parts.unshift({ path, fromByte: Math.max(0, size - bytesLeft) })
    if (size > bytesLeft) return { parts, isAll: false }
    bytesLeft -= size
  }
  return { parts, isAll: true }
}

class Selection {
  readonly #entries: LedgerRecord[] = []
  /** A text of a peer cannot hold it: its quotes are escaped. */
  readonly #name: string
  readonly #ownStreams = new Set<unknown>()
  readonly #othersStreams = new Set<unknown>()
  #entryBytes = 0
  #looked = 0
  #damaged = 0
  isFull = false

  constructor(
    private readonly id: string,
    private readonly tenants: ReadableTenants,
    private readonly limits: ReadLimits,
  ) {
    this.#name = `"callId":${JSON.stringify(id)}`
  }

  /** Whether that has been work enough for a rest. */
  take(line: string): boolean {
    if (!line.includes(this.#name)) return false
    const opened = open(line)
    if (opened.kind === 'changed') this.#damaged++
    else if (opened.record['callId'] === this.id && this.#maySee(opened.record))
      this.#keep(opened.record, line)
    return ++this.#looked % PIECE_ENTRIES === 0
  }

  found(isPart: boolean): CallEntries {
    const entries = this.#entries
    const damaged = this.tenants === '*' ? this.#damaged : 0
    const isAnothers = entries.length === 0 && this.#othersStreams.size > 0
    return { entries, damaged, isPart, isAnothers }
  }

  /**
   * Two tenants may number their calls alike. An entry that names no tenant is that of its stream; without a stream (a refusal, a
   * signal that reached nobody) nobody can say whose it is.
   */
  #maySee({ tenant, streamId }: LedgerRecord): boolean {
    if (this.tenants === '*') return true
    if (typeof tenant !== 'string')
      return this.#ownStreams.has(streamId) && !this.#othersStreams.has(streamId)
    const isOwn = this.tenants.includes(tenant)
    if (isOwn && streamId !== undefined) this.#ownStreams.add(streamId)
    if (!isOwn) this.#othersStreams.add(streamId)
    return isOwn
  }

  #keep(record: LedgerRecord, line: string): void {
    this.#entryBytes += line.length
    this.isFull =
      this.#entries.length === this.limits.entriesMax || this.#entryBytes > this.limits.entryBytesMax
    if (!this.isFull) this.#entries.push(record)
  }
}
