// Three processes on one port, as `hushfork serve` starts them: calls of two hums at 8,000 Hz and four times their pace;
// hold-back 600 ms, look-back 100 ms.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { inPackage } from '../../proxy/base/package-file.js'
import { dialects } from '../../proxy/dialects/index.js'
import { killableProxy } from '../support/killable-proxy.js'
import {
  calmCall,
  isSilence,
  playCall,
  RATE_HZ,
  recordingsIn,
  tracksOf,
  until,
} from '../support/live-proxy.js'

const SPEED = 4
const PROCESSES = 3
/** Of all processes together: two each, and one that cannot be divided. */
const THREADS = 7
const WAV_HEADER_BYTES = 44

const folder = t.testdir({ recordings: {} })
const recordings = join(folder, 'recordings')
const proxy = await killableProxy(t, {
  folder,
  processes: PROCESSES,
  drainSeconds: 20,
  forks: [
    { path: '/fork', dialect: 'twilio', policy: 'quick' },
    { port: 0, dialect: 'audiosocket', policy: 'quick' },
    { port: 0, dialect: 'ringcx', policy: 'quick' },
    { port: 0, dialect: 'audiosocket', policy: 'safe' },
  ],
  policies: { quick: { holdBackMs: 600, payment: { lookBackMs: 100, addressBy: ['agent'] } } },
  speechThreads: THREADS,
})
const url = proxy.forkUrls[0]!
const admin = `http://127.0.0.1:${proxy.adminPort}`

const play = (callId: string, seconds: number, parts: Parameters<typeof playCall>[4] = {}) =>
  playCall(url, dialects.twilio, callId, calmCall(seconds), { speed: SPEED, ...parts })

interface Answer {
  readonly result: string
  readonly detail?: string
  readonly streams?: {
    readonly callId: string
    readonly firstSilentSample: number
    readonly clearFromSample: number
  }[]
}

