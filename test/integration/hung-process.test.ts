// One of two processes stands still (SIGSTOP) in a payment step, and then the whole proxy is killed in another: what reaches
// the recorder, who takes what was waiting, and what the ledger says of it. Calls of two hums at 8,000 Hz and four times
// their pace; hold-back 600 ms, look-back 100 ms.
import { join } from 'node:path'
import t from 'tap'
import { dialects } from '../../proxy/dialects/index.js'
import { killableProxy } from '../support/killable-proxy.js'
import { linesIn, verifyLedger } from '../support/ledger-folder.js'
import { calmCall, isSilence, mulaw, playCall, until } from '../support/live-proxy.js'
import { dialectRecorder, heardOf } from '../support/recorders.js'
import { applied, firstDifference, postTo, sample } from '../support/signal-table.js'

const SPEED = 4

const folder = t.testdir({ recordings: {} })
const ledger = join(folder, 'ledger')
const recorder = await dialectRecorder(t, dialects.twilio)
const start = () =>
  killableProxy(t, {
    folder,
    processes: 2,
    forks: [{ path: '/fork', dialect: 'twilio', policy: 'quick', recorder: { url: recorder.url.href } }],
    policies: { quick: { holdBackMs: 600, payment: { lookBackMs: 100 } } },
  })
type Proxy = Awaited<ReturnType<typeof start>>

const play = (proxy: Proxy, callId: string, seconds: number, cues: Parameters<typeof playCall>[4] = {}) =>
  playCall(proxy.forkUrls[0]!, dialects.twilio, callId, calmCall(seconds), { speed: SPEED, ...cues })
const pay = (proxy: Proxy, callId: string, state: 'started' | 'ended') =>
  postTo(proxy.adminPort, `calls/${callId}/payment`, { state, signalId: 'page-1' })
const figure = async (proxy: Proxy, name: string): Promise<number> => {
  const page = await (await fetch(`http://127.0.0.1:${proxy.adminPort}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1])
}
/** Who has taken the newest call. */
const pidOfTaker = ({ lines }: Proxy): number => {
  const { worker } = lines.filter(({ msg }) => msg === 'call-opened').at(-1)!
  return lines.find((line) => line.worker === worker && line.pid !== undefined)!.pid!
}
const lost = (): Record<string, unknown>[] =>
  linesIn(ledger)
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind === 'call-lost')

const proxy = await start()

t.test('a process that stands still is replaced, and nothing of its step is heard', async (t) => {
  const answers: Record<string, unknown>[] = []
  let isStopped = false
  const step = async (): Promise<void> => void answers.push(await pay(proxy, 'CA-hung', 'started'))
  const stop = async (): Promise<void> => {
    await until(() => heardOf(recorder.events).length > sample(2.3), 'what is silent is sent')
    process.kill(pidOfTaker(proxy), 'SIGSTOP')
    isStopped = true
  }
  const cues = [
    { atMs: 2000, run: step },
    { atMs: 3500, run: stop },
  ]
  const hung = play(proxy, 'CA-hung', 60, { cues })
  const cut = t.rejects(hung, 'the PBX sees its connection go')
  await until(() => isStopped, 'it stands still in a step')
  t.match(answers[0], applied(1.9))
  const waiting = ['CA-a', 'CA-b'].map((callId) => play(proxy, callId, 1))
  t.match(
    await pay(proxy, 'CA-hung', 'ended'),
    { status: 503, result: 'unavailable' },
    'it is asked, and mute',
  )
  await cut
  await t.resolves(Promise.all(waiting), 'a connection that waited for it goes to another')
  t.equal(await figure(proxy, 'hushfork_process_hangs_total'), 1)
  t.equal(await figure(proxy, 'hushfork_process_crashes_total'), 1)

  const end = async (): Promise<void> => void answers.push(await pay(proxy, 'CA-hung', 'ended'))
  await play(proxy, 'CA-hung', 3, { cues: [{ atMs: 1500, run: end }] })
  t.match(answers[1], { status: 200, result: 'applied' })
  const first = heardOf(recorder.connections[0]!)
  const expected = calmCall(60)[0]!.map(mulaw).fill(0, sample(1.9))
  t.ok(first.length > sample(2.3), `${first.length} samples had left`)
  t.equal(firstDifference(first, expected), -1, 'up to the step, and not a sample more')
  const whole = () => recorder.connections.map(heardOf).find((samples) => samples.length === sample(3))
  await until(() => whole() !== undefined, 'all of the second fork has reached the recorder')
  const back = whole()!
  const clearFrom = answers[1]!['clearFromSample'] as number
  t.ok(isSilence(back.subarray(0, clearFrom)), 'silent where it comes back')
  t.notOk(isSilence(back.subarray(clearFrom)))
  t.match(lost(), [{ callId: 'CA-hung', reason: 'process-hung', openReasons: ['payment'] }])
  await until(() => proxy.lines.filter(({ msg }) => msg === 'a process takes calls').length === 3, 'a third')
})

t.test('the proxy is killed in a step: its next start names the calls that were lost', async (t) => {
  const cut = play(proxy, 'CA-killed', 30, {
    cues: [
      {
        atMs: 2000,
        async run() {
          t.match(await pay(proxy, 'CA-killed', 'started'), applied(1.9))
          const isTold = (): boolean =>
            linesIn(ledger).some((line) => line.includes('CA-killed') && line.includes('step-opened'))
          await until(isTold, 'the ledger has the step')
          await proxy.kill()
        },
      },
    ],
  })
  await t.rejects(cut)
  const again = await start()
  t.match(lost().slice(1), [{ callId: 'CA-killed', reason: 'proxy-crashed', openReasons: ['payment'] }])
  t.equal(lost().length, 2)
  again.signal('SIGTERM')
  t.equal(await again.gone, 0)
  t.match(await verifyLedger(ledger), { fault: null, isClosed: true })
})
