// What breaks in production, done on purpose: the other calls go on, nothing unjudged passes, and what no recorder gets is
// counted. Calls of two hums at 8,000 Hz, 50 frames of 20 ms a second on each track.
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { dialects } from '../../proxy/dialects/index.js'
import type { WireMessage } from '../../proxy/media/wire.js'
import {
  calmCall,
  checkKept,
  keyedCall,
  type LiveProxy,
  liveProxy,
  mulaw,
  simulatedPbx,
  until,
} from '../support/live-proxy.js'
import { deadUrl, killableRecorder, wsRecorder } from '../support/recorders.js'
import { rng } from '../support/rng.js'

/** The frames of a track that a recorder of JSON messages was sent, by position in ms. */
const framesOf = (messages: readonly Record<string, unknown>[], track: string): number[] =>
  messages.flatMap((message) => {
    const media = message['media'] as { track: string; timestamp: string } | undefined
    return media?.track === track ? [Number(media.timestamp)] : []
  })

const nothingUnjudgedPassed = async (t: Test, live: LiveProxy): Promise<void> => {
  t.equal(await live.figure('hushfork_unjudged_passed_seconds_total'), 0)
  t.equal(await live.figure('hushfork_leak_suspected_total'), 0)
}

const isOver = (live: LiveProxy) => async () =>
  (await live.figure('hushfork_calls{dialect="twilio",tenant="default"}')) === 0

t.test(
  'a recorder that is killed and comes back is told the start again, then what it missed, in order',
  async (t) => {
    const recorder = await killableRecorder(t)
    const live = await liveProxy(t, { recorder: await recorder.start() })
    await live.play('CA1', calmCall(8), {
      speed: 4,
      cues: [
        { atMs: 2000, run: () => recorder.kill() },
        { atMs: 4000, run: async () => void (await recorder.start()) },
      ],
    })
    const [before, after] = recorder.messages as [Record<string, unknown>[], Record<string, unknown>[]]
    await until(() => after.at(-1)?.['event'] === 'stop', 'the second recorder hears the end')
    t.same(
      after.slice(0, 2).map(({ event }) => event),
      ['connected', 'start'],
    )
    for (const track of ['inbound', 'outbound']) {
      const [first, second] = [framesOf(before, track), framesOf(after, track)]
      t.same(
        first,
        first.map((_, i) => i * 20),
        `${track}: the first has the call from its beginning`,
      )
      t.same(
        second,
        second.map((_, i) => second[0]! + i * 20),
        `${track}: the second misses nothing from there on`,
      )
      t.equal(second.at(-1), 7980, `${track}: to its end`)
      t.comment(
        `${track}: ${second[0]! - first.at(-1)! - 20} ms were in the killed process or on their way to it`,
      )
    }
    t.equal(await live.figure('hushfork_recorder_lost_seconds_total'), 0)
    await nothingUnjudgedPassed(t, live)
  },
)

t.test('a recorder that stays away costs the rest of the call, which is counted to the sample', async (t) => {
  const recorder = await killableRecorder(t)
  const live = await liveProxy(t, { recorder: await recorder.start(), redialSeconds: 1 })
  await live.play('CA1', calmCall(8), { speed: 4, cues: [{ atMs: 2000, run: () => recorder.kill() }] })
  await until(isOver(live), 'the call is over')
  await until(
    async () => (await live.figure('hushfork_recorder_links{state="lost"}')) === 0,
    'the link is given up',
  )
  const written =
    framesOf(recorder.messages[0]!, 'inbound').length + framesOf(recorder.messages[0]!, 'outbound').length
  const lost = (await live.figure('hushfork_recorder_lost_seconds_total')) * 50
  t.ok(lost >= 500 && lost + written <= 800, `${written} frames of 800 stored, ${lost} counted as lost`)
  t.comment(`${800 - written - lost} frames of 800 were in the killed process or on their way to it`)
  await nothingUnjudgedPassed(t, live)
})

t.test('a recorder that was never there costs the whole call, and the PBX does not notice', async (t) => {
  const live = await liveProxy(t, { recorder: await deadUrl(), redialSeconds: 1 })
  await live.play('CA1', calmCall(8), { speed: 4 })
  await until(
    async () => Math.round(await live.figure('hushfork_recorder_lost_seconds_total')) === 16,
    'both tracks of 8 s are counted',
  )
  await nothingUnjudgedPassed(t, live)
})

