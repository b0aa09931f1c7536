// A stored call through the two commands: simulated as a PBX forks it, and kept by a sink, over real sockets.
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t, { type Test } from 'tap'
import { type SimulateArgs, simulateCommand } from '../../proxy/edge/simulate-command.js'
import { keyStepOf, paymentStepsOf, readScript } from '../../proxy/edge/simulate-script.js'
import { sinkCommand } from '../../proxy/edge/sink-command.js'
import { systemClock } from '../../proxy/edge/system-clock.js'
import { wavHeader } from '../../proxy/media/wav-header.js'
import { liveProxy, tracksOf, until } from '../support/live-proxy.js'

const RATE_HZ = 8000

/** Two channels, two seconds: 1,000 left and -1,000 right. */
const wavIn = (folder: string): string => {
  const samples = 2 * RATE_HZ
  const pcm = Int16Array.from({ length: 2 * samples }, (_, i) => (i % 2 === 0 ? 1000 : -1000))
  const path = join(folder, 'call.wav')
  writeFileSync(
    path,
    Buffer.concat([wavHeader({ channels: 2, sampleRateHz: RATE_HZ, samples }), Buffer.from(pcm.buffer)]),
  )
  return path
}

const collected = () => {
  const stream = new PassThrough()
  let text = ''
  stream.on('data', (chunk) => {
    text += String(chunk)
  })
  return { stream, text: () => text }
}

const simulated = async (t: Test, args: Partial<SimulateArgs>) => {
  const stderr = collected()
  const usual = {
    dialect: 'twilio',
    wav: wavIn(t.testdir({})),
    url: 'ws://127.0.0.1:9/',
    speed: 100,
    ptimeMs: 20,
    loop: 1,
  }
  const code = await simulateCommand(
    { ...usual, ...args },
    { stderr: stderr.stream, env: {}, clock: systemClock },
  )
  return { code, said: stderr.text() }
}

const sinkOf = async (t: Test, dialect: string) => {
  const stdout = collected()
  const stderr = collected()
  const out = t.testdir({})
  const sink = await sinkCommand(
    { dialect, host: '127.0.0.1', port: 0, out },
    { stdout: stdout.stream, stderr: stderr.stream, clock: systemClock },
  )
  if (sink !== null) t.teardown(() => sink.close())
  return { sink, said: stdout.text, complained: stderr.text }
}

for (const dialect of ['twilio', 'audiohook', 'mod_audio_fork', 'audiosocket'] as const)
  t.test(`${dialect}: what is simulated arrives at the sink whole`, async (t) => {
    const { sink, said } = await sinkOf(t, dialect)
    const { code } = await simulated(t, {
      dialect,
      url: sink!.url.href,
      callId: '7b2f1c3e-5a44-4d5e-9a0e-2f1f6f7a9b10',
    })
    t.equal(code, 0)
    await until(() => said().includes('call ended'), 'the sink tells of it')
    const [, seconds, path] = /call ended: ([\d.]+) s.*: (.*\.wav)/.exec(said()) ?? []
    t.equal(seconds, '2.0')
    const tracks = tracksOf(await readFile(path!))
    t.ok(tracks.every((pcm) => pcm.length === 2 * RATE_HZ))
    t.notOk(said().includes('violation'))
  })

t.test('keys sound in the audio, and payment signals go to the API', async (t) => {
  const live = await liveProxy(t)
  const { code, said } = await simulated(t, {
    url: live.url.href,
    callId: 'call-1',
    speed: 5,
    key: ['0.5:7'],
    payment: ['1-1.5'],
    admin: `http://127.0.0.1:${live.proxy.adminPort}`,
  })
  t.equal(code, 0)
  t.match(said, /payment started: 200 applied/)
  t.match(said, /payment ended: 200 applied/)
  await until(() => live.recordings().size === 1, 'a recording is kept')
  const reasons = live
    .recordings()
    .get('call-1')!
    .sidecar.spans.map(({ reason }) => reason)
  t.ok(reasons.includes('dtmf'), 'the key was heard')
  t.ok(reasons.includes('payment'))
})

t.test('wrong usage is told, with what to write instead, and ends with 2', async (t) => {
  for (const [args, words] of [
    [{ dialect: 'twillio' }, /no dialect is called twillio: .*twilio/],
    [{ url: 'http://127.0.0.1/' }, /must begin with ws:\/\/ or wss:\/\//],
    [{ key: ['7'] }, /--key takes SECONDS:KEY/],
    [{ key: ['1:Z'] }, /--key takes SECONDS:KEY/],
    [{ payment: ['9-3'] }, /--payment takes FROM-TO/],
    [{ payment: ['1-2'] }, /say where it is with --admin/],
    [{ metadata: ['nothing'] }, /--metadata takes KEY=VALUE/],
  ] as const) {
    const { code, said } = await simulated(t, args)
    t.equal(code, 2)
    t.match(said, words)
  }
})

t.test('nobody there, or a refusal, ends with 1', async (t) => {
  t.equal((await simulated(t, { url: 'ws://127.0.0.1:1/' })).code, 1)
})

t.test('a script is read whole, and every problem is told', async (t) => {
  const folder = t.testdir({
    'good.yaml':
      'steps:\n- {at: 1.5, key: 4}\n- {at: 2, key: "#", ms: 60, track: 1}\n- {at: 3, payment: started}\n',
    'bad.yaml': 'steps:\n- {at: 1, key: Z}\n- {at: -1, payment: paused}\n',
  })
  t.strictSame(await readScript(join(folder, 'good.yaml')), [
    { at: 1.5, key: '4', ms: 100, track: 0 },
    { at: 2, key: '#', ms: 60, track: 1 },
    { at: 3, payment: 'started', signalId: 'simulated' },
  ])
  await t.rejects(readScript(join(folder, 'bad.yaml')), /steps\[0\].*\n.*steps\[1\]/s)
  t.strictSame(keyStepOf('2.5:*'), { at: 2.5, key: '*', ms: 100, track: 0 })
  t.strictSame(paymentStepsOf('1-2.5', 3), [
    { at: 1, payment: 'started', signalId: 'simulated-3' },
    { at: 2.5, payment: 'ended', signalId: 'simulated-3' },
  ])
})

t.test('a sink of an unknown dialect is not started', async (t) => {
  const { sink, complained } = await sinkOf(t, 'nope')
  t.equal(sink, null)
  t.match(complained(), /no dialect is called that: .*audiohook/)
})
