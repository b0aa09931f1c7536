// Calls through the proxy whose speech is listened to by `hushfork recognize`, a process of its own: what the recorder has of them
// while it runs, and when it is killed in mid-call.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { inPackage } from '../../proxy/base/package-file.js'
import { closeConnections } from '../../proxy/detectors/speech/recognizers/grpc/connection.io.js'
import { policySchema } from '../../proxy/policy/options.js'
import { type LiveProxy, liveProxy, RATE_HZ, until } from '../support/live-proxy.js'
import { selfSigned } from '../support/self-signed.js'
import { spokenDigits, spokenDigitsPcm } from '../support/spoken-digits.js'
import { speak } from '../support/tone-speech.js'

t.teardown(closeConnections)
// They wait for the call most of the time.
t.jobs = 2

const CALL_MS = 14_000
const DIGITS_MS = 4_000
/** Frames of both tracks that have left as they came when the greeting has: the last numbers are being said by then. */
const GREETING_FRAMES = 130
/** Times as fast as it is spoken: the server takes six times. */
const SPEED = 4
const TOKEN = 'a-token-for-this-test-alone'

interface Stretch {
  readonly startMs: number
  readonly endMs: number
}

const greeting: Stretch = { startMs: 600, endMs: 1_200 }
const farewell: Stretch = { startMs: 12_000, endMs: 12_600 }
const digits: readonly Stretch[] = spokenDigits.words.map(([, start, end]) => ({
  startMs: DIGITS_MS + (start / RATE_HZ) * 1000,
  endMs: DIGITS_MS + (end / RATE_HZ) * 1000,
}))

const said = (): Int16Array => {
  const pcm = new Int16Array((CALL_MS * RATE_HZ) / 1000)
  for (const { startMs, endMs } of [greeting, farewell]) speak(pcm, RATE_HZ, 'hello', startMs, endMs)
  pcm.set(spokenDigitsPcm(), (DIGITS_MS * RATE_HZ) / 1000)
  return pcm
}

const loudest = (pcm: Int16Array, { startMs, endMs }: Stretch): number =>
  pcm
    .subarray((startMs * RATE_HZ) / 1000, (endMs * RATE_HZ) / 1000)
    .reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)

interface Started {
  readonly child: ChildProcess
  readonly port: number
  readonly adminPort: number
}

/** The command, with TLS and a token as between two machines; resolves when it listens. */
const recognize = async (t: Test, folder: string): Promise<Started> => {
  const file = (name: string, content: string | Buffer): string => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(inPackage('dist/proxy/main.js')),
      'recognize',
      ...['--port', '0', '--admin-port', '0', '--threads', '1'],
      ...['--tls-cert', file('tls.crt', selfSigned.cert), '--tls-key', file('tls.key', selfSigned.key)],
      ...['--token-file', file('token', `${TOKEN}\n`)],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  t.teardown(() => child.kill('SIGKILL'))
  const ports: number[] = []
  for await (const line of createInterface({ input: child.stdout! })) {
    ports.push((JSON.parse(line) as { port: number }).port)
    if (ports.length === 2) break
  }
  return { child, port: ports[0]!, adminPort: ports[1]! }
}

const policyFor = (port: number, folder: string) =>
  policySchema.parse({
    holdBackMs: 6_500,
    flushMs: 2_000,
    detectors: {
      speech: {
        recognizers: {
          grpc: {
            url: `grpcs://localhost:${port}`,
            auth: { type: 'bearer', token: TOKEN },
            tls: { caFile: join(folder, 'tls.crt') },
            answerMs: 3_000,
          },
        },
      },
    },
  })

const kill = async (child: ChildProcess, proxy: LiveProxy): Promise<void> => {
  const passed = 'hushfork_frames_total{verdict="pass"}'
  await until(async () => (await proxy.figure(passed)) >= GREETING_FRAMES, 'the greeting has left')
  child.kill('SIGKILL')
}

for (const isKilled of [false, true])
  t.test(
    isKilled
      ? 'the server is killed while numbers are said: nothing unjudged leaves as it came'
      : 'numbers are silent, what else is said is heard, and the server ends when it is told to',
    { buffered: true },
    async (t) => {
      const folder = t.testdir({})
      const { child, port, adminPort } = await recognize(t, folder)
      const gone = once(child, 'exit')
      const proxy = await liveProxy(t, {
        policy: policyFor(port, folder),
        leakCheck: { everyNthCall: 0, text: false },
      })
      const killed = isKilled ? kill(child, proxy) : null
      await proxy.play('call-1', [said(), new Int16Array((CALL_MS * RATE_HZ) / 1000)], { speed: SPEED })
      await killed
      await until(() => proxy.recordings().has('call-1'), 'a recording')
      const [caller] = proxy.recordings().get('call-1')!.pcm
      t.equal(caller!.length, (CALL_MS * RATE_HZ) / 1000)
      for (const word of digits) t.ok(loudest(caller!, word) < 10, `the number at ${word.startMs} ms`)
      t.ok(loudest(caller!, greeting) > 5_000, 'the greeting')
      t.equal(loudest(caller!, farewell) > 5_000, !isKilled, 'the farewell')
      t.equal(await proxy.figure('hushfork_unjudged_passed_seconds_total'), 0)
      t.equal((await proxy.figure('hushfork_unjudged_silenced_seconds_total')) > 0, isKilled)
      if (isKilled) return
      const page = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
      t.match(page, /hushfork_recognizer_streams_total\{result="done"\} [1-9]/)
      child.kill('SIGTERM')
      t.same(await gone, [0, null])
    },
  )
