import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { Command } from 'commander'
import t from 'tap'
import { addRedactCommand, type RedactEnv, redactCommand } from '../../proxy/edge/redact-command.js'
import { chunk, fmt, hummed, join, riff, wavOf } from '../support/wav-bytes.js'

const STEREO = { tag: 7, channels: 2, rateHz: 8000, bits: 8 }
const WAV = Buffer.from(wavOf(STEREO, hummed(STEREO, 6, [{ channel: 1, startSeconds: 3, endSeconds: 3.1 }])))

/** Every look at the clock is a second later. */
const ticking = () => {
  let nowMs = 0
  return { nowMs: () => (nowMs += 1000), epochMs: () => 0 }
}

const processOf = (stdin: Uint8Array = WAV) => {
  const [stdout, stderr] = [new PassThrough({ highWaterMark: 1 << 20 }), new PassThrough()]
  const env: RedactEnv = { stdin: Readable.from([stdin]), stdout, stderr, clock: ticking() }
  return {
    env,
    written: () => join([stdout.read() ?? Buffer.alloc(0)]),
    said: () => String(stderr.read() ?? ''),
  }
}

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

t.test('redacts a file, says what it did, and reports it', async (t) => {
  const folder = t.testdir({ 'in.wav': WAV })
  const { env, said } = processOf()
  const code = await redactCommand(
    {
      input: `${folder}/in.wav`,
      output: `${folder}/out.wav`,
      report: `${folder}/r.json`,
      payment: ['0-0.5'],
    },
    env,
  )
  t.equal(code, 0)
  t.match(said(), /^in\.wav: 6\.0 s, 6 x real time, \d+ spans, \d\.\d\d s silenced\n$/)
  const report = readJson(`${folder}/r.json`)
  t.match(report, { input: 'in.wav', output: 'out.wav', sampleRate: 8000, channels: 2, samples: 48_000 })
  t.strictSame(report.spans[0], { track: null, startSample: 0, endSample: 8000, reason: 'payment' })
  const out = readFileSync(`${folder}/out.wav`)
  for (const track of [0, 1]) {
    const key = report.spans.filter(
      (span: { track: number | null; reason: string }) =>
        span.reason === 'dtmf' && (span.track ?? track) === track,
    )
    t.equal(key.length, 1, `one span on track ${track}`)
    t.ok(key[0].startSample <= 24_000 && key[0].endSample >= 24_800)
    t.ok(out.subarray(44 + 48_000, 44 + 49_600).every((byte, i) => i % 2 !== track || byte === 0xff))
  }
  t.notMatch(JSON.stringify(report), folder, 'no folder is told')
})

t.test('standard input goes to standard output, which carries nothing else', async (t) => {
  const { env, written, said } = processOf()
  t.equal(await redactCommand({ input: '-', output: '-' }, env), 0)
  const out = written()
  t.equal(out.length, WAV.length)
  t.strictSame(out.subarray(0, 44), join([WAV.subarray(0, 44)]))
  t.match(said(), /^-: 6\.0 s/)
})

t.test('a folder goes on over a bad file, reports all, and exits with 1', async (t) => {
  const folder = t.testdir({
    in: { 'a.wav': WAV, 'b.wav': 'no audio', sub: { 'c.wav': WAV }, 'd.txt': 'text' },
  })
  const { env, said } = processOf()
  const code = await redactCommand(
    { input: `${folder}/in`, output: `${folder}/out`, report: `${folder}/r.json` },
    env,
  )
  t.equal(code, 1)
  t.strictSame(readdirSync(`${folder}/out`).sort(), ['a.wav', 'sub'])
  t.strictSame(readdirSync(`${folder}/out/sub`), ['c.wav'])
  const report = readJson(`${folder}/r.json`)
  t.match(report.files, [{ input: 'a.wav' }, { input: 'sub/c.wav', output: 'sub/c.wav' }])
  t.match(report.failed, [{ input: 'b.wav', problem: /no RIFF\/WAVE file/ }])
  t.equal(report.failed.length, 1)
  const text = said()
  t.match(text, /^hushfork redact: b\.wav: this is no RIFF/m)
  t.match(text, /^2 files: 12\.0 s, .* 1 failed$/m)
})

t.test('a wrong command line is told whole, does nothing and exits with 2', async (t) => {
  const folder = t.testdir({ 'in.wav': WAV })
  const { env, said } = processOf()
  const args = { input: `${folder}/in.wav`, output: `${folder}/out.wav`, payment: ['x'], frameMs: '0' }
  t.equal(await redactCommand(args, env), 2)
  t.match(said(), /^hushfork redact: --payment x: .*\nhushfork redact: --frame-ms 0: .*\n$/)
  t.strictSame(readdirSync(folder), ['in.wav'])
})

