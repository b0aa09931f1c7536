/**
 * Reads a ledger from its first line to its last and names the first bad entry. Nothing is kept but where the chain stands,
 * so that a year of entries needs no more memory than a day.
 *
 * What is found: an entry changed by a single byte, removed, doubled, moved, inserted; a file missing or renamed; a
 * checkpoint that its key did not sign; another key that the old one did not appoint; an end that was cut off behind, or
 * in, the newest checkpoint. What cannot be found without a witness elsewhere: the end cut off together with the checkpoint
 * file, and everything written anew by someone who has the signing key. `last` and `publicKey` are such witnesses.
 */
import type { KeyObject } from 'node:crypto'
import { type ChainHead, emptyChain, open } from './chain.js'
import type { LedgerRecord } from './entry.js'
import { isSignedBy, keyIdOf, publicKeyOf } from './signing.js'

const faultKinds = [
  /** The content of an entry is not what was hashed, or not a ledger's at all. */
  'changed',
  /** It is whole in itself, but the next one follows another. */
  'rewritten',
  'missing',
  'reordered',
  'repeated',
  /** The end is not there. */
  'cut',
  'bad-signature',
  'wrong-key',
] as const

export interface Fault {
  readonly kind: (typeof faultKinds)[number]
  /** File and line at which it shows; line 0: the file as a whole, or its end. */
  readonly file: string
  readonly line: number
  /** The first entry that is bad; null when the line does not say which one it was. */
  readonly seq: number | null
  /** A sentence for people. */
  readonly detail: string
}

/** What is known from elsewhere. */
export interface Witness {
  /** The key that must vouch for the ledger (SPKI, DER, base64). Without it the ledger's own word is taken. */
  readonly publicKey?: string
  /** The entry that the ledger must begin with: 1, or what retention has left. */
  readonly first?: number
  /** An entry that was there: the newest copy, or the metric hushfork_ledger_sequence. */
  readonly last?: number
  /** The line of the newest checkpoint, from the file beside the ledger. */
  readonly checkpointLine?: string
}

export interface Verdict {
  readonly fault: Fault | null
  /** Entries that were found in order, up to the fault. */
  readonly entries: number
  readonly firstSeq: number
  readonly lastSeq: number
  /** Newest entry that a checkpoint of a trusted key vouches for; what follows is only chained. */
  readonly vouchedSeq: number
  /** Ids of the keys that signed, in order. */
  readonly keys: readonly string[]
  /** Entries that were lost while the ledger was not writable, as it says itself. */
  readonly lostEntries: number
  /** Whether the last process that wrote has closed it; if not it runs, or has crashed, or the end is missing. */
  readonly isClosed: boolean
}

/** Holds a copy of the newest checkpoint's line, beside the ledger's files. */
export const CHECKPOINT_FILE = 'checkpoint.json'

interface Place {
  readonly file: string
  readonly line: number
}

export class LedgerVerifier {
  #head: ChainHead = emptyChain
  #firstSeq = 0
  #entries = 0
  #fault: Fault | null = null
  /** An entry that was not where it belongs; it may turn up further on. */
  #absentSeq: number | null = null
  #place: Place = { file: '', line: 0 }
  /** First entry that the name of the present file promises; null once its first line has been read. */
  #promisedSeq: number | null = null
  #publicKey: { readonly text: string; readonly key: KeyObject } | null = null
  readonly #trusted = new Set<string>()
  readonly #keys: string[] = []
  #vouchedSeq = 0
  #lostEntries = 0
  #isClosed = false
  #isOpening = false
  readonly #checkpoint: LedgerRecord | null

  constructor(private readonly witness: Witness = {}) {
    if (witness.publicKey !== undefined) this.#trusted.add(witness.publicKey)
    const opened = witness.checkpointLine === undefined ? null : open(witness.checkpointLine)
    this.#checkpoint = opened?.kind === 'record' ? opened.record : null
    if (opened?.kind === 'changed')
      this.#fail('changed', { file: CHECKPOINT_FILE, line: 1 }, null, 'the checkpoint file is damaged')
  }

  /** Nothing further can change the verdict. */
  get isDone(): boolean {
    return this.#fault !== null && this.#absentSeq === null
  }

