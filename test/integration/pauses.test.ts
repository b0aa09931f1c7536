// A proxy that reads its calls once a pause: the same calls, whole and silent where they should be, and signals that wait for nothing.
import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { dialects } from '../../proxy/dialects/index.js'
import type { Log } from '../../proxy/edge/log.js'
import type { WireMessage } from '../../proxy/media/wire.js'
import { type PolicyOptions, policySchema } from '../../proxy/policy/options.js'
import {
  calmCall,
  checkKept,
  isSilence,
  keyedCall,
  type LiveProxy,
  liveProxy,
  mulaw,
  RATE_HZ,
  simulatedPbx,
  until,
  uwsMissing,
} from '../support/live-proxy.js'
import { selfSigned } from '../support/self-signed.js'

/** Room for a pause of 60 ms: (1000 - 540) x 0.6 is 276. */
const policy = policySchema.parse({ holdBackMs: 1000, payment: { lookBackMs: 100 } })

const whole = 'a call comes through whole, its keys silent, and nothing leaves later than the hold-back'

const comesThrough = (engine: 'node' | 'uws') => async (t: Test) => {
  const live = await liveProxy(t, { policy, pauseMs: 60, engine })
  const pcm = keyedCall()
  await live.play('CA1', pcm, { speed: 2 })
  await until(() => live.recordings().has('CA1'), 'recorded')
  checkKept(t, pcm, live.recordings().get('CA1')!.pcm, mulaw)
  const added = (le: string): Promise<number> =>
    live.figure(`hushfork_frame_latency_seconds_bucket{stage="total_added",le="${le}"}`)
  const [inTime, all] = [await added('0.02'), await added('+Inf')]
  // A machine that has others to serve makes some late; a pause behind the hold-back would make two of three.
  t.ok(inTime > all / 2, `${inTime} of ${all} frames leave within 20 ms of it`)
}

t.test(whole, comesThrough('node'))
t.test(`${whole}, read by uWebSockets.js`, { skip: uwsMissing() }, comesThrough('uws'))

/** 500 ms of pause: of what has been sent, most of the time most is unread. A step ends 20 ms behind its signal. */
const PAUSE_MS = 500
const roomy = policySchema.parse({ holdBackMs: 3000, payment: { lookBackMs: 0, padAfterMs: 20 } })

/** A call in real time, and how much of it has been sent. */
const talking = async (live: LiveProxy, callId: string) => {
  const [pcm] = calmCall(20)
  const socket = new WebSocket(live.url, { rejectUnauthorized: false })
  const out: WireMessage[] = []
  const pbx = simulatedPbx(dialects.twilio, live.url, callId)
  const flush = (): void => {
    for (const { data, isBinary } of out.splice(0)) socket.send(data, { binary: isBinary })
  }
  await once(socket, 'open')
  pbx.opened(performance.now(), out)
  const beganMs = performance.now()
  let sentSamples = 0
  const timer = setInterval(() => {
    while ((sentSamples * 1000) / RATE_HZ < performance.now() - beganMs) {
      const frame = pcm!.subarray(sentSamples, sentSamples + 160)
      pbx.audio([frame, frame], performance.now(), out)
      sentSamples += 160
    }
    flush()
  }, 20)
  return {
    get sentSamples() {
      return sentSamples
    },
    async hangUp() {
      clearInterval(timer)
      pbx.hangUp(performance.now(), out)
      flush()
      socket.close(1000)
      await until(() => live.recordings().has(callId), 'recorded')
    },
  }
}

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** @param gapMs between two steps: something of what is sent then is heard */
const signalled = (isEncrypted: boolean, stepCount: number, gapMs: number) => async (t: Test) => {
  const live = await liveProxy(t, { policy: roomy, pauseMs: PAUSE_MS, tls: isEncrypted ? selfSigned : null })
  const call = await talking(live, 'CA2')
  await passed(PAUSE_MS + 100)
  const steps: { fromSample: number; untilSample: number; heardFromSample: number }[] = []
  let answersMs = 0
  const signal = async (state: 'started' | 'ended', signalId: string): Promise<void> => {
    const beganMs = performance.now()
    t.equal((await live.pay('CA2', { state, signalId })).status, 200)
    answersMs += performance.now() - beganMs
  }
  for (let step = 0; step < stepCount; step++) {
    await signal('started', `${step}`)
    const fromSample = call.sentSamples
    await passed(130)
    const untilSample = call.sentSamples
    // It is on its way before the signal is.
    await passed(15)
    await signal('ended', `${step}`)
    steps.push({ fromSample, untilSample, heardFromSample: call.sentSamples + 320 })
    await passed(gapMs)
  }
  await call.hangUp()
  t.ok(answersMs < 2 * stepCount * PAUSE_MS, `${2 * stepCount} signals took ${Math.round(answersMs)} ms`)
  const [caller] = live.recordings().get('CA2')!.pcm
  for (const [i, { fromSample, untilSample, heardFromSample }] of steps.entries()) {
    t.ok(
      isSilence(caller!.subarray(fromSample, untilSample)),
      `step ${i}: all that was sent before its end is silent`,
    )
    const heard = caller!.subarray(heardFromSample, steps[i + 1]?.fromSample)
    if (!isEncrypted)
      t.notOk(isSilence(heard.subarray(0, 320)), `step ${i}: what was sent behind it is heard`)
  }
  t.notOk(isSilence(caller!.subarray(0, 0.4 * RATE_HZ)), 'and so is what was before them')
}