t.test('a file that fails exits with 1 and leaves neither output nor report', async (t) => {
  const folder = t.testdir({ 'in.wav': WAV })
  const { env, said } = processOf()
  const report = `${folder}/r.json`
  for (const args of [
    { input: `${folder}/in.wav`, output: `${folder}/out.wav`, payment: ['7-8'], report },
    { input: `${folder}/none.wav`, output: `${folder}/out.wav`, report },
  ])
    t.equal(await redactCommand(args, env), 1)
  t.match(said(), /starts behind the end of the audio, which lasts 6\.0 s\n.*ENOENT/)
  t.strictSame(readdirSync(folder), ['in.wav'])
})

t.test('a report that cannot be written is a failure', async (t) => {
  const folder = t.testdir({ 'in.wav': WAV })
  const { env, said } = processOf()
  const args = {
    input: `${folder}/in.wav`,
    output: `${folder}/out.wav`,
    report: `${folder}/none/r.json`,
    quiet: true,
  }
  t.equal(await redactCommand(args, env), 1)
  t.match(said(), /^hushfork redact: --report .*ENOENT/)
  t.ok(existsSync(`${folder}/out.wav`))
})

t.test('quiet says nothing of what went well, and still what nobody has judged', async (t) => {
  const { env, said } = processOf()
  t.equal(await redactCommand({ input: '-', output: '-', quiet: true }, env), 0)
  t.equal(said(), '')
  const odd = processOf(riff(chunk('fmt ', fmt(STEREO)), chunk('data', [1, 2]), [0, 1, 2, 3, 4, 5, 6, 7, 8]))
  t.equal(await redactCommand({ input: '-', output: '-', quiet: true }, odd.env), 0)
  t.equal(odd.said(), 'hushfork redact: -: 9 bytes behind the last chunk were copied unjudged\n')
})

t.test('an interrupt ends the work, with 1', async (t) => {
  const folder = t.testdir({ in: { 'a.wav': WAV, 'b.wav': WAV } })
  const interrupt = new AbortController()
  const { env, said } = processOf()
  const run = redactCommand(
    { input: `${folder}/in`, output: `${folder}/out` },
    { ...env, signal: interrupt.signal },
  )
  interrupt.abort()
  t.equal(await run, 1)
  t.notMatch(said(), 'b.wav')
  t.notOk(existsSync(`${folder}/out/a.wav`))
})

t.test('a terminal has a bar while there is something to wait for', async (t) => {
  const folder = t.testdir({ 'in.wav': WAV })
  const { env, said } = processOf()
  Object.assign(env.stderr, { isTTY: true, cursorTo() {}, clearLine() {}, moveCursor() {} })
  t.equal(await redactCommand({ input: `${folder}/in.wav`, output: `${folder}/out.wav` }, env), 0)
  t.match(said(), /% of 0\.1 MB/)
})

t.test('the subcommand hands on its arguments and sets the exit code', async (t) => {
  const folder = t.testdir({ 'in.wav': WAV, 'p.yaml': 'tracks: own' })
  const { env } = processOf()
  const before = process.exitCode
  const listeners = process.listenerCount('SIGINT')
  t.teardown(() => {
    process.exitCode = before
  })
  const run = async (...args: string[]) => {
    process.exitCode = undefined
    const program = new Command('hushfork').exitOverride()
    addRedactCommand(program, env).configureOutput({ writeErr() {}, writeOut() {} })
    await program.parseAsync(['redact', ...args], { from: 'user' })
    const code = process.exitCode
    process.exitCode = undefined
    return code
  }
  const [input, output, report] = [`${folder}/in.wav`, `${folder}/out.wav`, `${folder}/r.json`]
  const options = [
    '--payment',
    '1-1.5',
    '--payment=5-5.5',
    '--report',
    report,
    '--policy',
    `${folder}/p.yaml`,
  ]
  t.equal(await run(input, output, '--frame-ms', '30', '-q', ...options), 0)
  const { policy, spans } = readJson(report)
  t.equal(policy.name, 'p')
  t.strictSame(
    spans.map(({ track, reason }: { track: number | null; reason: string }) => [track, reason]),
    [
      [null, 'payment'],
      [1, 'dtmf'],
      [null, 'payment'],
    ],
  )
  t.equal(await run(input, input), 2)
  t.equal(await run(`${folder}/none.wav`, output), 1)
  await t.rejects(run(input), { code: 'commander.missingArgument' })
  t.equal(process.listenerCount('SIGINT'), listeners, 'no listener is left behind')
})