t.test(
  'a recorder that stops reading fills its queue and no more; the rest is counted, the PBX is read on',
  async (t) => {
    const { url, sockets } = await wsRecorder(t, (socket) => socket.pause())
    const live = await liveProxy(t, { recorder: url })
    let backlog = 0
    await live.play('CA1', calmCall(400), {
      speed: 400,
      cues: [
        {
          atMs: 399_000,
          run: async () => {
            backlog = await live.figure('hushfork_recorder_backlog_bytes')
          },
        },
      ],
    })
    t.ok(backlog > 0 && backlog <= (4 << 20) + (64 << 10), `a backlog of ${backlog} bytes`)
    const lost = await live.figure('hushfork_recorder_lost_seconds_total')
    t.ok(lost > 0 && lost < 800, `${lost} s of 800 s of audio given up`)
    await nothingUnjudgedPassed(t, live)
    for (const socket of sockets) socket.terminate()
  },
)

/** A simulated Twilio on a socket of its own, for calls that do not end as they should. */
const openFork = async (live: LiveProxy, callId: string) => {
  const pbx = simulatedPbx(dialects.twilio, live.url, callId)
  const socket = new WebSocket(live.url)
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const send = (speak: (out: WireMessage[]) => void): void => {
    const out: WireMessage[] = []
    speak(out)
    for (const { data, isBinary } of out) socket.send(data, { binary: isBinary })
  }
  send((out) => pbx.opened(0, out))
  return { socket, say: (pcm: readonly Int16Array[]) => send((out) => pbx.audio(pcm, 0, out)) }
}

t.test('a PBX that vanishes without a word leaves a whole recording, its last keys silent', async (t) => {
  const live = await liveProxy(t)
  const fork = await openFork(live, 'CA1')
  const pcm = keyedCall()
  fork.say(pcm)
  await until(
    async () => (await live.figure('hushfork_frames_total{verdict="pass"}')) > 0,
    'the call is heard',
  )
  fork.socket.terminate()
  await until(() => live.recordings().size === 1, 'the recording is kept')
  const { pcm: kept, sidecar } = live.recordings().get('CA1')!
  t.match(sidecar, { endReason: 'pbx-lost', lostSamples: 0 })
  checkKept(t, pcm, kept, mulaw)
  await until(isOver(live), 'the call is over')
  await nothingUnjudgedPassed(t, live)
})

t.test(
  'garbage in a call, seed 7: each bad message is counted, the audio between is kept as it came',
  async (t) => {
    const live = await liveProxy(t)
    const random = rng(7)
    const fork = await openFork(live, 'CA1')
    const pcm = keyedCall()
    for (let at = 0; at < pcm[0]!.length; at += 160) {
      fork.say(pcm.map((samples) => samples.subarray(at, at + 160)))
      const isBinary = random() < 0.5
      // Text that is no UTF-8 would end the connection with 1007, by RFC 6455 section 8.1.
      const top = isBinary ? 256 : 128
      const length = Math.floor(random() * 200)
      fork.socket.send(Buffer.from(Array.from({ length }, () => Math.floor(random() * top))), {
        binary: isBinary,
      })
      if (random() < 0.3) fork.socket.send('{"event":"media","media":{"track":"inbound","payload":7}}')
    }
    fork.socket.close(1000)
    await until(() => live.recordings().size === 1, 'the recording is kept')
    checkKept(t, pcm, live.recordings().get('CA1')!.pcm, mulaw)
    await nothingUnjudgedPassed(t, live)
  },
)

t.test(
  'random bytes on the port, 200 connections, seed 11: a call beside them is kept whole, the heap stays small',
  async (t) => {
    const live = await liveProxy(t, { callsMax: 50 })
    const random = rng(11)
    const upgrade =
      'GET /fork HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
    const before = process.memoryUsage().heapUsed
    const hostile = Array.from({ length: 200 }, async (_, i) => {
      const socket = connect({ host: '127.0.0.1', port: Number(live.url.port) })
      socket.on('error', () => undefined).resume()
      const gone = new Promise((resolve) => socket.once('close', resolve))
      if (i % 2 === 0) socket.write(upgrade)
      for (let n = 0; n < 8; n++) {
        socket.write(randomBytes(1 + Math.floor(random() * 4096)))
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      socket.destroySoon()
      await gone
    })
    const pcm = keyedCall()
    await live.play('CA1', pcm, { speed: 8 })
    await Promise.all(hostile)
    await until(() => live.recordings().has('CA1'), 'the recording is kept')
    checkKept(t, pcm, live.recordings().get('CA1')!.pcm, mulaw)
    const grownMegabytes = (process.memoryUsage().heapUsed - before) / 1e6
    t.ok(grownMegabytes < 200, `the heap grew by ${Math.round(grownMegabytes)} MB`)
    await until(isOver(live), 'no call is left')
  },
)
