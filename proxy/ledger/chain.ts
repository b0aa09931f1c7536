/**
 * How entries hang together: each carries the hash of the one before it and its own, so that whoever changes, removes or
 * moves one has to write every later one anew, and that needs the signing key wherever a checkpoint stands.
 *
 *   hash(n) = SHA-256( canonical form of record n without `hash` ), and `prev` of record n is hash(n - 1)
 *
 * The canonical form is RFC 8785 (JCS): keys sorted, no spaces, numbers as ECMAScript writes them. A line is the canonical
 * form of the whole record, so that every byte of it counts.
 */
import { createHash } from 'node:crypto'
import type { LedgerEntry, LedgerRecord, OwnEntry } from './entry.js'

/** `prev` of the first entry. */
const GENESIS_HASH = '0'.repeat(64)

/** JSON with sorted keys and nothing between. Members that are undefined are left out. @param value JSON values only */
export const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  return typeof value !== 'object' || value === null ? JSON.stringify(value) : joined(membersOf(value))
}

/** A key, and its member in canonical form. */
type Member = readonly [key: string, text: string]

const membersOf = (value: object): Member[] =>
  Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => [key, canonical(member)])

const joined = (members: readonly Member[]): string => {
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`
}

const hashOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

/** SHA-256 of a value's canonical form, hex: policies and configurations with equal hashes behave alike. */
export const canonicalHash = (value: unknown): string => hashOf(canonical(value))

/** Where a chain stands: what the next entry follows. */
export interface ChainHead {
  /** 0 before the first entry. */
  readonly seq: number
  readonly hash: string
}

export const emptyChain: ChainHead = { seq: 0, hash: GENESIS_HASH }

/** A record without its hash: what is hashed, and what a checkpoint signs. */
export type Body = Omit<LedgerRecord, 'hash'>

/** The body of the entry that follows `head`. */
export const bodyAfter = (head: ChainHead, entry: LedgerEntry | OwnEntry, epochMs: number): Body => ({
  ...entry,
  seq: head.seq + 1,
  at: new Date(epochMs).toISOString(),
  prev: head.hash,
})

/** The whole record, and its line without the line end. */
export const seal = (body: Body): { readonly record: LedgerRecord; readonly line: string } => {
  const members = membersOf(body)
  const hash = hashOf(joined(members))
  return { record: { ...body, hash } as LedgerRecord, line: joined([...members, ['hash', `"${hash}"`]]) }
}

/** What became of a line of a file. */
export type Opened =
  | { readonly kind: 'record'; readonly record: LedgerRecord }
  /** Not an entry, or one whose hash is not that of its content. */
  | { readonly kind: 'changed' }

/** Reads a line as it was written; a single byte that differs shows. */
export const open = (line: string): Opened => {
  const record = parsed(line)
  if (record === null) return { kind: 'changed' }
  const { hash, ...body } = record
  const isAsWritten = canonicalHash(body) === hash && canonical(record) === line
  return isAsWritten ? { kind: 'record', record } : { kind: 'changed' }
}

const parsed = (line: string): LedgerRecord | null => {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

const isRecord = (value: unknown): value is LedgerRecord => {
  if (typeof value !== 'object' || value === null) return false
  const { seq, at, prev, hash, kind } = value as Record<string, unknown>
  return Number.isSafeInteger(seq) && [at, prev, hash, kind].every((field) => typeof field === 'string')
}
