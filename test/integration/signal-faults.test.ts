// Signals that go wrong, as a table (docs/faults.md has it for readers): what is answered, and of the recorded audio which
// samples are silent. All others are as they were sent. Calls of two hums at 8,000 Hz, 4 s, ten times as fast as people speak;
// look-back 100 ms, pad after 500 ms, so that a step from 1 s to 2 s is silent from 0.9 s to 2.5 s. The hold-back of 2 s is longer
// than any wait for an answer.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { RecorderEvent } from '../../proxy/dialects/dialect.js'
import { dialects } from '../../proxy/dialects/index.js'
import { WAV_HEADER_BYTES } from '../../proxy/media/wav-header.js'
import { policySchema } from '../../proxy/policy/options.js'
import { killableProxy } from '../support/killable-proxy.js'
import {
  calmCall,
  decodedMulaw,
  isSilence,
  type LiveProxy,
  liveProxy,
  mulaw,
  playCall,
  RATE_HZ,
  tracksOf,
  until,
} from '../support/live-proxy.js'
import { dialectRecorder } from '../support/recorders.js'

const SPEED = 10
const CALL_SECONDS = 4
const KEY = 'correct-horse-battery-staple'
const STRANGERS_KEY = 'another-horse-another-staple'
const policy = policySchema.parse({ holdBackMs: 2000, payment: { lookBackMs: 100, addressBy: ['agentId'] } })

interface Room {
  readonly live: LiveProxy
  /** Minted for the first call before it begins. */
  readonly token: string
  readonly clock: SteppedClock
}

type Answer = Readonly<Record<string, unknown>>

/** Something that happens when the calls are at `at`, seconds; before they begin where that is negative. */
interface Act {
  readonly at: number
  readonly does: (room: Room) => Promise<Answer> | Answer
  /** What is answered. */
  readonly is: object
}

type Range = readonly [fromSeconds: number, toSeconds: number]

interface Row {
  readonly name: string
  readonly acts: readonly Act[]
  /** All that is silent, by call. */
  readonly silent: Readonly<Record<string, readonly Range[]>>
  /** Figures of the metrics page when it is over. */
  readonly figures?: Readonly<Record<string, number>>
  readonly tenant?: string
}

/** The machine's clocks, each put ahead or back by hand. */
class SteppedClock {
  #aheadMs = 0
  #epochAheadMs = 0

  nowMs(): number {
    return performance.now() + this.#aheadMs
  }

  epochMs(): number {
    return Date.now() + this.#epochAheadMs
  }

  /** Somebody sets the wall clock. */
  step(seconds: number): void {
    this.#epochAheadMs += seconds * 1000
  }

  /** Time passes. */
  wait(seconds: number): void {
    this.#aheadMs += seconds * 1000
    this.#epochAheadMs += seconds * 1000
  }
}

const post = (live: LiveProxy, path: string, body: object, key?: string): Promise<Answer> =>
  postTo(live.proxy.adminPort, path, body, key)

