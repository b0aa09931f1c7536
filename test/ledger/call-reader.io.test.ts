import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type CallEntries, type CallRead, CallReader } from '../../proxy/ledger/call-reader.io.js'
import type { LedgerEntry } from '../../proxy/ledger/entry.js'
import type { LedgerWriter } from '../../proxy/ledger/ledger.io.js'
import { filesIn, linesIn, openLedger, rewrite } from '../support/ledger-folder.js'

const of = (callId: string, tenant = 'acme', streamId = `MZ-${tenant}`) => ({ callId, streamId, tenant })
const opened = (callId: string, tenant?: string, streamId?: string): LedgerEntry => ({
  kind: 'call-opened',
  ...of(callId, tenant, streamId),
  dialect: 'twilio',
  roles: ['caller'],
  sampleRate: 8000,
})
const failed = (callId: string, tenant?: string): LedgerEntry => ({
  kind: 'detector-failed',
  ...of(callId, tenant),
  detector: 'dtmf',
})
const signal = (callId: string, streamId?: string): LedgerEntry => ({
  kind: 'signal',
  signal: 'payment',
  state: 'started',
  answer: 'applied',
  callId,
  ...(streamId !== undefined && { streamId }),
})
const refusal = (callId: string): LedgerEntry => ({
  kind: 'refusal',
  source: 'http',
  reason: 'scope',
  callId,
})

/** A folder with these entries, written and open. */
const written = async (directory: string, ...entries: LedgerEntry[]): Promise<LedgerWriter> => {
  const writer = await openLedger(directory)
  for (const entry of entries) writer.append(entry)
  while (writer.backlog > 0) await new Promise((resolve) => setImmediate(resolve))
  return writer
}
const kindsIn = (told: CallRead): string[] => (told as CallEntries).entries.map(({ kind }) => kind)
const readerOf = (directory: string, writer: LedgerWriter, limits?: object): CallReader => {
  const all = { lookBackBytesMax: 1 << 20, entriesMax: 100, entryBytesMax: 1 << 20, ...limits }
  return new CallReader(directory, (callId) => writer.idOf(callId), all)
}

t.test("read() has one call's entries, oldest first, as they stand there, and no other's", async (t) => {
  const directory = t.testdir()
  const writer = await written(directory, opened('CA1'), opened('CA11'), refusal('CA1'), failed('CA1'))
  const told = (await readerOf(directory, writer).read('CA1', '*')) as CallEntries
  t.same(kindsIn(told), ['call-opened', 'refusal', 'detector-failed'])
  t.match(told, { isPart: false, damaged: 0, isAnothers: false })
  const lines = linesIn(directory).filter((line) => line.includes('"callId":"CA1"'))
  t.same(
    told.entries,
    lines.map((line) => JSON.parse(line)),
  )
  await writer.close()
  const again = await openLedger(directory)
  t.equal(kindsIn(await readerOf(directory, again).read('CA1', '*')).length, 3, 'over a restart as well')
  await again.close()
})

t.test('an entry of another tenant is not there, and what names none is that of its stream', async (t) => {
  const directory = t.testdir()
  const writer = await written(
    directory,
    opened('CA1'),
    signal('CA1', 'MZ-acme'),
    opened('CA1', 'other'),
    signal('CA1', 'MZ-other'),
    signal('CA1'),
    refusal('CA1'),
    opened('CA2', 'other'),
    refusal('CA3'),
  )
  t.teardown(() => writer.close())
  const reader = readerOf(directory, writer)
  const own = (await reader.read('CA1', ['acme', 'more'])) as CallEntries
  t.same(kindsIn(own), ['call-opened', 'signal'])
  for (const { streamId } of own.entries) t.equal(streamId, 'MZ-acme')
  const none = { entries: [], damaged: 0, isPart: false }
  t.same(await reader.read('CA2', ['acme']), { ...none, isAnothers: true })
  t.same(await reader.read('CA3', ['acme']), { ...none, isAnothers: false }, 'a refusal is nobody’s call')
  t.same(await reader.read('CA9', ['acme']), { ...none, isAnothers: false })
  t.same(await reader.read('CA1', []), { ...none, isAnothers: true })
  t.equal(kindsIn(await reader.read('CA1', '*')).length, 6)
})

