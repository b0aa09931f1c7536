import { appendFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import t, { type Test } from 'tap'
import {
  exportLedger,
  type LedgerEnv,
  printLedgerKey,
  printPseudonym,
  showLedger,
  verifyLedger,
} from '../../proxy/edge/ledger-command.js'
import type { LedgerEntry } from '../../proxy/ledger/entry.js'
import { filesIn, linesIn, openLedger, rewrite } from '../support/ledger-folder.js'

const stream = { callId: 'CA1', streamId: 'MZ1', tenant: 'acme' }
const range = { tracks: [0, 1], startSample: 236_000, endSample: 282_400, sampleRate: 8000 }
const told: readonly LedgerEntry[] = [
  { kind: 'call-opened', ...stream, dialect: 'twilio', roles: ['caller', 'agent'], sampleRate: 8000 },
  {
    kind: 'signal',
    ...stream,
    signal: 'payment',
    state: 'started',
    answer: 'late',
    apiKey: 'payment-page',
    actor: 'agent-17',
    startSample: 236_000,
    sampleRate: 8000,
    lateMs: 40,
  },
  {
    kind: 'span-closed',
    ...stream,
    ...range,
    reason: 'payment',
    ranges: [
      { tracks: [0, 1], startSample: 236_000, endSample: 240_000 },
      { tracks: [0], startSample: 244_000, endSample: 282_400 },
    ],
  },
  { kind: 'detector-failed', ...stream, callId: '=CA2', detector: 'dtmf' },
]

const ledgerOf = async (t: Test): Promise<string> => {
  const directory = join(t.testdir({}), 'ledger')
  const ledger = await openLedger(directory, { rotateBytes: 1200 })
  for (const entry of told) {
    ledger.append(entry)
    while (ledger.backlog > 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await ledger.close()
  return directory
}

const run = async (
  command: (env: LedgerEnv) => Promise<number>,
  input = '',
): Promise<{ code: number; out: string; err: string }> => {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const read = async (stream: PassThrough): Promise<string> => {
    let text = ''
    for await (const chunk of stream) text += chunk
    return text
  }
  const texts = Promise.all([read(stdout), read(stderr)])
  const code = await command({ stdin: Readable.from([input]), stdout, stderr })
  stdout.end()
  stderr.end()
  const [out, err] = await texts
  return { code, out, err }
}

t.test('verify says that all is as it was written, how far it is signed, and by whom', async (t) => {
  const directory = await ledgerOf(t)
  const key = (await run((env) => printLedgerKey(directory, {}, env))).out.trim()
  const { code, out } = await run((env) => verifyLedger(directory, { publicKey: key }, env))
  t.equal(code, 0)
  const count = linesIn(directory).length
  t.ok(filesIn(directory).length > 1)
  t.match(
    out,
    `ok      ${directory}: ${count} entries, 1 to ${count}, in ${filesIn(directory).length} file(s)\n`,
  )
  t.match(out, /signed {2}up to entry \d+; 0 after it are chained only; key [0-9a-f]{16} \(as given\)\n$/)
  const json = JSON.parse((await run((env) => verifyLedger(directory, { json: true }, env))).out)
  t.match(json, { fault: null, entries: count, isClosed: true })
})

t.test('verify names the first bad entry by file, line and number, and ends with 1', async (t) => {
  const directory = await ledgerOf(t)
  const [name] = filesIn(directory)
  const lines = linesIn(directory).slice(0, 3)
  rewrite(directory, name!, [lines[0]!, lines[1]!.replace('"0.0.0"', '"0.0.1"'), lines[2]!])
  const { code, out } = await run((env) => verifyLedger(directory, {}, env))
  t.equal(code, 1)
  t.match(out, `FAULT   changed entry 2 at ${name}:2: this is not what was written\n`)
})

t.test('verify says what it cannot know', async (t) => {
  const directory = await ledgerOf(t)
  rmSync(join(directory, 'checkpoint.json'))
  const last = filesIn(directory).at(-1)!
  rmSync(join(directory, last))
  const { code, out } = await run((env) => verifyLedger(directory, {}, env))
  t.equal(code, 0)
  t.match(out, /note {4}no checkpoint.json/)
  t.match(out, /note {4}not closed/)
  t.match(out, /own word: give --public-key/)
  t.equal((await run((env) => verifyLedger(directory, { last: '99' }, env))).code, 1)
})

t.test('what cannot be used ends with 2', async (t) => {
  const directory = await ledgerOf(t)
  for (const args of [{ publicKey: 'x' }, { first: '0' }, { last: 'x' }])
    t.equal((await run((env) => verifyLedger(directory, args, env))).code, 2)
  const empty = t.testdir({ empty: {} })
  t.match(await run((env) => verifyLedger(join(empty, 'empty'), {}, env)), {
    code: 2,
    err: /holds no ledger/,
  })
  t.match(await run((env) => showLedger(directory, { since: 'x' }, env)), { code: 2, err: /--since/ })
  t.match(await run((env) => printLedgerKey(join(empty, 'empty'), {}, env)), {
    code: 2,
    err: /no signing key/,
  })
})

t.test('show tells one call: who, when, why, which samples', async (t) => {
  const directory = await ledgerOf(t)
  const { code, out } = await run((env) => showLedger(directory, { call: 'CA1' }, env))
  t.equal(code, 0)
  const lines = out.trimEnd().split('\n')
  t.equal(lines.length, 3)
  t.match(
    lines[0],
    /^ +\d+ {2}2026-01-01 10:00:00.000Z {2}MZ1 {2}call begins: twilio, tracks caller, agent, 8000 Hz$/,
  )
  t.match(
    lines[1],
    /signal payment started by agent-17, key payment-page: late, silent from 0:29.500, sample 236000; 40 ms of it HAD LEFT$/,
  )
  t.match(
    lines[2],
    /was silent for payment: 0:29.500 to 0:35.300 \(5.800 s\), samples 236000 to 282400 of track 0, 1; 2 parts: 0:29.500-0:30.000 \[0, 1\], 0:30.500-0:35.300 \[0\]$/,
  )
})

t.test('show marks a line that is not as it was written', async (t) => {
  const directory = await ledgerOf(t)
  appendFileSync(join(directory, filesIn(directory).at(-1)!), 'x\n')
  const { code, out, err } = await run((env) => showLedger(directory, {}, env))
  t.equal(code, 1)
  t.match(out, /!! ledger-\d+\.jsonl:\d+ is not as it was written\n$/)
  t.match(err, /1 line\(s\)/)
})

t.test('export gives JSON, or CSV in which nothing is a formula', async (t) => {
  const directory = await ledgerOf(t)
  const json = await run((env) => exportLedger(directory, { call: 'CA1' }, env))
  t.match(JSON.parse(json.out), [{ kind: 'call-opened' }, { kind: 'signal' }, { kind: 'span-closed' }])
  t.same(JSON.parse((await run((env) => exportLedger(directory, { call: 'none' }, env))).out), [])
  const csv = (await run((env) => exportLedger(directory, { csv: true }, env))).out.split('\r\n')
  t.match(csv[0], /^seq,at,kind,callId,streamId,tenant,/)
  const span = csv.find((row) => row.includes('span-closed'))!
  t.match(span, ',payment,,,,,,,0 1,236000,282400,8000,29.500000,35.300000,,"{""ranges"":[{')
  t.ok(csv.some((row) => row.includes(",'=CA2,")))
})

t.test('what is before --since or not before --until is left out', async (t) => {
  const directory = await ledgerOf(t)
  const count = async (args: object): Promise<number> =>
    JSON.parse((await run((env) => exportLedger(directory, args, env))).out).length
  t.equal(await count({ since: '2026-01-02' }), 0)
  t.equal(await count({ until: '2026-01-01T10:00:00Z' }), 0)
  t.equal(await count({ since: '2026-01-01', until: '2026-01-02' }), linesIn(directory).length)
})

t.test('pseudonym prints what stands in the ledger for a value, with the key wherever it lies', async (t) => {
  const directory = await ledgerOf(t)
  const key = join(directory, 'moved.pem')
  renameSync(join(directory, 'signing-key.pem'), key)
  const { code, out } = await run((env) => printPseudonym(directory, { key }, env), '2041\n')
  t.equal(code, 0)
  t.match(out, /^hmac:[0-9a-f]{24}\n$/)
})
