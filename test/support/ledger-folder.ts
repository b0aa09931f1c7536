import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ledgerFilesIn, linesOf, readCheckpoint } from '../../proxy/ledger/files.io.js'
import { type LedgerHandler, LedgerWriter, type LedgerWriterOptions } from '../../proxy/ledger/ledger.io.js'
import { LedgerVerifier, type Verdict, type Witness } from '../../proxy/ledger/verify.js'

/** A clock that its owner turns; 2026-01-01T10:00:00Z at first. */
export class TurnedClock {
  ms = 0
  readonly startMs = Date.UTC(2026, 0, 1, 10)
  nowMs(): number {
    return this.ms
  }
  epochMs(): number {
    return this.startMs + this.ms
  }
}

/** What a writer has told of itself. */
export class HandlerList implements LedgerHandler {
  readonly told: string[] = []
  entries = 0
  lostCount = 0
  written(entries: number): void {
    this.entries += entries
  }
  failed(code: string): void {
    this.told.push(`failed ${code}`)
  }
  changed(code: string): void {
    this.told.push(`changed ${code}`)
  }
  lost(count: number): void {
    this.lostCount += count
  }
  recovered(): void {
    this.told.push('recovered')
  }
  endMissing(seq: number): void {
    this.told.push(`end missing ${seq}`)
  }
}

export const openLedger = (
  directory: string,
  options: Partial<LedgerWriterOptions> = {},
): Promise<LedgerWriter> =>
  LedgerWriter.open({
    directory,
    signingKeyFile: null,
    fsync: 'never',
    rotateBytes: 1 << 20,
    rotateDaily: true,
    checkpointSeconds: 60,
    clock: new TurnedClock(),
    version: '0.0.0',
    handler: new HandlerList(),
    ...options,
  })

/** Reads the whole folder. */
export const verifyLedger = async (directory: string, witness: Witness = {}): Promise<Verdict> => {
  const checkpointLine = await readCheckpoint(directory)
  const verifier = new LedgerVerifier({ ...(checkpointLine === null ? {} : { checkpointLine }), ...witness })
  for (const { name, path, firstSeq } of await ledgerFilesIn(directory)) {
    verifier.file(name, firstSeq)
    for await (const { text, hasEnd } of linesOf(path)) verifier.line(text, hasEnd)
  }
  return verifier.end()
}

/** The lines of all files, and a way to put others in their place. */
export const linesIn = (directory: string): string[] =>
  filesIn(directory).flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1))

export const filesIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()

export const rewrite = (directory: string, name: string, lines: readonly string[]): void =>
  writeFileSync(join(directory, name), `${lines.join('\n')}\n`)
