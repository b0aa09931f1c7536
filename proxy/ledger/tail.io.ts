/** Where a ledger on disk ends: what whoever continues it must know. */
import { RedactError } from '../base/errors.js'
import { type ChainHead, emptyChain, open } from './chain.js'
import type { LedgerRecord } from './entry.js'
import { type LedgerFileName, ledgerFilesIn, linesOf, readCheckpoint } from './files.io.js'

export interface LedgerTail {
  readonly head: ChainHead
  /** Null when nothing has been written yet. */
  readonly ledgerId: string | null
  /** The key in force (SPKI, DER, base64); null when nothing has been written yet. */
  readonly publicKey: string | null
  /** The file to go on with, and how many bytes of it are whole; null: the next one. */
  readonly file: { readonly path: string; readonly bytes: number; readonly lastMs: number } | null
  /** Bytes behind the last whole line: an entry that a crash has cut. */
  readonly tornBytes: number
  /** Whoever wrote it last has closed it. */
  readonly isClosed: boolean
  /** A checkpoint of this entry was signed, and the entry is not there; null when all is there. */
  readonly missingUpTo: number | null
}

interface Scan {
  readonly last: LedgerRecord | null
  readonly ledgerId: string | null
  readonly publicKey: string | null
  readonly bytes: number
  readonly tornBytes: number
  readonly hasCheckpoint: boolean
  readonly isClosed: boolean
}

/**
 * Reads the newest file, and the one before it while that has no whole entry.
 * @throws RedactError REDACT_ERR_LEDGER when the last entry is not as it was written: nothing may follow it
 */
export const readTail = async (directory: string): Promise<LedgerTail> => {
  const files = await ledgerFilesIn(directory)
  const checkpoint = recordOf(await readCheckpoint(directory))
  let tornBytes = 0
  let hasNext = false
  for (const file of files.reverse()) {
    const scan = await scanFile(file, checkpoint)
    tornBytes += scan.tornBytes
    if (scan.last === null) {
      hasNext = true
      continue
    }
    const lastMs = Date.parse(scan.last.at)
    return {
      head: { seq: scan.last.seq, hash: scan.last.hash },
      ledgerId: scan.ledgerId,
      publicKey: scan.publicKey,
      file: hasNext ? null : { path: file.path, bytes: scan.bytes, lastMs },
      tornBytes,
      isClosed: scan.isClosed,
      missingUpTo: checkpoint === null || scan.hasCheckpoint ? null : checkpoint.seq,
    }
  }
  return {
    head: emptyChain,
    ledgerId: null,
    publicKey: null,
    file: null,
    tornBytes,
    isClosed: true,
    missingUpTo: checkpoint?.seq ?? null,
  }
}

/** A checkpoint lies in the newest file, or is the last entry of the one before it. */
const scanFile = async (file: LedgerFileName, checkpoint: LedgerRecord | null): Promise<Scan> => {
  let lastLine: string | null = null
  let ledgerId: string | null = null
  let publicKey: string | null = null
  let bytes = 0
  let tornBytes = 0
  let hasCheckpoint = false
  let isClosed = false
  for await (const { text, hasEnd, endByte } of linesOf(file.path)) {
    if (!hasEnd) {
      tornBytes = endByte - bytes
      break
    }
    if (lastLine === null) hasCheckpoint = recordOf(text)?.prev === checkpoint?.hash
    if (text.includes('"publicKey":')) publicKey = fieldIn(text, 'publicKey') ?? publicKey
    if (lastLine === null) ledgerId = fieldIn(text, 'ledgerId')
    if (checkpoint !== null && text.includes(checkpoint.hash) && recordOf(text)?.hash === checkpoint.hash)
      hasCheckpoint = true
    isClosed = text.includes('"kind":"ledger-closed"') || (isClosed && text.includes('"kind":"checkpoint"'))
    lastLine = text
    bytes = endByte
  }
  const last = lastLine === null ? null : recordOf(lastLine)
  if (lastLine !== null && last === null)
    throw new RedactError(
      'REDACT_ERR_LEDGER',
      'the last entry of the ledger is not as it was written: keep its folder as evidence, and set ledger.directory to another',
    )
  return { last, ledgerId, publicKey, bytes, tornBytes, hasCheckpoint, isClosed }
}

const recordOf = (line: string | null): LedgerRecord | null => {
  if (line === null) return null
  const opened = open(line)
  return opened.kind === 'record' ? opened.record : null
}

const fieldIn = (line: string, name: 'publicKey' | 'ledgerId'): string | null => {
  const value = recordOf(line)?.[name]
  return typeof value === 'string' ? value : null
}
