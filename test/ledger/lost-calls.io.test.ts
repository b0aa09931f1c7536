import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { LedgerEntry } from '../../proxy/ledger/entry.js'
import type { LedgerWriter } from '../../proxy/ledger/ledger.io.js'
import { filesIn, linesIn, openLedger, verifyLedger } from '../support/ledger-folder.js'

const of = (callId: string) => ({ callId, streamId: 'MZ1', tenant: 'acme' })
const opened = (callId: string): LedgerEntry => ({
  kind: 'call-opened',
  ...of(callId),
  dialect: 'twilio',
  roles: ['caller', 'agent'],
  sampleRate: 8000,
})
const stepOpened = (callId: string): LedgerEntry => ({
  kind: 'step-opened',
  ...of(callId),
  reason: 'payment',
  source: 'api',
  startSample: 0,
  sampleRate: 8000,
  lateMs: 0,
})
const closed = (callId: string): LedgerEntry => ({
  kind: 'call-closed',
  ...of(callId),
  reason: 'hangup',
  sampleRate: 8000,
  samples: [8000, 8000],
  framesIn: 100,
  framesOut: 100,
  framesRedacted: 0,
  lateMs: 0,
  unjudgedSilencedMs: 0,
  unjudgedPassedMs: 0,
  lostSamples: 0,
  violations: 0,
})

const append = async (ledger: LedgerWriter, ...entries: LedgerEntry[]): Promise<void> => {
  for (const entry of entries) {
    ledger.append(entry)
    while (ledger.backlog > 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

/** A process that is killed takes nothing off the disk, and closes nothing: its lock is of a process that has gone. */
const killed = (directory: string): void => rmSync(join(directory, 'lock'), { recursive: true, force: true })

const folder = (t: Test): string => join(t.testdir({}), 'ledger')

/** What the next start has found, and whether the ledger is sound with it. */
const lostAtStart = async (t: Test, directory: string, options: object = {}): Promise<object[]> => {
  const ledger = await openLedger(directory, options)
  await ledger.close()
  t.match(await verifyLedger(directory), { fault: null, isClosed: true })
  const lines = linesIn(directory).map((line) => JSON.parse(line))
  const start = lines.findLastIndex(({ kind }) => kind === 'ledger-opened')
  return lines.slice(start).filter(({ kind }) => kind === 'call-lost')
}

t.test('a start names the calls that a crash has left open, and the next one does not', async (t) => {
  const directory = folder(t)
  const ledger = await openLedger(directory)
  await append(ledger, opened('CA1'), opened('CA2'), stepOpened('CA2'), closed('CA1'))
  killed(directory)
  t.match(await lostAtStart(t, directory), [
    {
      kind: 'call-lost',
      ...of('CA2'),
      reason: 'proxy-crashed',
      toldAtMs: Date.UTC(2026, 0, 1, 10),
      openReasons: ['payment'],
    },
  ])
  t.same(await lostAtStart(t, directory), [])
  killed(directory)
})

t.test('it looks back over all files of the run', async (t) => {
  const directory = folder(t)
  const options = { rotateBytes: 1500 }
  const first = await openLedger(directory, options)
  await append(first, opened('CA0'), ...Array.from({ length: 8 }, () => stepOpened('CA0')))
  killed(directory)
  const second = await openLedger(directory, options)
  await append(second, opened('CA1'), ...Array.from({ length: 8 }, (_, i) => opened(`CA1${i}`)))
  await append(second, ...Array.from({ length: 8 }, (_, i) => closed(`CA1${i}`)))
  killed(directory)
  t.ok(filesIn(directory).length > 5)
  t.match(await lostAtStart(t, directory, options), [{ ...of('CA1') }])
})

t.test('an orderly end has lost nothing, whatever it says of calls', async (t) => {
  const directory = folder(t)
  const ledger = await openLedger(directory)
  await append(ledger, opened('CA1'))
  await ledger.close()
  t.same(await lostAtStart(t, directory), [])
})
