// Two proxies and a real nats-server: which is stopped and started, killed off and cut away in mid-call. Calls of two hums
// at 8,000 Hz and four times their pace; hold-back 500 ms, look-back 100 ms. The directory beats at four times its pace too:
// split after 1.6 s instead of 6.5.
import t from 'tap'
import { BEAT_MS } from '../../proxy/directory/nats-directory.io.js'
import { policySchema } from '../../proxy/policy/options.js'
import {
  calmCall,
  isSilence,
  type LiveProxy,
  liveProxy,
  quickPolicy,
  RATE_HZ,
  type Recording,
  until,
} from '../support/live-proxy.js'
import { CutWire, NatsServer, natsMissing, natsOptions } from '../support/nats.js'

const SPEED = 4
const beatMs = BEAT_MS / 4
const kept = async (live: LiveProxy, callId: string): Promise<Recording> => {
  await until(() => live.recordings().has(callId), 'the recording is kept')
  return live.recordings().get(callId)!
}

const tell = async (live: LiveProxy, callId: string, state: 'started' | 'ended', signalId = 'page-1') =>
  (await live.pay(callId, { state, signalId })).body

const isUp = (live: LiveProxy) => async (): Promise<boolean> =>
  (await live.figure('hushfork_directory_up')) === 1
const isSplit = (live: LiveProxy) => async (): Promise<boolean> => !(await isUp(live)())
const isIdle = (live: LiveProxy) => async (): Promise<boolean> =>
  (await live.figure('hushfork_directory_backlog')) === 0

/** The call is here: its step's answer has a stream. */
const isFound = async (
  live: LiveProxy,
  callId: string,
  signalId: string,
): Promise<Record<string, unknown>> => {
  let answer: Record<string, unknown> = {}
  await until(async () => {
    answer = await tell(live, callId, 'started', signalId)
    return answer['result'] === 'applied'
  }, 'the signal is applied')
  return answer
}

const silentFrom = ({ pcm }: Recording, from: number, to = pcm[0]!.length): boolean =>
  pcm.every((track) => isSilence(track.subarray(from, to)))
const heardIn = ({ pcm }: Recording, from: number, to: number): boolean =>
  pcm.every((track) => !isSilence(track.subarray(from, to)))