const ask = async (path: string, body: object): Promise<Answer> => {
  const response = await fetch(`${admin}/v1/calls/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await response.json()) as Answer
}
const pay = (callId: string, state: 'started' | 'ended', signalId = 'page-1', more: object = {}) =>
  ask(`${callId}/payment`, { state, signalId, ...more })

const callsHere = async (): Promise<string[]> => {
  const { calls } = (await (await fetch(`${admin}/v1/calls`)).json()) as { calls: { callId: string }[] }
  return calls.map(({ callId }) => callId).sort()
}
const figure = async (name: string): Promise<number> => {
  const page = await (await fetch(`${admin}/metrics`)).text()
  const line = page.split('\n').find((line) => line.startsWith(`${name} `))
  return line === undefined ? Number.NaN : Number(line.slice(name.length + 1))
}

/** Workers by the calls that they have taken, in the order of the calls. */
const takers = (): number[] =>
  proxy.lines.filter(({ msg }) => msg === 'call-opened').map(({ worker }) => worker!)
const pidOf = (worker: number): number => proxy.lines.find((line) => line.worker === worker && line.pid)!.pid!
const readyCount = (): number => proxy.lines.filter(({ msg }) => msg === 'a process takes calls').length

const kept = async (callId: string) => {
  await until(() => recordingsIn(recordings).has(callId), 'the recording is kept')
  return recordingsIn(recordings).get(callId)!
}
const isSilent = (pcm: readonly Int16Array[], from: number, to = pcm[0]!.length): boolean =>
  pcm.every((track) => isSilence(track.subarray(from, to)))

t.test('calls are spread evenly, and all of them are listed and counted on one page', async (t) => {
  const names = ['CA-1', 'CA-2', 'CA-3', 'CA-4', 'CA-5', 'CA-6']
  let here: string[] = []
  let counted = 0
  const look = async (): Promise<void> => {
    here = await callsHere()
    counted = await figure('hushfork_calls{dialect="twilio",tenant="default"}')
  }
  /** Each begins when those before it are here, and lasts until all of them have been seen. */
  const playFrom = async (i: number): Promise<void> => {
    const next = async (): Promise<void> => {
      await until(async () => (await callsHere()).length === i + 1, 'the call is here')
      await (i + 1 < names.length ? playFrom(i + 1) : look())
    }
    await play(names[i]!, 1, { cues: [{ atMs: 500, run: next }] })
  }
  await playFrom(0)
  t.same(here, names)
  t.equal(counted, names.length)
  t.equal(await figure('hushfork_processes'), PROCESSES)
  t.equal(await figure('hushfork_speech_threads{state="listening"}'), 2 * PROCESSES)
  t.same(
    [1, 2, 3].map((worker) => takers().filter((taker) => taker === worker).length),
    [2, 2, 2],
  )
})

t.test('what was done to a call is read, whichever process had it', async (t) => {
  const kindsOf = async (callId: string): Promise<string[]> => {
    const answer = await (await fetch(`${admin}/v1/calls/${callId}/ledger`)).json()
    return (answer as { entries?: { kind: string }[] }).entries?.map(({ kind }) => kind) ?? []
  }
  for (const callId of ['CA-1', 'CA-2', 'CA-3']) {
    await until(async () => (await kindsOf(callId)).includes('call-closed'), 'its end is in the ledger')
    t.equal((await kindsOf(callId))[0], 'call-opened')
  }
})

t.test(
  'metadata that means calls of several processes is ambiguous, and all of them are silent',
  async (t) => {
    const metadata = { agent: '7' }
    const starts: Answer[] = []
    await Promise.all([
      play('CA-one', 4, { metadata, cues: [] }),
      play('CA-two', 4, {
        metadata,
        cues: [
          {
            atMs: 2000,
            run: async () =>
              void starts.push(await ask('by/agent/7/payment', { state: 'started', signalId: 'desk' })),
          },
        ],
      }),
    ])
    t.match(starts, [{ result: 'ambiguous' }])
    t.same(starts[0]!.streams!.map(({ callId }) => callId).sort(), ['CA-one', 'CA-two'])
    t.not(takers().at(-1), takers().at(-2), 'they are at two processes')
    t.ok(isSilent((await kept('CA-one')).pcm, 3 * RATE_HZ))
    t.ok(isSilent((await kept('CA-two')).pcm, 3 * RATE_HZ))
  },
)

t.test(
  'a process is killed in a payment step: where the PBX comes back, nothing of it is heard',
  async (t) => {
    const before = await figure('hushfork_frames_total{verdict="pass"}')
    const answers: Answer[] = []
    const killed = play('CA-killed', 30, {
      cues: [
        {
          atMs: 1000,
          async run() {
            answers.push(await pay('CA-killed', 'started'))
            process.kill(pidOf(takers().at(-1)!), 'SIGKILL')
          },
        },
      ],
    })
    await t.rejects(killed)
    await play('CA-killed', 3, {
      cues: [{ atMs: 1500, run: async () => void answers.push(await pay('CA-killed', 'ended')) }],
    })
    t.match(answers, [{ result: 'applied' }, { result: 'applied' }])
    const { pcm } = await kept('CA-killed')
    const clearFrom = answers[1]!.streams![0]!.clearFromSample
    t.ok(isSilent(pcm, 0, clearFrom))
    t.notOk(isSilent(pcm, clearFrom))
    const [cut] = partsIn(recordings)
    t.ok(
      isSilent(tracksOf(cut!), answers[0]!.streams![0]!.firstSilentSample),
      'nor at the one that was killed',
    )
    t.equal(await figure('hushfork_process_crashes_total'), 1)
    t.ok(
      (await figure('hushfork_frames_total{verdict="pass"}')) >= before,
      'what it had counted still counts',
    )
    await until(() => readyCount() === PROCESSES + 1, 'another one takes its place')
  },
)

t.test(
  'an end overtakes its start: answered as in one process, whichever of them has the call',
  async (t) => {
    const at = (second: number) => ({ issuedAt: `2026-11-22T10:00:0${second}Z` })
    const endFirst = (callId: string) => pay(callId, 'ended', 'page-1', at(2))
    const startLater = (callId: string, answers: Answer[]) => ({
      atMs: 1000,
      run: async () => void answers.push(await pay(callId, 'started', 'page-1', at(1))),
    })
    const answers: Answer[] = []
    t.match(await endFirst('CA-none'), { result: 'unknown' }, 'no process has the call')
    await play('CA-none', 3, { cues: [startLater('CA-none', answers)] })
    const ends: Answer[] = []
    await play('CA-moves', 1, {
      cues: [{ atMs: 500, run: async () => void ends.push(await endFirst('CA-moves')) }],
    })
    const first = takers().at(-1)
    t.match(ends, [{ result: 'unknown', detail: 'no such step is open' }])
    await kept('CA-moves')
    while (takers().at(-1) === first) await play(`CA-between-${takers().length}`, 0.2)
    await play('CA-moves', 3, { cues: [startLater('CA-moves', answers)] })
    t.not(takers().at(-1), first, 'another process has it')
    for (const [i, callId] of ['CA-none', 'CA-moves'].entries()) {
      t.match(answers[i], { result: 'applied', detail: /^the end of this step came first/ })
      await until(() => recordingsIn(recordings).get(callId)?.pcm[0]?.length === 3 * RATE_HZ, 'it is kept')
      const { pcm } = recordingsIn(recordings).get(callId)!
      t.ok(isSilent(pcm, 0.9 * RATE_HZ, RATE_HZ))
      t.notOk(isSilent(pcm, 2 * RATE_HZ), 'no more than the look-back and the pad')
    }
  },
)

t.test(
  'SIGHUP replaces every process: a call goes on where it is, another begins at a new one',
  async (t) => {
    const old = Math.max(...proxy.lines.map(({ worker = 0 }) => worker))
    const readyBefore = readyCount()
    const meanwhile: string[] = []
    const playOn = async (): Promise<void> => {
      while (readyCount() < readyBefore + PROCESSES) {
        const callId = `CA-meanwhile-${meanwhile.length}`
        meanwhile.push(callId)
        await play(callId, 0.4, { speed: 1 })
      }
    }
    await play('CA-stays', 8, {
      cues: [
        {
          atMs: 1000,
          async run() {
            proxy.signal('SIGHUP')
            await playOn()
            await until(
              () => proxy.lines.some(({ msg }) => msg === 'every process is replaced'),
              'it is said',
            )
            await play('CA-new', 2)
            t.match(await pay('CA-stays', 'started'), { result: 'applied' })
          },
        },
      ],
    })
    const stayed = await kept('CA-stays')
    t.equal(stayed.pcm[0]!.length, 8 * RATE_HZ)
    t.equal(stayed.sidecar.lostSamples, 0)
    t.notOk(isSilent(stayed.pcm, 0, RATE_HZ))
    t.ok(isSilent(stayed.pcm, 2 * RATE_HZ))
    t.ok(takers().at(-1)! > old, 'a new process has the new call')
    t.ok(meanwhile.length > 2)
    for (const callId of meanwhile) t.equal((await kept(callId)).pcm[0]!.length, 0.4 * RATE_HZ, callId)
    t.equal((await kept('CA-new')).pcm[0]!.length, 2 * RATE_HZ)
  },
)

t.test('forks on TCP and gRPC share their ports as well', async (t) => {
  for (const [i, dialect] of [
    [1, dialects.audiosocket],
    [2, dialects.ringcx],
  ] as const) {
    const before = takers().length
    for (let n = 1; n <= PROCESSES; n++)
      await playCall(proxy.forkUrls[i]!, dialect, `0000000${i}-0000-4000-8000-00000000000${n}`, calmCall(0.5))
    t.equal(new Set(takers().slice(before)).size, PROCESSES, dialect.name)
  }
})

t.test('SIGTERM lets live calls end, and then ends everything', async (t) => {
  await play('CA-last', 4, { cues: [{ atMs: 1000, run: () => void proxy.signal('SIGTERM') }] })
  t.equal(await proxy.gone, 0)
  t.equal((await kept('CA-last')).pcm[0]!.length, 4 * RATE_HZ)
})

/** Recordings that nobody has finished. */
const partsIn = (directory: string): Buffer[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.wav.part'))
    .map((path) => readFileSync(join(directory, path)))
    .filter((wav) => wav.length > WAV_HEADER_BYTES)

t.test('what is wrong ends everything, with the code of every such fault', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  const serve = (config: object): Promise<{ code: number; stderr: string }> => {
    const path = join(t.testdir({}), 'hushfork.yaml')
    writeFileSync(
      path,
      JSON.stringify({ admin: { port: 0 }, ledger: { enabled: false }, processes: 2, ...config }),
    )
    return new Promise((resolve) =>
      execFile(
        'node',
        [fileURLToPath(inPackage('dist/proxy/main.js')), 'serve', '-c', path],
        (error, _, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stderr }),
      ),
    )
  }
  t.match(await serve({ listen: { port: 'none' } }), { code: 2, stderr: /^listen.port: / })
  const inUse = await serve({ listen: { port: (taken.address() as AddressInfo).port } })
  t.match(inUse, { code: 1, stderr: /^REDACT_ERR_LISTEN: .*in use.*\n$/ })
})
