/**
 * Writes the ledger. What is appended waits in a bounded queue and is written in groups, some twenty a second, behind whatever is being written;
 * nobody ever waits for the disk.
 *
 *   append -> queue (QUEUE_ENTRIES_MAX) -> sealed, written in one piece -> synced as configured -> checkpoint now and then
 *
 * What is sealed counts only when it has been written: after a failed write the file is cut back to its last whole line and
 * the same entries are tried again, once a second. Entries that find the queue full are counted, and a `gap` says how many
 * when there is room again.
 */
import { type KeyObject, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../base/clock.js'
import { RedactError } from '../base/errors.js'
import { Fifo } from '../base/fifo.js'
import { bodyAfter, type ChainHead, seal } from './chain.js'
import { Discretion } from './discretion.js'
import type { CallLost, KeyInForce, LedgerEntry, OwnEntry } from './entry.js'
import { ledgerFileName } from './files.io.js'
import type { Ledger } from './ledger.js'
import { type LedgerKeys, readLedgerKeys } from './ledger-key.io.js'
import { lockLedger } from './lock.io.js'
import { lostCallsIn } from './lost-calls.io.js'
import type { LedgerOptions } from './options.js'
import { keyIdOf, pseudonymSecret, publicKeyText, signatureOf } from './signing.js'
import { type LedgerTail, readTail } from './tail.io.js'
import { CHECKPOINT_FILE } from './verify.js'

/** Entries that wait while the disk does not take them: a minute of 400 a second, a peak of 4,000 calls; some 10 MB. */
export const QUEUE_ENTRIES_MAX = 24_000
/** Entries sealed and written in one piece, some 30 kB: 50 us each on the loop that carries the calls. */
const GROUP_ENTRIES_MAX = 64
/** What is appended within this time is written in one piece, ms: a write wakes the process twice, whatever is in it. */
const GATHER_MS = 50
/** Entries after which a checkpoint is due, whatever the time. */
const CHECKPOINT_ENTRIES = 1_000
/** Longest time between a write and its sync under `interval`, but for the tick that notices. */
const SYNC_MS = 1_000
/** How often time is looked at: syncs, checkpoints, tries after a failure. */
const TICK_MS = 1_000

export interface LedgerWriterOptions {
  readonly directory: string
  /** PKCS #8, PEM; null: `signing-key.pem` in the folder, made when it is not there. */
  readonly signingKeyFile: string | null
  /** `each`: after every group; `interval`: once a second; `never`: when the system does. */
  readonly fsync: LedgerOptions['fsync']
  /** A file that has reached this size is followed by another, bytes. */
  readonly rotateBytes: number
  /** So is one of an earlier day (UTC). */
  readonly rotateDaily: boolean
  readonly checkpointSeconds: number
  readonly clock: Clock
  readonly version: string
  readonly handler: LedgerHandler
  /** For tests: how a file is opened for appending. */
  readonly openFile?: (path: string, flags: string | number) => Promise<FileHandle>
}

/** What the writer tells of itself; the edge counts and logs it. */
export interface LedgerHandler {
  written(entries: number, lagMs: number): void
  /** A write has failed, with the system's code; told at every try. */
  failed(code: string): void
  /** `count` more entries found no room. */
  lost(count: number): void
  /** Entries are written again. */
  recovered(): void
  /** Somebody else has moved, cut or written to a file, or exchanged the key without the old one's word. */
  changed(code: 'FILE_CHANGED' | 'KEY_NOT_APPOINTED'): void
  /** A signed checkpoint of this entry was there at the start, and the entry was not. */
  endMissing(seq: number): void
}

interface Stamped {
  readonly entry: LedgerEntry | OwnEntry
  readonly epochMs: number
}

interface Waiting extends Stamped {
  /** Monotonic, for the lag. */
  readonly sinceMs: number
}

export class LedgerWriter implements Ledger {
  /** With room for a gap and the closing entry beyond what is appended. */
  readonly #queue = new Fifo<Waiting>(QUEUE_ENTRIES_MAX + 2)
  readonly #discretion: Discretion
  readonly #publicKey: string
  /** Taken from the queue and not written yet. */
  #group: Waiting[] = []
  #head: ChainHead
  #handle: FileHandle | null = null
  #path = ''
  /** Tells this ledger from others, wherever its copies are. */
  readonly ledgerId: string
  /** The key that the files so far speak of: ours, once it has been appointed. */
  #keyInForce: string
  /** Another key has signed until this start. */
  readonly isKeyNew: boolean
  #fileBytes = 0
  #fileDay = ''
  #openedSeq = 0
  #checkpointSeq = 0
  #checkpointAtMs: number
  #lost = 0
  #lostSinceMs = 0
  #isDirty = false
  #syncedAtMs = -Infinity
  #isWritable = true
  #isScheduled = false
  #running: Promise<void> | null = null
  #isClosing = false
  readonly #timer: NodeJS.Timeout

  /**
   * Continues the ledger in `directory`, or begins one there; its first entries are on disk when this resolves.
   * @throws RedactError REDACT_ERR_LEDGER when that cannot be done
   */
  static async open(options: LedgerWriterOptions): Promise<LedgerWriter> {
    try {
      await mkdir(options.directory, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw unusable(error)
    }
    const unlock = await lockLedger(options.directory)
    try {
      const tail = await readTail(options.directory)
      const keys = await readLedgerKeys(options.signingKeyFile, options.directory)
      const writer = new LedgerWriter(options, keys, tail, unlock)
      await writer.#begin(tail, tail.isClosed ? [] : await lostCallsIn(options.directory))
      return writer
    } catch (error) {
      await unlock()
      throw error instanceof RedactError ? error : unusable(error)
    }
  }

  private constructor(
    private readonly options: LedgerWriterOptions,
    private readonly keys: LedgerKeys,
    tail: LedgerTail,
    private readonly unlock: () => Promise<void>,
  ) {
    this.#head = tail.head
    this.#publicKey = publicKeyText(keys.signingKey)
    this.ledgerId = tail.ledgerId ?? randomBytes(8).toString('hex')
    this.#keyInForce = tail.publicKey ?? this.#publicKey
    this.isKeyNew = this.#keyInForce !== this.#publicKey
    this.#discretion = new Discretion(pseudonymSecret(keys.signingKey))
    this.#checkpointAtMs = options.clock.nowMs()
    this.#timer = setInterval(() => void this.#work(), TICK_MS).unref()
  }

  get isWritable(): boolean {
    return this.#isWritable
  }

  /** Number of the newest entry on disk. */
  get sequence(): number {
    return this.#head.seq
  }

  /** Number of the entry with which this process has begun. */
  get openedSeq(): number {
    return this.#openedSeq
  }

  /** Entries that are not on disk yet. */
  get backlog(): number {
    return this.#queue.size + this.#group.length
  }

  /** What stands in the ledger for a key; it is another one when the signing key has changed. */
  markOf(key: KeyInForce): string {
    return this.#discretion.markOf(key)
  }

  /** What stands in the ledger for the id of a call; where that is a pseudonym, another one when the signing key has changed. */
  idOf(callId: string): string {
    return this.#discretion.idOf(callId)
  }

  /** The public half of the signing key: SPKI, DER, base64. */
  get publicKey(): string {
    return this.#publicKey
  }

  append(entry: LedgerEntry): void {
    if (this.#isClosing) return
    if (this.#queue.size >= QUEUE_ENTRIES_MAX) {
      if (this.#lost === 0) this.#lostSinceMs = this.options.clock.epochMs()
      this.#lost++
      this.options.handler.lost(1)
      return
    }
    this.#tellGap()
    this.#push(this.#discretion.of(entry))
    this.#schedule()
  }

  /** Writes what waits and the closing entry, as far as the disk takes it, and lets go of the folder. */
  async close(): Promise<void> {
    this.#isClosing = true
    clearInterval(this.#timer)
    await this.#running
    this.#tellGap()
    this.#push({ kind: 'ledger-closed' })
    await this.#work()
    await this.#closeFile()
    await this.unlock()
  }

  #push(entry: LedgerEntry | OwnEntry): void {
    const { clock } = this.options
    this.#queue.push({ entry, epochMs: clock.epochMs(), sinceMs: clock.nowMs() })
  }

  /** There is room again: how many entries found none since when. */
  #tellGap(): void {
    if (this.#lost === 0) return
    this.#push({ kind: 'gap', lost: this.#lost, sinceMs: this.#lostSinceMs })
    this.#lost = 0
  }

  #schedule(): void {
    if (this.#isScheduled || this.#running !== null || !this.#isWritable) return
    this.#isScheduled = true
    setTimeout(() => {
      this.#isScheduled = false
      void this.#work()
    }, GATHER_MS).unref()
  }

  async #begin({ file, tornBytes, missingUpTo }: LedgerTail, lost: readonly CallLost[]): Promise<void> {
    if (file !== null) {
      this.#path = file.path
      this.#fileBytes = file.bytes
      this.#fileDay = dayOf(file.lastMs)
    }
    const { version, clock } = this.options
    if (this.isKeyNew) await this.#changeKey()
    await this.#openNext(clock.epochMs())
    const opened = { kind: 'ledger-opened', version, tornBytes } as const
    await this.#writeOwn(missingUpTo === null ? opened : { ...opened, missingUpTo })
    this.#openedSeq = this.#head.seq
    await this.#checkpoint()
    if (missingUpTo !== null) this.options.handler.endMissing(missingUpTo)
    for (const entry of lost) this.append(entry)
  }

  /** The key that signed up to here appoints ours, where it lies at hand. */
  async #changeKey(): Promise<void> {
    const { clock, handler } = this.options
    const { oldKey } = this.keys
    const isAtHand = oldKey !== null && publicKeyText(oldKey) === this.#keyInForce
    if (!isAtHand) handler.changed('KEY_NOT_APPOINTED')
    await this.#ensureFile(clock.epochMs())
    await this.#writeOwn(
      { kind: 'signing-key', publicKey: this.#publicKey, key: keyIdOf(this.#keyInForce) },
      isAtHand ? oldKey : null,
    )
    this.#keyInForce = this.#publicKey
  }

  /** Everything that is due, one thing after the other; only one such run at a time. */
  #work(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null
      if (this.#queue.size > 0) this.#schedule()
    })
    return this.#running
  }

  async #run(): Promise<void> {
    try {
      while (this.backlog > 0) await this.#writeGroup()
      if (this.#isCheckpointDue) await this.#checkpoint()
      if (this.#isSyncDue) await this.#sync()
      if (!this.#isWritable) this.options.handler.recovered()
      this.#isWritable = true
    } catch (error) {
      this.#isWritable = false
      this.options.handler.failed((error as NodeJS.ErrnoException).code ?? 'UNEXPECTED')
      await this.#closeFile()
    }
  }

  async #writeGroup(): Promise<void> {
    while (this.#group.length < GROUP_ENTRIES_MAX && this.#queue.size > 0)
      this.#group.push(this.#queue.shift()!)
    const first = this.#group[0]!
    await this.#openNext(first.epochMs)
    await this.#write(this.#group)
    this.options.handler.written(this.#group.length, this.options.clock.nowMs() - first.sinceMs)
    this.#group = []
    if (this.#head.seq - this.#checkpointSeq >= CHECKPOINT_ENTRIES) await this.#checkpoint()
  }

  /** Sees to a file for the next entry: the present one, or another when that is full or of an earlier day. */
  async #openNext(epochMs: number): Promise<void> {
    const isFull = this.#fileBytes >= this.options.rotateBytes
    const isOld = this.options.rotateDaily && dayOf(epochMs) > this.#fileDay
    if (this.#fileBytes > 0 && (isFull || isOld)) {
      if (this.#head.seq > this.#checkpointSeq) await this.#checkpoint()
      await this.#leaveFile()
    }
    await this.#ensureFile(epochMs)
  }

  /** A file is open, and begins with its first entry. */
  async #ensureFile(epochMs: number): Promise<void> {
    if (this.#handle === null && this.#fileBytes > 0) await this.#reopenFile()
    if (this.#fileBytes > 0) return
    this.#path = join(this.options.directory, ledgerFileName(this.#head.seq + 1))
    this.#handle ??= await this.#openFile(this.#path, 'a')
    await this.#handle.truncate(0)
    this.#fileDay = dayOf(epochMs)
    await this.#writeOwn({
      kind: 'file-opened',
      format: 1,
      ledgerId: this.ledgerId,
      publicKey: this.#keyInForce,
    })
    if (this.options.fsync !== 'never') await syncDirectory(this.options.directory)
  }

  /** Opens the present file again, less what a failed write or a crash has left behind its last whole line. */
  async #reopenFile(): Promise<void> {
    this.#handle = await this.#openFile(this.#path, constants.O_WRONLY | constants.O_APPEND).catch(
      absentAsNull,
    )
    const bytes = (await this.#handle?.stat())?.size ?? 0
    if (bytes < this.#fileBytes) await this.#abandonFile()
    else await this.#handle?.truncate(this.#fileBytes)
  }

  /** Somebody else has moved, cut or written to the file: the ledger goes on in another, and the break shows. */
  async #abandonFile(): Promise<void> {
    this.options.handler.changed('FILE_CHANGED')
    await this.#leaveFile()
  }

  #openFile(path: string, flags: string | number): Promise<FileHandle> {
    return (this.options.openFile ?? openFile)(path, flags)
  }

  async #closeFile(): Promise<void> {
    await this.#handle?.close().catch(() => undefined)
    this.#handle = null
  }

  /** The next entry begins a new file. */
  async #leaveFile(): Promise<void> {
    await this.#closeFile()
    this.#fileBytes = 0
  }

  #writeOwn(entry: OwnEntry, signingKey: KeyObject | null = null): Promise<string> {
    return this.#write([{ entry, epochMs: this.options.clock.epochMs() }], signingKey)
  }

  /** Seals and writes entries in one piece; returns the last one's line. They count when they are written. */
  async #write(entries: readonly Stamped[], signingKey: KeyObject | null = null): Promise<string> {
    let head = this.#head
    const lines: string[] = []
    for (const { entry, epochMs } of entries) {
      const body = bodyAfter(head, entry, epochMs)
      const { record, line } = seal(
        signingKey === null ? body : { ...body, signature: signatureOf(body, signingKey) },
      )
      head = record
      lines.push(line)
    }
    const bytes = Buffer.from(`${lines.join('\n')}\n`, 'utf8')
    await this.#handle!.appendFile(bytes)
    this.#isDirty = true
    if (this.options.fsync === 'each') await this.#sync()
    this.#head = { seq: head.seq, hash: head.hash }
    this.#fileBytes += bytes.length
    return lines.at(-1)!
  }

  get #isCheckpointDue(): boolean {
    if (this.#head.seq === this.#checkpointSeq) return false
    const { clock, checkpointSeconds } = this.options
    return this.#isClosing || clock.nowMs() - this.#checkpointAtMs >= checkpointSeconds * 1000
  }

  /** Signs everything so far, and leaves a copy beside the ledger: who cuts off the end has to deal with both. */
  async #checkpoint(): Promise<void> {
    const nowMs = this.options.clock.epochMs()
    await this.#ensureFile(nowMs)
    if (!(await this.#isFileOurs())) {
      await this.#abandonFile()
      await this.#ensureFile(nowMs)
    }
    const line = await this.#writeOwn(
      { kind: 'checkpoint', key: keyIdOf(this.#publicKey) },
      this.keys.signingKey,
    )
    await this.#sync()
    const path = join(this.options.directory, CHECKPOINT_FILE)
    await writeFile(`${path}.part`, `${line}\n`, { mode: 0o600, flush: this.options.fsync !== 'never' })
    await rename(`${path}.part`, path)
    this.#checkpointSeq = this.#head.seq
    this.#checkpointAtMs = this.options.clock.nowMs()
  }

  /** Whether the file is where it was, and nobody else has written to it or cut it. */
  async #isFileOurs(): Promise<boolean> {
    const [byName, byHandle] = await Promise.all([stat(this.#path).catch(absentAsNull), this.#handle!.stat()])
    return byName?.ino === byHandle.ino && byHandle.size === this.#fileBytes
  }

  get #isSyncDue(): boolean {
    return this.#isDirty && this.options.clock.nowMs() - this.#syncedAtMs >= SYNC_MS
  }

  async #sync(): Promise<void> {
    if (!this.#isDirty || this.options.fsync === 'never') return
    await this.#handle?.datasync()
    this.#isDirty = false
    this.#syncedAtMs = this.options.clock.nowMs()
  }
}

const openFile = (path: string, flags: string | number): Promise<FileHandle> => open(path, flags, 0o600)

const absentAsNull = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null
  throw error
}

const dayOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10)

/** A new file's name is on disk only when its folder is. */
const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r')
  await handle.sync().finally(() => handle.close())
}

const unusable = (error: unknown): RedactError =>
  new RedactError(
    'REDACT_ERR_LEDGER',
    `ledger.directory cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unexpected'})`,
  )