t.test('over NATS', { skip: natsMissing }, async (t) => {
  const server = await NatsServer.start(t)
  const nats = natsOptions(server.port)

  t.test('a signal finds its call at another process, and its answer is the truth', async (t) => {
    const [a, b] = [await liveProxy(t, { nats, beatMs }), await liveProxy(t, { nats, beatMs })]
    const answers: Record<string, unknown>[] = []
    await a.play('CA-remote', calmCall(6), {
      speed: SPEED,
      cues: [
        { atMs: 2000, run: async () => void answers.push(await isFound(b, 'CA-remote', 'page-1')) },
        { atMs: 4000, run: async () => void answers.push(await tell(b, 'CA-remote', 'ended')) },
      ],
    })
    const recording = await kept(a, 'CA-remote')
    const [started, ended] = answers as { result: string; streams: Record<string, number>[] }[]
    t.equal(started!.result, 'applied')
    t.equal(ended!.result, 'applied')
    const [from, to] = [started!.streams[0]!['firstSilentSample']!, ended!.streams[0]!['clearFromSample']!]
    t.ok(silentFrom(recording, from, to))
    t.ok(heardIn(recording, 200, from))
    t.ok(heardIn(recording, to, recording.pcm[0]!.length))
    t.ok((await b.figure('hushfork_directory_asks_total{result="answered"}')) >= 2)
  })

  t.test('a signal that comes before its call waits wherever the call turns up', async (t) => {
    const [a, b] = [await liveProxy(t, { nats, beatMs }), await liveProxy(t, { nats, beatMs })]
    t.match(await tell(b, 'CA-early', 'started'), { result: 'pending' })
    await until(isIdle(b), 'the start is told')
    await a.play('CA-early', calmCall(2), { speed: SPEED })
    t.ok(silentFrom(await kept(a, 'CA-early'), 0))
  })

  t.test('an end that comes before its start ends it, whichever process the two reach', async (t) => {
    const [a, b] = [await liveProxy(t, { nats, beatMs }), await liveProxy(t, { nats, beatMs })]
    const send = async (live: LiveProxy, state: 'started' | 'ended', second: number) =>
      (await live.pay('CA-late', { state, signalId: 'page-1', issuedAt: `2026-01-01T10:00:0${second}Z` }))
        .body
    t.match(await send(a, 'ended', 2), { result: 'unknown' })
    await until(isIdle(a), 'the end is told')
    let answer: Record<string, unknown> = {}
    await until(async () => {
      answer = await send(b, 'started', 1)
      return answer['result'] === 'unknown'
    }, 'the other has heard')
    t.match(answer, { detail: /the end of this step came first/ })
    t.match(await send(b, 'started', 3), { result: 'pending' }, 'a later start is another one')
  })

  t.test(
    'metadata finds calls at several processes: all are silent, and an end ends its step in each',
    async (t) => {
      const policy = policySchema.parse({
        ...quickPolicy,
        payment: { ...quickPolicy.payment, addressBy: ['agent'] },
      })
      const [a, b] = [
        await liveProxy(t, { nats, beatMs, policy }),
        await liveProxy(t, { nats, beatMs, policy }),
      ]
      const starts: { result?: string; streams?: unknown[] }[] = []
      const ends: object[] = []
      const ask = async (state: string): Promise<Record<string, unknown>> => {
        const response = await fetch(`http://127.0.0.1:${a.proxy.adminPort}/v1/calls/by/agent/7/payment`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ state, signalId: 'desk' }),
        })
        return (await response.json()) as Record<string, unknown>
      }
      const metadata = { agent: '7' }
      const isKnown = (callId: string) => async (): Promise<boolean> =>
        (await fetch(`http://127.0.0.1:${a.proxy.adminPort}/v1/calls/${callId}`)).ok
      const start = async (): Promise<void> => {
        await until(isKnown('CA-one'), 'the one is here')
        await until(isKnown('CA-two'), 'the other is known')
        starts.push(await ask('started'))
      }
      // The one is long enough to be there when the other ends, however unevenly they are played.
      await Promise.all([
        a.play('CA-one', calmCall(14), { speed: SPEED, metadata }),
        b.play('CA-two', calmCall(6), {
          speed: SPEED,
          metadata,
          cues: [
            { atMs: 2000, run: start },
            { atMs: 4000, run: async () => void ends.push(await ask('ended')) },
          ],
        }),
      ])
      t.match(starts, [{ result: 'ambiguous' }])
      t.equal(starts[0]!.streams!.length, 2)
      t.match(ends, [{ result: 'applied' }])
      t.notOk(silentFrom(await kept(a, 'CA-one'), 13 * RATE_HZ))
      t.notOk(silentFrom(await kept(b, 'CA-two'), 5 * RATE_HZ))
    },
  )

  t.test(
    'a process goes in a payment step: where the PBX comes back, its first sample is silent',
    async (t) => {
      const [a, b] = [await liveProxy(t, { nats, beatMs }), await liveProxy(t, { nats, beatMs })]
      const play = a
        .play('CA-moved', calmCall(20), {
          speed: SPEED,
          cues: [{ atMs: 1000, run: async () => void (await isFound(b, 'CA-moved', 'page-1')) }],
        })
        .catch(() => {})
      await until(
        async () => (await a.figure('hushfork_span_open_seconds{reason="payment"}')) > 0,
        'it is open',
      )
      await a.proxy.drain(0)
      await play
      await b.play('CA-moved', calmCall(3), {
        speed: SPEED,
        cues: [{ atMs: 1500, run: async () => void (await tell(b, 'CA-moved', 'ended')) }],
      })
      const recording = await kept(b, 'CA-moved')
      t.ok(silentFrom(recording, 0, 1.4 * RATE_HZ))
      t.ok(heardIn(recording, 2.5 * RATE_HZ, 3 * RATE_HZ))
    },
  )

  t.test(
    'NATS stops in mid-call: the span stays closed, calls elsewhere are unavailable, then it is as before',
    async (t) => {
      const [a, b] = [await liveProxy(t, { nats, beatMs }), await liveProxy(t, { nats, beatMs })]
      const answers: Record<string, unknown>[] = []
      await a.play('CA-split', calmCall(20), {
        speed: SPEED,
        cues: [
          {
            atMs: 1000,
            async run() {
              answers.push(await isFound(b, 'CA-split', 'page-1'))
              await server.stop()
              await until(isSplit(b), 'the split is seen')
              answers.push(await tell(b, 'CA-split', 'ended'))
              answers.push(await tell(a, 'CA-split', 'started', 'page-2'))
              await server.start()
              await Promise.all([until(isUp(a), 'a is back'), until(isUp(b), 'b is back')])
              answers.push(await tell(b, 'CA-split', 'ended'))
              answers.push(await tell(b, 'CA-split', 'ended', 'page-2'))
            },
          },
        ],
      })
      t.match(answers, [
        { result: 'applied' },
        { result: 'unavailable', streams: [] },
        { result: 'applied' },
        { result: 'applied' },
        { result: 'applied' },
      ])
      const { firstSilentSample } = (answers[0]!['streams'] as { firstSilentSample: number }[])[0]!
      const { clearFromSample } = (answers[4]!['streams'] as { clearFromSample: number }[])[0]!
      const recording = await kept(a, 'CA-split')
      t.ok(silentFrom(recording, firstSilentSample, clearFromSample))
      t.ok(heardIn(recording, clearFromSample, recording.pcm[0]!.length))
    },
  )

  t.test(
    'a process is cut off in mid-call: nobody claims to know, and what was said meanwhile holds then',
    async (t) => {
      const wire = await CutWire.to(t, server.port)
      const [a, b] = [
        await liveProxy(t, { nats: natsOptions(wire.port), beatMs }),
        await liveProxy(t, { nats, beatMs }),
      ]
      const answers: Record<string, unknown>[] = []
      await a.play('CA-cut', calmCall(20), {
        speed: SPEED,
        cues: [
          {
            atMs: 1000,
            async run() {
              answers.push(await isFound(b, 'CA-cut', 'page-1'))
              wire.cut()
              answers.push(await tell(b, 'CA-cut', 'ended'))
              answers.push(await tell(b, 'CA-cut', 'started', 'page-2'))
              await until(isSplit(a), 'the split is seen')
              wire.mend()
              await until(isUp(a), 'a is back')
              answers.push(await tell(b, 'CA-cut', 'ended', 'page-1'))
              answers.push(await tell(b, 'CA-cut', 'ended', 'page-2'))
            },
          },
        ],
      })
      t.match(answers, [
        { result: 'applied' },
        { result: 'unavailable', streams: [] },
        { result: 'unavailable', streams: [] },
        { result: 'applied' },
        { result: 'applied' },
      ])
      const { firstSilentSample } = (answers[0]!['streams'] as { firstSilentSample: number }[])[0]!
      const { clearFromSample } = (answers[4]!['streams'] as { clearFromSample: number }[])[0]!
      const recording = await kept(a, 'CA-cut')
      t.ok(silentFrom(recording, firstSilentSample, clearFromSample))
      t.ok(heardIn(recording, clearFromSample, recording.pcm[0]!.length))
    },
  )

  t.test('policy says that calls which begin in a split are silent until it is over', async (t) => {
    const wire = await CutWire.to(t, server.port)
    const policy = policySchema.parse({ ...quickPolicy, whenSplit: 'start-silent' })
    const a = await liveProxy(t, { nats: natsOptions(wire.port), beatMs, policy })
    wire.cut()
    await until(isSplit(a), 'the split is seen')
    let mendedAtSample = 0
    await a.play('CA-careful', calmCall(12), {
      speed: SPEED,
      cues: [
        {
          atMs: 1000,
          async run() {
            wire.mend()
            await until(isUp(a), 'a is back')
            mendedAtSample = 1
          },
        },
      ],
    })
    const recording = await kept(a, 'CA-careful')
    t.equal(mendedAtSample, 1)
    t.match(recording.sidecar.spans[0], { reason: 'split', track: null, startSample: 0, endSample: RATE_HZ })
    t.ok((await a.figure('hushfork_redacted_seconds_total{reason="split"}')) >= 2)
    t.ok(silentFrom(recording, 0, RATE_HZ))
    t.ok(heardIn(recording, recording.pcm[0]!.length - RATE_HZ, recording.pcm[0]!.length))
  })
})

t.test('a proxy starts without its directory, and says so', { skip: natsMissing }, async (t) => {
  const server = await NatsServer.start(t)
  await server.stop()
  const a = await liveProxy(t, { nats: natsOptions(server.port), beatMs })
  t.equal(await a.figure('hushfork_directory_up'), 0)
  t.match(await tell(a, 'CA-nobody', 'started'), { result: 'unavailable' })
  await server.start()
  await until(isUp(a), 'it is found')
  t.match(await tell(a, 'CA-nobody', 'started', 'page-2'), { result: 'pending' })
})