const postTo = async (adminPort: number, path: string, body: object, key?: string): Promise<Answer> => {
  const response = await fetch(`http://127.0.0.1:${adminPort}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
  })
  return { status: response.status, ...((await response.json()) as object) }
}

/** A back end says something of a call's step `p1`. */
const desk =
  (state: string, more: object = {}, { call = 'CA1', key = KEY } = {}): Act['does'] =>
  ({ live }) =>
    post(live, `calls/${call}/payment`, { state, signalId: 'p1', ...more }, key)

/** The same of whichever call agent 7 has. */
const agent = (state: string): Act['does'] => desk(state, {}, { call: 'by/agentId/7' })

/** Another tenant's back end. */
const stranger = (state: string, call = 'CA1'): Act['does'] => desk(state, {}, { call, key: STRANGERS_KEY })

/** The payment page, by its token. */
const page =
  (state: string, view?: string): Act['does'] =>
  ({ live, token }) =>
    post(live, 'payment', { token, state, ...(view !== undefined && { view }) })

/** Whoever has the page's token shows it for another call or step than its own. */
const thief =
  (call: string, signalId?: string): Act['does'] =>
  ({ live, token }) =>
    post(live, `calls/${call}/payment`, { state: 'started', signalId: signalId ?? 'order-1' }, token)

const clock =
  (move: (clock: SteppedClock) => void): Act['does'] =>
  (room) => {
    move(room.clock)
    return {}
  }

/** Nothing is said for so long that the lease has run out. */
const leaseRunsOut: Act['does'] = async ({ live }) => {
  await until(
    async () => (await live.figure('hushfork_leases_expired_total{reason="payment"}')) === 1,
    'it has',
  )
  return {}
}

const applied = (firstSilentSeconds: number, more: object = {}) => ({
  status: 200,
  result: 'applied',
  firstSilentSample: firstSilentSeconds * RATE_HZ,
  lateMs: 0,
  repeated: false,
  ...more,
})
const cleared = (fromSeconds: number, more: object = {}) => ({
  status: 200,
  result: 'applied',
  clearFromSample: fromSeconds * RATE_HZ,
  repeated: false,
  ...more,
})
const pending = { status: 202, result: 'pending' }
const unknown = (detail: string) => ({ status: 404, result: 'unknown', detail })
const refused = (status: number, reason: string) => ({ status, result: 'forbidden', reason })
const nothing = {}

const NO_STEP = 'no such step is open'
const NO_CALL = 'no such call is here'
const HAS_ENDED = 'this step has ended: a new step needs a new signalId'
const ENDED_FIRST = 'the end of this step came first: no more than the look-back is silent'
const EXPIRED = 'hushfork_leases_expired_total{reason="payment"}'
const refusals = (reason: string) => `hushfork_requests_refused_total{reason="${reason}"}`

const rows: readonly Row[] = [
  {
    name: 'start lost: its heartbeat is a start',
    acts: [
      { at: 2, does: desk('started'), is: applied(1.9) },
      { at: 3, does: desk('ended'), is: cleared(3.5) },
    ],
    silent: { CA1: [[1.9, 3.5]] },
  },
  {
    name: 'start lost: its end ends nothing',
    acts: [{ at: 2, does: desk('ended'), is: unknown(NO_STEP) }],
    silent: { CA1: [] },
  },
  {
    name: "start lost: its end leaves another's step closed",
    acts: [
      { at: 1, does: page('started'), is: applied(0.9) },
      { at: 2, does: desk('ended'), is: refused(403, 'anothers-step') },
    ],
    silent: { CA1: [[0.9, 4]] },
  },
  {
    name: 'start twice: the second renews the lease',
    acts: [
      { at: 1, does: desk('started'), is: applied(0.9) },
      { at: 2, does: desk('started'), is: applied(0.9, { repeated: true }) },
      { at: 3, does: desk('ended'), is: cleared(3.5) },
    ],
    silent: { CA1: [[0.9, 3.5]] },
  },
  {
    name: 'start twice, by two senders: each ends its own',
    acts: [
      { at: 1, does: desk('started'), is: applied(0.9) },
      { at: 1.5, does: page('started'), is: applied(1.4) },
      { at: 2, does: desk('ended'), is: cleared(2.5) },
      { at: 3, does: page('ended'), is: cleared(3.5) },
    ],
    silent: { CA1: [[0.9, 3.5]] },
  },
  {
    name: 'start after the end: a step that is over opens no more',
    acts: [
      { at: 1, does: desk('started'), is: applied(0.9) },
      { at: 2, does: desk('ended'), is: cleared(2.5) },
      { at: 3, does: desk('started'), is: { ...unknown(HAS_ENDED), repeated: true } },
    ],
    silent: { CA1: [[0.9, 2.5]] },
  },
  {
    name: 'end after the end: answered as the first',
    acts: [
      { at: 1, does: desk('started'), is: applied(0.9) },
      { at: 2, does: desk('ended'), is: cleared(2.5) },
      { at: 3, does: desk('ended'), is: cleared(2.5, { repeated: true }) },
    ],
    silent: { CA1: [[0.9, 2.5]] },
  },
  {
    name: 'end before the start, both dated: the look-back and the pad are silent',
    acts: [
      { at: 1, does: desk('ended', { issuedAt: '2026-11-22T10:00:02Z' }), is: unknown(NO_STEP) },
      {
        at: 2,
        does: desk('started', { issuedAt: '2026-11-22T10:00:01Z' }),
        is: applied(1.9, { detail: ENDED_FIRST }),
      },
    ],
    silent: { CA1: [[1.9, 2.5]] },
  },
  {
    name: 'end before the start, no dates: nobody knows that it is over, so it stays closed',
    acts: [
      { at: 1, does: desk('ended'), is: unknown(NO_STEP) },
      { at: 2, does: desk('started'), is: applied(1.9) },
    ],
    silent: { CA1: [[1.9, 4]] },
  },
  {
    name: 'unknown call: a start waits for it',
    acts: [
      { at: -1, does: desk('started'), is: pending },
      { at: 2, does: desk('ended'), is: cleared(2.5) },
    ],
    silent: { CA1: [[0, 2.5]] },
  },
  {
    name: 'unknown call: a start waits for its time to live, an end for nothing',
    acts: [
      { at: -1, does: desk('ended', {}, { call: 'CA9' }), is: unknown(NO_CALL) },
      { at: -1, does: desk('started', { ttlSeconds: 30 }), is: pending },
      { at: -1, does: clock((clock) => clock.wait(31)), is: nothing },
      { at: 2, does: desk('ended'), is: unknown(NO_STEP) },
    ],
    silent: { CA1: [] },
  },
  {
    name: 'two calls of one agent: both are silent until one is named',
    acts: [
      { at: 1, does: agent('started'), is: { status: 409, result: 'ambiguous', streams: { length: 2 } } },
      { at: 2, does: desk('started'), is: applied(0.9) },
      { at: 3, does: desk('ended'), is: cleared(3.5) },
    ],
    silent: { CA1: [[0.9, 3.5]], CA2: [[0.9, 2.5]] },
  },
  {
    name: 'two calls of one agent: where none is named, both are silent until the end',
    acts: [
      { at: 1, does: agent('started'), is: { status: 409, result: 'ambiguous', streams: { length: 2 } } },
      { at: 3, does: agent('ended'), is: { status: 200, result: 'applied', streams: { length: 2 } } },
    ],
    silent: { CA1: [[0.9, 3.5]], CA2: [[0.9, 3.5]] },
  },
  {
    name: 'end lost: the call stays closed when the lease is over',
    acts: [
      { at: 1, does: desk('started', { ttlSeconds: 1 }), is: applied(0.9) },
      { at: 2, does: leaseRunsOut, is: nothing },
    ],
    silent: { CA1: [[0.9, 4]] },
    figures: { [EXPIRED]: 1 },
  },
  {
    name: 'token replayed: a view that has ended starts nothing',
    acts: [
      { at: 1, does: page('started'), is: applied(0.9) },
      { at: 2, does: page('ended'), is: cleared(2.5) },
      { at: 3, does: page('started'), is: refused(403, 'token-spent') },
    ],
    silent: { CA1: [[0.9, 2.5]] },
    figures: { [refusals('token-spent')]: 1 },
  },
  {
    name: 'token replayed: two minutes after its step it starts nothing, whatever the view',
    acts: [
      { at: -1, does: page('started'), is: pending },
      { at: -1, does: page('ended'), is: { status: 404, result: 'unknown' } },
      { at: -1, does: clock((clock) => clock.wait(121)), is: nothing },
      { at: 2, does: page('started', 'later'), is: refused(403, 'token-spent') },
    ],
    silent: { CA1: [] },
    figures: { [refusals('token-spent')]: 1 },
  },
  {
    name: 'token replayed: it is good for no other call and no other step, and ends none',
    acts: [
      { at: 1, does: desk('started', {}, { call: 'CA2' }), is: applied(0.9) },
      { at: 2, does: thief('CA2'), is: refused(403, 'token-other-call') },
      { at: 2, does: thief('CA1', 'p1'), is: refused(403, 'token-other-step') },
    ],
    silent: { CA1: [], CA2: [[0.9, 4]] },
    figures: { [refusals('token-other-call')]: 1, [refusals('token-other-step')]: 1 },
  },
  {
    name: 'token expired in a step: it ends nothing, and the call stays closed',
    acts: [
      { at: 1, does: page('started'), is: applied(0.9) },
      { at: 1.5, does: clock((clock) => clock.step(906)), is: nothing },
      { at: 2, does: page('started'), is: refused(401, 'token-expired') },
      { at: 3, does: page('ended'), is: refused(401, 'token-expired') },
    ],
    silent: { CA1: [[0.9, 4]] },
    figures: { [refusals('token-expired')]: 2, [EXPIRED]: 0 },
  },
  {
    name: 'token expired before its step: refused, and the page is told',
    acts: [
      { at: -1, does: clock((clock) => clock.wait(906)), is: nothing },
      { at: 2, does: page('started'), is: refused(401, 'token-expired') },
    ],
    silent: { CA1: [] },
    figures: { [refusals('token-expired')]: 1 },
  },
  {
    name: "wrong tenant: another's call is not here, neither to close nor to open",
    tenant: 'acme',
    acts: [
      { at: 0.5, does: stranger('started'), is: pending },
      { at: 1, does: desk('started'), is: applied(0.9) },
      { at: 1.5, does: stranger('ended'), is: { status: 404, result: 'unknown' } },
      { at: 2, does: stranger('ended', 'by/agentId/7'), is: unknown(NO_CALL) },
      { at: 3, does: desk('ended'), is: cleared(3.5) },
    ],
    silent: { CA1: [[0.9, 3.5]] },
    figures: { [refusals('tenant')]: 3 },
  },
  {
    name: 'clock stepped an hour ahead, then back: samples and leases do not mind, tokens do',
    acts: [
      { at: 1, does: desk('started', { ttlSeconds: 60 }), is: applied(0.9) },
      { at: 1.2, does: clock((clock) => clock.step(3600)), is: nothing },
      { at: 1.4, does: page('started'), is: refused(401, 'token-expired') },
      { at: 1.5, does: desk('started', { ttlSeconds: 60 }), is: applied(0.9, { repeated: true }) },
      { at: 1.6, does: clock((clock) => clock.step(-7200)), is: nothing },
      { at: 1.8, does: page('started'), is: refused(401, 'token-invalid') },
      { at: 2, does: desk('ended'), is: cleared(2.5) },
      { at: 2.6, does: clock((clock) => clock.step(3600)), is: nothing },
      { at: 3, does: page('started'), is: applied(2.9) },
      { at: 3.2, does: page('ended'), is: cleared(3.7) },
    ],
    silent: {
      CA1: [
        [0.9, 2.5],
        [2.9, 3.7],
      ],
    },
    figures: { [EXPIRED]: 0, [refusals('token-expired')]: 1, [refusals('token-invalid')]: 1 },
  },
]

/** Runs once as many calls as there are have come to it, while all of them stand still. */
const meeting = (callCount: number, run: () => Promise<void>): (() => Promise<void>) => {
  let come = 0
  let isRun = (): void => {}
  const over = new Promise<void>((resolve) => {
    isRun = resolve
  })
  return async () => {
    if (++come === callCount) await run().finally(isRun)
    await over
  }
}

const sample = (seconds: number): number => Math.round(seconds * RATE_HZ)

/** Index of the first sample that is not as expected; -1: none. */
const firstDifference = (samples: Int16Array, expected: Int16Array): number =>
  samples.findIndex((value, i) => value !== expected[i])

/** Every sample of every track is silent where the table says so, and as it was sent everywhere else. */
const checkRecorded = (
  t: Test,
  sent: Int16Array,
  kept: readonly Int16Array[],
  silent: readonly Range[],
): void => {
  const expected = sent.map(mulaw)
  for (const [from, to] of silent) expected.fill(0, sample(from), sample(to))
  t.equal(kept.length, 2)
  for (const [track, samples] of kept.entries()) {
    t.equal(samples.length, sent.length, `track ${track} has as many samples`)
    t.equal(firstDifference(samples, expected), -1, `track ${track} is silent and heard where it should be`)
    for (const [from, to] of silent) t.ok(isSilence(samples.subarray(sample(from), sample(to))))
  }
}

for (const row of rows)
  t.test(row.name, async (t) => {
    const clock = new SteppedClock()
    const live = await liveProxy(t, {
      policy,
      clock,
      tenant: row.tenant ?? 'default',
      admin: {
        apiKeys: [
          { name: 'desk', key: KEY },
          { name: 'stranger', key: STRANGERS_KEY, tenants: ['another'] },
        ],
        mintKeys: [{ name: 'mint', secret: 'a-mint-key-of-thirty-two-characters' }],
      },
    })
    const minted = await post(live, 'tokens', { call: { callId: 'CA1' }, signalId: 'order-1' }, KEY)
    const room = { live, clock, token: minted['token'] as string }
    const act = async ({ at, does, is }: Act): Promise<void> => {
      t.match(await does(room), is, `at ${at} s`)
    }
    const calls = Object.keys(row.silent)
    const [early, cues] = [row.acts.filter(({ at }) => at < 0), row.acts.filter(({ at }) => at >= 0)]
    for (const before of early) await act(before)
    const meetings = cues.map((cue) => ({
      atMs: cue.at * 1000,
      run: meeting(calls.length, () => act(cue)),
    }))
    const pcm = calmCall(CALL_SECONDS)
    const parts = { speed: SPEED, cues: meetings, metadata: { agentId: '7' } }
    await Promise.all(calls.map((callId) => live.play(callId, pcm, parts)))
    for (const [callId, silent] of Object.entries(row.silent)) {
      await until(() => live.recordings().has(callId), 'the recording is kept')
      checkRecorded(t, pcm[0]!, live.recordings().get(callId)!.pcm, silent)
    }
    for (const [name, figure] of Object.entries(row.figures ?? {}))
      t.equal(await live.figure(name), figure, name)
    t.equal(await live.figure('hushfork_late_redaction_seconds_total'), 0, 'nothing was late')
  })

const KILLED_CALL_SECONDS = 8

/** What a recorder was sent of track 0. */
const heardOf = (events: readonly RecorderEvent[]): Int16Array => {
  const frames = events.flatMap((event) =>
    event.kind === 'media' && event.frame.stream === 0 ? [event.frame.payload] : [],
  )
  return decodedMulaw(Buffer.concat(frames))
}

/** What the embedded recorder has written of track 0 of its only call. */
const writtenOf = (directory: string): Int16Array => {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  const name = names.find((name) => name.endsWith('.wav.part'))
  const wav = name === undefined ? Buffer.alloc(0) : readFileSync(join(directory, name))
  return wav.length > WAV_HEADER_BYTES ? tracksOf(wav)[0]! : new Int16Array()
}

t.test('process killed in a step: its recorder, and its recordings on disk, have none of it', async (t) => {
  const folder = t.testdir({ recordings: {} })
  const recorder = await dialectRecorder(t, dialects.twilio)
  const twilio = { dialect: 'twilio', policy: 'quick' }
  const proxy = await killableProxy(t, {
    folder,
    forks: [
      { path: '/external', recorder: { url: recorder.url.href }, ...twilio },
      { path: '/embedded', recorder: 'embedded', ...twilio },
    ],
    policies: { quick: { holdBackMs: 600, payment: { lookBackMs: 100 } } },
  })
  const kept = [() => heardOf(recorder.events), () => writtenOf(join(folder, 'recordings'))]
  const pcm = calmCall(KILLED_CALL_SECONDS)
  const start = async (): Promise<void> => {
    for (const call of ['CA1', 'CA2'])
      t.match(
        await postTo(proxy.adminPort, `calls/${call}/payment`, { state: 'started', signalId: 'p1' }),
        applied(1.9),
      )
  }
  let isKilled = false
  const kill = async (): Promise<void> => {
    await until(() => kept.every((samples) => samples().length > sample(3)), 'what is silent is being kept')
    await proxy.kill()
    isKilled = true
  }
  const cues = [
    { atMs: 2000, run: meeting(2, start) },
    { atMs: 6000, run: meeting(2, kill) },
  ]
  // Whether the player sees its socket close before it has sent the rest is a matter of chance.
  await Promise.allSettled(
    proxy.forkUrls.map((url, i) => playCall(url, dialects.twilio, `CA${i + 1}`, pcm, { speed: SPEED, cues })),
  )
  t.ok(isKilled)
  for (const samples of kept.map((read) => read())) {
    const expected = pcm[0]!.map(mulaw).fill(0, sample(1.9))
    t.ok(samples.length > sample(3) && samples.length <= sample(6), `${samples.length} samples were kept`)
    t.equal(firstDifference(samples, expected), -1, 'heard up to the step, and silent in it')
  }
})