  /** The next file begins; `firstSeq` is what its name says. Files come in the order of their names. */
  file(name: string, firstSeq: number): void {
    this.#place = { file: name, line: 0 }
    this.#promisedSeq = firstSeq
  }

  /** The next line, without its end; `hasEnd` false: the file ends before the line does. */
  line(text: string, hasEnd: boolean): void {
    const place = { file: this.#place.file, line: this.#place.line + 1 }
    this.#place = place
    const opened = open(text)
    if (this.#fault !== null) {
      if (opened.kind === 'record' && opened.record.seq === this.#absentSeq) this.#turnedUp(place)
      return
    }
    if (!hasEnd) this.#fail('cut', place, this.#expectedSeq, 'the file ends within this line')
    else if (opened.kind === 'changed')
      this.#fail('changed', place, this.#expectedSeq, 'this is not what was written')
    else this.#follow(opened.record, place)
  }

  /** No more lines will come. */
  end(): Verdict {
    const { last = 0 } = this.witness
    const checkpointSeq = this.#checkpoint?.seq ?? 0
    if (this.#head.seq < checkpointSeq)
      this.#failAtEnd('cut', `a signed checkpoint says that entry ${checkpointSeq} was there`)
    if (this.#head.seq < last) this.#failAtEnd('cut', `entry ${last} was there`)
    if (this.witness.publicKey !== undefined && this.#vouchedSeq === 0)
      this.#failAtEnd('wrong-key', 'no checkpoint is signed by the given key')
    return {
      fault: this.#fault,
      entries: this.#entries,
      firstSeq: this.#firstSeq,
      lastSeq: this.#head.seq,
      vouchedSeq: this.#vouchedSeq,
      keys: this.#keys,
      lostEntries: this.#lostEntries,
      isClosed: this.#isClosed,
    }
  }

  get #expectedSeq(): number {
    return this.#entries === 0 ? (this.#promisedSeq ?? 1) : this.#head.seq + 1
  }

  #follow(record: LedgerRecord, place: Place): void {
    if (this.#entries === 0) this.#begin(record, place)
    else this.#checkOrder(record, place)
    if (this.#fault === null) this.#checkFile(record, place)
    if (this.#fault === null) this.#checkOpening(record, place)
    if (this.#fault === null) this.#readOwn(record, place)
    if (this.#fault === null && record.seq === this.#checkpoint?.seq && record.hash !== this.#checkpoint.hash)
      this.#fail('rewritten', place, record.seq, 'the checkpoint file holds another entry of this number')
    if (this.#fault !== null) return
    this.#head = { seq: record.seq, hash: record.hash }
    this.#entries++
  }

  #begin(record: LedgerRecord, place: Place): void {
    const { first = 1 } = this.witness
    this.#firstSeq = record.seq
    if (record.seq > first) {
      this.#fail('missing', place, first, `entries ${first} to ${record.seq - 1} are not here`)
      this.#absentSeq = first
    } else if (record.seq === 1 && record.prev !== emptyChain.hash)
      this.#fail('rewritten', place, 1, 'the first entry follows another')
    else if (record.kind !== 'file-opened')
      this.#fail('missing', place, record.seq - 1, 'the beginning of the file is not here')
  }

  #checkOrder(record: LedgerRecord, place: Place): void {
    const expected = this.#head.seq + 1
    if (record.seq > expected) {
      const range =
        record.seq === expected + 1 ? `entry ${expected} is` : `entries ${expected} to ${record.seq - 1} are`
      this.#fail('missing', place, expected, `${range} not here: entry ${record.seq} comes next`)
      this.#absentSeq = expected
    } else if (record.seq < expected)
      this.#fail('repeated', place, record.seq, `entry ${record.seq} was here already, or has been moved`)
    else if (record.prev !== this.#head.hash)
      this.#fail(
        'rewritten',
        place,
        this.#head.seq,
        `entry ${record.seq} follows another than the one before it`,
      )
  }

  /** A file begins with an entry that says so, of the number in its name. */
  #checkFile(record: LedgerRecord, place: Place): void {
    const promised = this.#promisedSeq
    this.#promisedSeq = null
    if (promised === null) return
    if (record.seq !== promised)
      this.#fail('reordered', place, record.seq, `the file's name says that it begins with entry ${promised}`)
    else if (record.kind !== 'file-opened')
      this.#fail('missing', place, record.seq, 'the file does not begin with its first entry')
  }

  /**
   * Who closes a ledger signs, and so does who opens it: without the key nobody adds a line in between, while no process
   * writes.
   */
  #checkOpening({ kind, seq }: LedgerRecord, place: Place): void {
    const isOpening = openingKinds.includes(kind)
    if (this.#isOpening && kind !== 'checkpoint' && !isOpening)
      this.#fail('bad-signature', place, seq - 1, 'who opened the ledger here has not signed')
    else if (this.#isClosed && kind !== 'checkpoint' && !isOpening)
      this.#fail('rewritten', place, seq, 'the ledger had been closed before this was added')
    this.#isOpening = kind === 'ledger-opened' || (this.#isOpening && isOpening)
  }

  #readOwn(record: LedgerRecord, place: Place): void {
    this.#isClosed = record.kind === 'ledger-closed' || (this.#isClosed && record.kind !== 'ledger-opened')
    switch (record.kind) {
      case 'file-opened':
        if (this.#publicKey === null) this.#take(record, place)
        else if (record['publicKey'] !== this.#publicKey.text)
          this.#fail(
            'wrong-key',
            place,
            record.seq,
            'another key signs from here on, and nobody appointed it',
          )
        return
      case 'signing-key':
        this.#handOver(record, place)
        return
      case 'checkpoint':
        this.#check(record, place)
        return
      case 'gap':
        this.#lostEntries += Number(record['lost'])
        return
      case 'ledger-opened':
        if (record['missingUpTo'] !== undefined)
          this.#fail(
            'missing',
            place,
            record.seq,
            `the end of the ledger, up to an earlier entry ${record['missingUpTo']}, was not here when the proxy started`,
          )
    }
  }

  #take(record: LedgerRecord, place: Place): void {
    const text = String(record['publicKey'])
    const key = publicKeyOf(text)
    if (key === null) {
      this.#fail('wrong-key', place, record.seq, 'this is not a public key of Ed25519')
      return
    }
    this.#publicKey = { text, key }
    this.#keys.push(keyIdOf(text))
    if (this.witness.publicKey === undefined) this.#trusted.add(text)
  }

  /** The old key appoints the new one, unless whoever verifies knows the new one from elsewhere. */
  #handOver(record: LedgerRecord, place: Place): void {
    const next = String(record['publicKey'])
    const isAppointed =
      this.#publicKey !== null && isSignedBy(bodyOf(record), this.#publicKey.key) ? this.#publicKey : null
    if (isAppointed === null && next !== this.witness.publicKey)
      this.#fail('wrong-key', place, record.seq, 'the old key has not signed for the new one')
    else if (isAppointed !== null && this.#trusted.has(isAppointed.text)) this.#trusted.add(next)
    if (this.#fault === null) this.#take(record, place)
  }

  #check(record: LedgerRecord, place: Place): void {
    if (this.#publicKey === null || !isSignedBy(bodyOf(record), this.#publicKey.key))
      this.#fail('bad-signature', place, record.seq, 'the key in force has not signed this checkpoint')
    else if (this.#trusted.has(this.#publicKey.text)) this.#vouchedSeq = record.seq
  }

  #turnedUp(place: Place): void {
    const { kind, file, line, seq } = this.#fault!
    this.#absentSeq = null
    if (kind !== 'missing') return
    this.#fault = {
      kind: 'reordered',
      file,
      line,
      seq,
      detail: `entry ${seq} has been moved: it stands at ${place.file}:${place.line}`,
    }
  }

  #failAtEnd(kind: Fault['kind'], detail: string): void {
    if (this.#fault === null)
      this.#fail(kind, { file: this.#place.file, line: 0 }, this.#head.seq + 1, detail)
  }

  #fail(kind: Fault['kind'], { file, line }: Place, seq: number | null, detail: string): void {
    this.#fault = { kind, file, line, seq, detail }
  }
}

/** What may stand between the end of one process's entries and the first signature of the next. */
const openingKinds: readonly LedgerRecord['kind'][] = ['ledger-opened', 'signing-key', 'file-opened']

const bodyOf = ({ hash: _, ...body }: LedgerRecord) => body