t.test('a signal waits for no pause, and what is unread counts as sent before it', signalled(false, 10, 160))
t.test(
  'encrypted, a signal waits for none either, and ends behind what may be unread',
  signalled(true, 3, 2 * PAUSE_MS),
)

const inAStorm = (engine: 'node' | 'uws') => async (t: Test) => {
  const live = await liveProxy(t, { policy, pauseMs: 60, callsMax: 200, engine })
  const beganMs = performance.now()
  const sockets = Array.from({ length: 100 }, () => new WebSocket(live.url))
  await Promise.all(sockets.map((socket) => once(socket, 'open')))
  const tookMs = performance.now() - beganMs
  for (const socket of sockets) socket.terminate()
  t.ok(tookMs < 5500, `100 connections in ${Math.round(tookMs)} ms; one a pause would be 6 s`)
}

t.test('a storm of connections is not taken one a pause', inAStorm('node'))
t.test(
  'a storm of connections is not taken one a pause by uWebSockets.js',
  { skip: uwsMissing() },
  inAStorm('uws'),
)

t.test('a hold-back that has no room for a pause is told, and by which policy', async (t) => {
  const told = async (policy: PolicyOptions, pauseMs: number): Promise<object[]> => {
    const lines: { policies?: string }[] = []
    const log: Log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
    await liveProxy(t, { policy, pauseMs, log })
    return lines.flatMap(({ policies }) => (policies === undefined ? [] : [{ policies }]))
  }
  const narrow = policySchema.parse({ holdBackMs: 1000, payment: { lookBackMs: 900 } })
  t.same(await told(narrow, PAUSE_MS), [{ policies: 'quick' }])
  t.same(await told(narrow, 0), [], 'nobody has asked for one')
  t.same(await told(roomy, PAUSE_MS), [])
})

/** Dials one connection after the other, in a thread of its own: where the process sleeps, whoever dials is awake. */
const dialler = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { WebSocket } = require('ws')
  const dial = (left) => {
    if (left === 0) return parentPort.postMessage('open')
    new WebSocket(workerData.url, { rejectUnauthorized: false }).once('open', () => dial(left - 1))
  }
  dial(workerData.connections)
`

t.test(
  'what an encrypted connection takes to begin does not wait step by step while uWebSockets.js reads calls',
  { skip: uwsMissing() },
  async (t) => {
    const folder = t.testdir({ 'cert.pem': selfSigned.cert, 'key.pem': selfSigned.key })
    const paths = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') }
    const tls = { ...selfSigned, paths }
    const live = await liveProxy(t, { policy: roomy, pauseMs: PAUSE_MS, tls, engine: 'uws' })
    const call = await talking(live, 'CA3')
    await passed(PAUSE_MS + 100)
    const beganMs = performance.now()
    const workerData = { url: live.url.href, connections: 9 }
    const worker = new Worker(dialler, { eval: true, workerData })
    await once(worker, 'message')
    const tookMs = performance.now() - beganMs
    await call.hangUp()
    await worker.terminate()
    t.ok(tookMs < 4000, `9 connections in ${Math.round(tookMs)} ms; a look for each step would be 7 s`)
  },
)
