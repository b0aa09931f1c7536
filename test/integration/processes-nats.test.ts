// Two hosts of two processes each, as `hushfork serve` starts them, and a real nats-server: calls of two hums at 8,000 Hz and
// four times their pace; hold-back 600 ms, look-back 100 ms.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { dialects } from '../../proxy/dialects/index.js'
import { killableProxy } from '../support/killable-proxy.js'
import { calmCall, isSilence, playCall, recordingsIn, tracksOf, until } from '../support/live-proxy.js'
import { NatsServer, natsMissing, natsOptions } from '../support/nats.js'

const SPEED = 4

interface Answer {
  readonly result: string
  readonly streams: readonly { readonly firstSilentSample: number; readonly clearFromSample: number }[]
}

interface Seen {
  readonly callId: string
  readonly dialect: string
  readonly tracks: readonly string[]
}

t.test('over NATS', { skip: natsMissing }, async (t) => {
  const server = await NatsServer.start(t)
  const folder = t.testdir({ a: { recordings: {} }, b: { recordings: {} } })
  const start = (host: string) =>
    killableProxy(t, {
      folder: join(folder, host),
      processes: 2,
      forks: [{ path: '/fork', dialect: 'twilio', policy: 'quick' }],
      policies: { quick: { holdBackMs: 600, payment: { lookBackMs: 100 } } },
      directory: { nats: { ...natsOptions(server.port) } },
    })
  const [a, b] = await Promise.all([start('a'), start('b')])
  type Host = typeof a

  const play = (
    host: Host,
    callId: string,
    seconds: number,
    atMs = 0,
    run: () => Promise<void> = async () => {},
  ) =>
    playCall(host.forkUrls[0]!, dialects.twilio, callId, calmCall(seconds), {
      speed: SPEED,
      cues: [{ atMs, run }],
    })
  const pay = async (host: Host, callId: string, state: 'started' | 'ended'): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${host.adminPort}/v1/calls/${callId}/payment`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state, signalId: 'page-1' }),
    })
    return (await response.json()) as Answer
  }
  const applied = async (host: Host, callId: string, state: 'started' | 'ended'): Promise<Answer> => {
    let answer = await pay(host, callId, state)
    await until(async () => {
      if (answer.result !== 'applied') answer = await pay(host, callId, state)
      return answer.result === 'applied'
    }, `${state} is applied`)
    return answer
  }

  t.test(
    'calls of every host are listed at every host, and a call is told of with what is silent',
    async (t) => {
      const get = async (path: string): Promise<{ calls?: Seen[]; streams?: Seen[] }> =>
        (await (await fetch(`http://127.0.0.1:${b.adminPort}/v1/calls${path}`)).json()) as object
      let listed: Seen[] = []
      let told: Seen[] = []
      await play(a, 'CA-far', 4, 3000, async () => {
        await applied(b, 'CA-far', 'started')
        await until(async () => ((await get('/CA-far')).streams?.length ?? 0) > 0, 'it is told')
        listed = (await get('')).calls!
        told = (await get('/CA-far')).streams!
      })
      t.match(listed, [{ callId: 'CA-far', dialect: 'twilio' }])
      t.match(told, [{ callId: 'CA-far', tracks: ['caller', 'agent'] }])
    },
  )

  t.test('a process is killed in a payment step: at another host its first sample is silent', async (t) => {
    const workerOf = (host: Host): number =>
      host.lines.filter(({ msg }) => msg === 'call-opened').at(-1)!.worker!
    let started: Answer | null = null
    const killed = play(a, 'CA-moved', 30, 1000, async () => {
      started = await applied(b, 'CA-moved', 'started')
      process.kill(a.lines.find(({ worker, pid }) => worker === workerOf(a) && pid)!.pid!, 'SIGKILL')
    })
    await t.rejects(killed)
    let ended: Answer | null = null
    await play(b, 'CA-moved', 3, 1500, async () => {
      ended = await applied(a, 'CA-moved', 'ended')
    })
    const recordings = join(folder, 'b', 'recordings')
    await until(() => recordingsIn(recordings).has('CA-moved'), 'the recording is kept')
    const { pcm } = recordingsIn(recordings).get('CA-moved')!
    const { clearFromSample } = ended!['streams'][0]!
    t.ok(pcm.every((track) => isSilence(track.subarray(0, clearFromSample))))
    t.notOk(pcm.every((track) => isSilence(track.subarray(clearFromSample))))
    const [cut] = partsIn(join(folder, 'a', 'recordings'))
    const { firstSilentSample } = started!['streams'][0]!
    t.ok(tracksOf(cut!).every((track) => isSilence(track.subarray(firstSilentSample))))
  })
})

/** Recordings that nobody has finished. */
const partsIn = (directory: string): Buffer[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.wav.part'))
    .map((path) => readFileSync(join(directory, path)))
