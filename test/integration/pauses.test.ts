// A proxy that sleeps between its looks at the sockets: the same calls, whole and silent where they should be.
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { policySchema } from '../../proxy/policy/options.js'
import { calmCall, checkKept, keyedCall, liveProxy, mulaw, until, uwsMissing } from '../support/live-proxy.js'

/** Room for a pause of 60 ms: (1000 - 540) / 3. */
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

t.test('a signal is answered while the process sleeps most of the time', async (t) => {
  const live = await liveProxy(t, { policy, pauseMs: 60 })
  const answersMs: number[] = []
  await live.play('CA2', calmCall(6), {
    speed: 4,
    cues: [1000, 2000, 3000].map((atMs) => ({
      atMs,
      run: async () => {
        const beganMs = performance.now()
        t.match(await live.pay('CA2', { state: atMs === 2000 ? 'ended' : 'started', signalId: `${atMs}` }), {
          status: 200,
        })
        answersMs.push(performance.now() - beganMs)
      },
    })),
  })
  t.comment(`answers after ${answersMs.map(Math.round)} ms`)
})

t.test('a storm of connections is not taken one a pause', async (t) => {
  const live = await liveProxy(t, { policy, pauseMs: 60, callsMax: 200 })
  const beganMs = performance.now()
  const sockets = Array.from({ length: 100 }, () => new WebSocket(live.url))
  await Promise.all(sockets.map((socket) => once(socket, 'open')))
  const tookMs = performance.now() - beganMs
  for (const socket of sockets) socket.terminate()
  t.ok(tookMs < 5500, `100 connections in ${Math.round(tookMs)} ms; one a pause would be 6 s`)
})
