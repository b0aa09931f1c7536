/**
 * The files of a ledger, read: `ledger-000000000001.jsonl` and on, each named after its first entry, and `checkpoint.json`.
 */
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CHECKPOINT_FILE } from './verify.js'

/** Longest line that is read as one, bytes. The longest entry, a span of 64 ranges, has some 6 kB. */
const LINE_BYTES_MAX = 64 * 1024

const NAME = /^ledger-(\d{12})\.jsonl$/
const NEWLINE = 0x0a

export interface LedgerFileName {
  readonly name: string
  readonly path: string
  /** Number of its first entry, by its name. */
  readonly firstSeq: number
}

export const ledgerFileName = (firstSeq: number): string =>
  `ledger-${String(firstSeq).padStart(12, '0')}.jsonl`

/** The ledger's files in order; none when the folder is not there or has none. */
export const ledgerFilesIn = async (directory: string): Promise<LedgerFileName[]> => {
  const names = await readdir(directory).catch(notThere<string[]>([]))
  return names
    .flatMap((name) => {
      const firstSeq = NAME.exec(name)?.[1]
      return firstSeq === undefined ? [] : [{ name, path: join(directory, name), firstSeq: Number(firstSeq) }]
    })
    .sort((a, b) => a.firstSeq - b.firstSeq)
}

/** The newest checkpoint's line, without its end; null when there is none. */
export const readCheckpoint = async (directory: string): Promise<string | null> => {
  const text = await readFile(join(directory, CHECKPOINT_FILE), 'utf8').catch(notThere(null))
  return text === null ? null : text.replace(/\n$/, '')
}

export interface Line {
  readonly text: string
  /** False when the file ends before the line does. */
  readonly hasEnd: boolean
  /** Where the next line begins, bytes. */
  readonly endByte: number
}

/** A file's lines from a byte on. A line that is too long comes in pieces: none of them is an entry. */
export async function* linesOf(path: string, fromByte = 0): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0)
  let endByte = fromByte
  for await (const chunk of createReadStream(path, { start: fromByte })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    let start = 0
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, start)) {
      endByte += end + 1 - start
      yield { text: rest.toString('utf8', start, end), hasEnd: true, endByte }
      start = end + 1
    }
    rest = rest.subarray(start)
    if (rest.length <= LINE_BYTES_MAX) continue
    endByte += rest.length
    yield { text: rest.toString('utf8'), hasEnd: true, endByte }
    rest = Buffer.alloc(0)
  }
  if (rest.length > 0) yield { text: rest.toString('utf8'), hasEnd: false, endByte: endByte + rest.length }
}

const notThere =
  <T>(fallback: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return fallback
    throw error
  }
