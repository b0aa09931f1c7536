import { appendFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { LedgerEntry } from '../../proxy/ledger/entry.js'
import { type LedgerWriter, QUEUE_ENTRIES_MAX } from '../../proxy/ledger/ledger.io.js'
import { readLedgerKeys } from '../../proxy/ledger/ledger-key.io.js'
import {
  filesIn,
  HandlerList,
  linesIn,
  openLedger,
  rewrite,
  TurnedClock,
  verifyLedger,
} from '../support/ledger-folder.js'

const failed = (detector: string): LedgerEntry => ({
  kind: 'detector-failed',
  callId: 'CA1',
  streamId: 'MZ1',
  tenant: 'default',
  detector,
})

const kindsIn = (directory: string): string[] => linesIn(directory).map((line) => JSON.parse(line).kind)

/** Everything appended so far is on disk. */
const settled = async (ledger: LedgerWriter): Promise<void> => {
  while (ledger.backlog > 0) await new Promise((resolve) => setImmediate(resolve))
}

const folder = (t: Test): string => join(t.testdir({}), 'ledger')

t.test('a ledger begins with its key, is signed at its start and end, and verifies', async (t) => {
  const directory = folder(t)
  const ledger = await openLedger(directory)
  ledger.append(failed('dtmf'))
  await ledger.close()
  t.same(kindsIn(directory), [
    'file-opened',
    'ledger-opened',
    'checkpoint',
    'detector-failed',
    'ledger-closed',
    'checkpoint',
  ])
  const entry = JSON.parse(linesIn(directory)[3]!)
  t.match(entry, { seq: 4, at: '2026-01-01T10:00:00.000Z', callId: 'CA1', detector: 'dtmf' })
  t.match(await verifyLedger(directory, { publicKey: ledger.publicKey }), {
    fault: null,
    entries: 6,
    vouchedSeq: 6,
    isClosed: true,
  })
  t.equal(statSync(join(directory, 'ledger-000000000001.jsonl')).mode & 0o777, 0o600)
})

t.test('the next process goes on where the last one ended', async (t) => {
  const directory = folder(t)
  for (const name of ['a', 'b']) {
    const ledger = await openLedger(directory)
    ledger.append(failed(name))
    await ledger.close()
  }
  t.same(filesIn(directory), ['ledger-000000000001.jsonl'])
  t.match(await verifyLedger(directory), { fault: null, entries: 11 })
})

t.test('no two processes write one ledger', async (t) => {
  const directory = folder(t)
  const ledger = await openLedger(directory)
  await t.rejects(openLedger(directory), { code: 'REDACT_ERR_LEDGER', message: /another process/ })
  await ledger.close()
  const next = await openLedger(directory)
  await next.close()
})

t.test('an entry that a crash has cut is taken off, and said', async (t) => {
  const directory = folder(t)
  await (await openLedger(directory)).close()
  const path = join(directory, filesIn(directory)[0]!)
  appendFileSync(path, '{"at":"2026-')
  t.match(await verifyLedger(directory), { fault: { kind: 'cut', line: 6 } })
  await (await openLedger(directory)).close()
  t.match(await verifyLedger(directory), { fault: null })
  t.match(JSON.parse(linesIn(directory)[5]!), { kind: 'ledger-opened', tornBytes: 12 })
})

t.test('the chain goes on over files of a bounded size, and over days', async (t) => {
  const directory = folder(t)
  const clock = new TurnedClock()
  const ledger = await openLedger(directory, { rotateBytes: 2500, clock })
  for (let i = 0; i < 12; i++) {
    ledger.append(failed(`d${i}`))
    await settled(ledger)
  }
  const before = filesIn(directory).length
  t.ok(before > 1)
  clock.ms = 24 * 3_600_000
  ledger.append(failed('tomorrow'))
  await ledger.close()
  t.equal(filesIn(directory).length, before + 1)
  const verdict = await verifyLedger(directory)
  t.match(verdict, { fault: null, isClosed: true })
  t.equal(verdict.entries, linesIn(directory).length)
  t.equal(kindsIn(directory).filter((kind) => kind === 'detector-failed').length, 13)
})

t.test(
  'a clock that is put ahead, back and right again leaves the entries, and the files, in their order',
  async (t) => {
    const directory = folder(t)
    const clock = new TurnedClock()
    let aheadMs = 0
    const stepped = { nowMs: () => clock.nowMs(), epochMs: () => clock.epochMs() + aheadMs }
    const ledger = await openLedger(directory, { clock: stepped })
    for (const days of [0, 3, -3, 0]) {
      aheadMs = days * 24 * 3_600_000
      ledger.append(failed(`ahead-${days}`))
      await settled(ledger)
    }
    await ledger.close()
    const entries = linesIn(directory).map((line) => JSON.parse(line))
    t.same(
      entries.filter(({ kind }) => kind === 'detector-failed').map(({ at }) => at.slice(0, 10)),
      ['2026-01-01', '2026-01-04', '2025-12-29', '2026-01-01'],
      'they say what the clock said',
    )
    t.same(
      entries.map(({ seq }) => seq),
      entries.map((_, i) => i + 1),
    )
    t.equal(filesIn(directory).length, 2, 'a day that comes again begins no file')
    t.match(await verifyLedger(directory), { fault: null, isClosed: true })
  },
)

t.test('a checkpoint comes with time', async (t) => {
  const directory = folder(t)
  const clock = new TurnedClock()
  const ledger = await openLedger(directory, { clock })
  clock.ms = 60_000
  ledger.append(failed('dtmf'))
  await settled(ledger)
  await ledger.close()
  t.same(kindsIn(directory).slice(3, 5), ['detector-failed', 'checkpoint'])
})

/** A disk that is full while `isFull`, and then takes half of what it is given. */
class FullDisk {
  isFull = false
  readonly openFile = async (path: string, flags: string | number): Promise<FileHandle> => {
    const handle = await open(path, flags, 0o600)
    const append = handle.appendFile.bind(handle)
    handle.appendFile = async (data) => {
      if (!this.isFull) return append(data)
      await append((data as Buffer).subarray(0, (data as Buffer).length >> 1))
      throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    }
    return handle
  }
}

t.test('a full disk is told at once; what waits is written when there is room again', async (t) => {
  const directory = folder(t)
  const disk = new FullDisk()
  const handler = new HandlerList()
  const ledger = await openLedger(directory, { openFile: disk.openFile, handler })
  disk.isFull = true
  ledger.append(failed('a'))
  while (ledger.isWritable) await new Promise((resolve) => setImmediate(resolve))
  ledger.append(failed('b'))
  t.same(handler.told, ['failed ENOSPC'])
  disk.isFull = false
  await ledger.close()
  t.same(handler.told, ['failed ENOSPC', 'recovered'])
  t.match(await verifyLedger(directory), { fault: null })
  t.same(kindsIn(directory).slice(3), ['detector-failed', 'detector-failed', 'ledger-closed', 'checkpoint'])
})

t.test('entries that find no room are counted, and a gap says how many', async (t) => {
  const directory = folder(t)
  const disk = new FullDisk()
  const handler = new HandlerList()
  const ledger = await openLedger(directory, { openFile: disk.openFile, handler })
  disk.isFull = true
  for (let i = 0; i < QUEUE_ENTRIES_MAX + 10; i++) ledger.append(failed('a'))
  t.equal(handler.lostCount, 10)
  disk.isFull = false
  await ledger.close()
  const verdict = await verifyLedger(directory)
  t.match(verdict, { fault: null, lostEntries: 10 })
  t.equal(kindsIn(directory).at(-3), 'gap')
})

t.test('a file that somebody moves is noticed at the next checkpoint; the break shows', async (t) => {
  const directory = folder(t)
  const clock = new TurnedClock()
  const handler = new HandlerList()
  const ledger = await openLedger(directory, { clock, handler })
  renameSync(join(directory, filesIn(directory)[0]!), join(directory, 'elsewhere'))
  clock.ms = 60_000
  ledger.append(failed('a'))
  await ledger.close()
  t.same(handler.told, ['changed FILE_CHANGED'])
  t.match(await verifyLedger(directory), { fault: { kind: 'missing', seq: 1 } })
})

t.test('an end that was cut off while nobody wrote shows for ever', async (t) => {
  const directory = folder(t)
  const first = await openLedger(directory)
  first.append(failed('a'))
  await first.close()
  const [name] = filesIn(directory)
  rewrite(directory, name!, linesIn(directory).slice(0, 3))
  t.match(await verifyLedger(directory), { fault: { kind: 'cut', seq: 4 } })
  const handler = new HandlerList()
  await (await openLedger(directory, { handler })).close()
  t.same(handler.told, ['end missing 6'])
  t.match(await verifyLedger(directory), { fault: { kind: 'missing' } })
})

t.test('nothing follows an entry that is not as it was written', async (t) => {
  const directory = folder(t)
  await (await openLedger(directory)).close()
  const lines = linesIn(directory)
  rewrite(directory, filesIn(directory)[0]!, [
    ...lines.slice(0, -1),
    lines.at(-1)!.replace('"seq":5', '"seq":6'),
  ])
  await t.rejects(openLedger(directory), {
    code: 'REDACT_ERR_LEDGER',
    message: /keep its folder as evidence/,
  })
})

t.test('a new key is appointed by the old one; without its word the change is named', async (t) => {
  const directory = folder(t)
  const first = await openLedger(directory)
  await first.close()
  const keyFile = join(directory, 'signing-key.pem')
  renameSync(keyFile, `${keyFile}.old`)
  await (await openLedger(directory)).close()
  const byOldKey = await verifyLedger(directory, { publicKey: first.publicKey })
  t.match(byOldKey, { fault: null, entries: 10 })
  t.equal(byOldKey.vouchedSeq, 10)
  t.equal(byOldKey.keys.length, 2)

  rmSync(`${keyFile}.old`)
  rmSync(keyFile)
  const handler = new HandlerList()
  const third = await openLedger(directory, { handler })
  await third.close()
  t.same(handler.told, ['changed KEY_NOT_APPOINTED'])
  t.match(await verifyLedger(directory), { fault: { kind: 'wrong-key', seq: 11 } })
  t.match(await verifyLedger(directory, { publicKey: third.publicKey }), { fault: null, vouchedSeq: 15 })
})

t.test('the key is the file that is named, and nothing else will do', async (t) => {
  const directory = t.testdir({ 'no.pem': 'nothing' })
  await t.rejects(readLedgerKeys(join(directory, 'absent.pem'), directory), { code: 'REDACT_ERR_LEDGER' })
  await t.rejects(readLedgerKeys(join(directory, 'no.pem'), directory), { code: 'REDACT_ERR_LEDGER' })
})
