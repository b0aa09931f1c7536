// Tokens and deliveries that are shown again elsewhere: at another process of the host, at another host, and while nobody can
// tell (docs/faults.md). Calls of two hums at 8,000 Hz and four times their pace; look-back 100 ms, pad after 500 ms.
import t from 'tap'
import { BEAT_MS } from '../../proxy/directory/nats-directory.io.js'
import { policySchema } from '../../proxy/policy/options.js'
import { killableProxy } from '../support/killable-proxy.js'
import { calmCall, isSilence, type LiveProxy, liveProxy, RATE_HZ, until } from '../support/live-proxy.js'
import { NatsServer, natsMissing, natsOptions } from '../support/nats.js'
import { postTo } from '../support/signal-table.js'
import { signedDelivery, webhookConfig } from '../support/webhook.js'

const SPEED = 4
const beatMs = BEAT_MS / 4
const admin = {
  mintKeys: [{ name: 'mint', secret: 'a-mint-key-of-thirty-two-characters' }],
  webhooks: [webhookConfig],
}
const policy = policySchema.parse({ holdBackMs: 2000, payment: { lookBackMs: 100, padAfterMs: 500 } })
const spent = { status: 403, result: 'forbidden', reason: 'token-spent' }

const mint = async (port: number, callId: string, signalId: string): Promise<string> =>
  (await postTo(port, 'tokens', { call: { callId }, signalId }))['token'] as string
const show = (port: number, token: string, state: string, view?: string) =>
  postTo(port, 'payment', { token, state, ...(view !== undefined && { view }) })
const deliver = async (port: number, { body, headers }: ReturnType<typeof signedDelivery>) => {
  const response = await fetch(`http://127.0.0.1:${port}/v1/webhooks/psp`, { method: 'POST', body, headers })
  return { status: response.status, ...((await response.json()) as object) }
}
const message = (type: 'created' | 'completed', call: string) =>
  signedDelivery({ type, id: `pay-${call}`, call }, Date.now())

t.test('in one host, whichever of its processes has the call', async (t) => {
  const { adminPort } = await killableProxy(t, {
    folder: t.testdir({ recordings: {} }),
    processes: 2,
    forks: [{ path: '/fork', dialect: 'twilio' }],
    admin: { port: 0, ...admin },
  })
  const token = await mint(adminPort, 'CA-host', 'order-1')
  t.match(await show(adminPort, token, 'started'), { result: 'pending' })
  t.match(await show(adminPort, token, 'ended'), { result: 'unknown' })
  await show(adminPort, token, 'started')
  t.match(await show(adminPort, token, 'started'), spent)
  const created = message('created', 'CA-host')
  t.match(await deliver(adminPort, created), { status: 200, result: 'pending' })
  t.match(await deliver(adminPort, created), { status: 409, reason: 'webhook-replayed' })
})

t.test('over NATS', { skip: natsMissing }, async (t) => {
  const server = await NatsServer.start(t)
  const start = () => liveProxy(t, { nats: natsOptions(server.port), beatMs, admin, policy })
  const [a, b] = await Promise.all([start(), start()])
  const [atA, atB] = [a.proxy.adminPort, b.proxy.adminPort]
  const isState = (live: LiveProxy, up: number) => async () =>
    (await live.figure('hushfork_directory_up')) === up

  /** Plays a call at the first host, with what happens in it, and returns what was silent of it, samples. */
  const silentIn = async (callId: string, seconds: number, run: () => Promise<void>): Promise<number[][]> => {
    await a.play(callId, calmCall(seconds), { speed: SPEED, cues: [{ atMs: 1000, run }] })
    await until(() => a.recordings().has(callId), 'the recording is kept')
    const { sidecar, pcm } = a.recordings().get(callId)!
    for (const { startSample, endSample } of sidecar.spans)
      t.ok(pcm.every((track) => isSilence(track.subarray(startSample, endSample))))
    return sidecar.spans.map(({ startSample, endSample }) => [startSample, endSample])
  }
  const first = (answer: Record<string, unknown>, key: string) =>
    (answer['streams'] as Record<string, number>[])[0]![key]!

  t.test('what was used at one host is used at every other, and silences nothing more', async (t) => {
    const token = await mint(atA, 'CA-replayed', 'order-2')
    let [from, to] = [0, 0]
    const silent = await silentIn('CA-replayed', 6, async () => {
      let started: Record<string, unknown> = {}
      await until(async () => {
        started = await show(atB, token, 'started', 'tab-1')
        return started['result'] === 'applied'
      }, 'it is applied')
      from = first(started, 'firstSilentSample')
      t.match(await show(atA, token, 'started', 'tab-1'), { result: 'applied' }, 'it beats at the other host')
      const ended = await show(atA, token, 'ended', 'tab-1')
      to = first(ended, 'clearFromSample')
      t.match(await show(atB, token, 'started', 'tab-1'), spent)
      t.match(await show(atA, token, 'started', 'tab-1'), spent)
    })
    t.same(silent, [[from, to]])
    const paid = message('created', 'CA-nobody')
    t.match(await deliver(atA, paid), { status: 200 })
    t.match(await deliver(atB, paid), { status: 409, reason: 'webhook-replayed' })
    t.equal(await b.figure('hushfork_requests_refused_total{reason="webhook-replayed"}'), 1)
  })

  t.test(
    'while nobody can tell, calls are silenced, nothing is opened, and the answer says so',
    async (t) => {
      const [token, other] = [await mint(atA, 'CA-split', 'order-3'), await mint(atA, 'CA-split', 'order-4')]
      const answers: Record<string, unknown>[] = []
      const silent = await silentIn('CA-split', 20, async () => {
        answers.push(await show(atA, token, 'started'))
        await deliver(atA, message('created', 'CA-split'))
        await server.stop()
        await until(isState(a, 0), 'the split is seen')
        answers.push(
          await show(atA, token, 'started'),
          await show(atA, token, 'ended'),
          await deliver(atA, message('completed', 'CA-split')),
          await show(atA, other, 'started'),
        )
        await server.start()
        await Promise.all([until(isState(a, 1), 'a is back'), until(isState(b, 1), 'b is back')])
        answers.push(
          await show(atA, other, 'started'),
          await show(atA, other, 'ended'),
          await deliver(atA, message('completed', 'CA-split')),
        )
      })
      const unavailable = { status: 503, result: 'unavailable' }
      t.match(answers, [
        { result: 'applied' },
        { result: 'applied' },
        { result: 'applied' },
        unavailable,
        unavailable,
        { result: 'applied' },
        { result: 'applied' },
        { status: 200, result: 'applied' },
      ])
      const from = answers[0]!['firstSilentSample'] as number
      const [begin, end] = [silent.map(([begin]) => begin!), silent.map(([, end]) => end!)]
      const closed = Math.max(...end.filter((_, i) => begin[i]! <= from))
      t.ok(Math.min(...begin) <= from && closed === Math.max(...end), 'the call was closed all the while')
      t.ok(closed < 20 * RATE_HZ, 'and is heard again in the end')
    },
  )
})