t.test('of two streams of one name nobody can say which a signal meant', async (t) => {
  const directory = t.testdir()
  const writer = await written(
    directory,
    opened('CA1', 'acme', 'MZ'),
    opened('CA1', 'other', 'MZ'),
    signal('CA1', 'MZ'),
  )
  t.teardown(() => writer.close())
  t.same(kindsIn(await readerOf(directory, writer).read('CA1', ['acme'])), ['call-opened'])
})

t.test('an id that is written as a pseudonym is found by the id, and by the pseudonym', async (t) => {
  const directory = t.testdir()
  const card = '4929567845231891'
  const writer = await written(directory, opened(card))
  t.teardown(() => writer.close())
  const reader = readerOf(directory, writer)
  t.match(writer.idOf(card), /^hmac:/)
  t.same(kindsIn(await reader.read(card, ['acme'])), ['call-opened'])
  t.same(kindsIn(await reader.read(writer.idOf(card), ['acme'])), ['call-opened'])
})

t.test('a line that is being written is not read, and one that was changed is counted', async (t) => {
  const directory = t.testdir()
  const writer = await written(directory, opened('CA1'), failed('CA1'))
  const [name] = filesIn(directory) as [string]
  const lines = linesIn(directory)
  const half = lines.at(-1)!
  appendFileSync(join(directory, name), half.slice(0, -20))
  t.match(await readerOf(directory, writer).read('CA1', '*'), { damaged: 0, isPart: false })
  rewrite(
    directory,
    name,
    lines.map((line) => line.replace('"detector":"dtmf"', '"detector":"none"')),
  )
  const told = await readerOf(directory, writer).read('CA1', '*')
  t.same([kindsIn(told), (told as CallEntries).damaged], [['call-opened'], 1])
  t.match(
    await readerOf(directory, writer).read('CA1', ['acme']),
    { damaged: 0 },
    'whose it was, nobody knows',
  )
  await writer.close()
})

t.test('what is longer than the limits is told in part, and said to be', async (t) => {
  const directory = t.testdir()
  const writer = await written(directory, opened('CA1'), ...Array(50).fill(failed('CA1')), failed('CA1'))
  t.teardown(() => writer.close())
  const told = async (limits: object) => {
    const answer = await readerOf(directory, writer, limits).read('CA1', '*')
    return [kindsIn(answer).length, (answer as CallEntries).isPart]
  }
  t.same(await told({}), [52, false])
  t.same(await told({ entriesMax: 52 }), [52, false])
  t.same(await told({ entriesMax: 51 }), [51, true])
  const line = linesIn(directory).find((line) => line.includes('call-opened'))!
  t.same(await told({ entryBytesMax: line.length }), [1, true])
  const last = linesIn(directory).at(-1)!.length + 1
  t.same(await told({ lookBackBytesMax: last + 1 }), [1, true], 'the line that is cut is left out')
})

t.test('one reads at a time, and the next may when it is done', async (t) => {
  const directory = t.testdir()
  const writer = await written(directory, opened('CA1'))
  t.teardown(() => writer.close())
  const reader = readerOf(directory, writer)
  const first = reader.read('CA1', '*')
  t.equal(await reader.read('CA1', '*'), 'busy')
  t.same(kindsIn(await first), ['call-opened'])
  t.same(kindsIn(await reader.read('CA1', '*')), ['call-opened'])
})

t.test('timers come in between while much is read', async (t) => {
  const directory = t.testdir()
  const filler = `${JSON.stringify({ callId: 'CA2', text: 'x'.repeat(1000) })}\n`
  writeFileSync(join(directory, 'ledger-000000000001.jsonl'), filler.repeat(1000))
  let turns = 0
  const timer = setInterval(() => turns++, 0)
  const reader = new CallReader(directory, (callId) => callId)
  t.match(await reader.read('CA1', '*'), { entries: [], isPart: false })
  clearInterval(timer)
  t.ok(turns >= 10, `${turns} of a megabyte's 16 pieces`)
})

t.test('a folder that is none is unreadable, and one that is gone has nothing', async (t) => {
  const directory = t.testdir()
  const file = join(directory, 'file')
  writeFileSync(file, '')
  t.equal(await new CallReader(file, (callId) => callId).read('CA1', '*'), 'unreadable')
  const folder = join(directory, 'folder')
  mkdirSync(folder)
  rmSync(folder, { recursive: true })
  t.match(await new CallReader(folder, (callId) => callId).read('CA1', '*'), { entries: [] })
})
