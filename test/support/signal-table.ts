/** A call into which signals go wrong, as a table says: what is answered, and which samples of its recording are silent. */
import type { Test } from 'tap'
import { policySchema } from '../../proxy/policy/options.js'
import { verifyLedger } from './ledger-folder.js'
import { calmCall, isSilence, type LiveProxy, liveProxy, mulaw, RATE_HZ, until } from './live-proxy.js'
import { signedDelivery, webhookConfig } from './webhook.js'

/** Calls of two hums, so many times as fast as people speak. */
export const SPEED = 10
const CALL_SECONDS = 4
/** Longer than between two looks at the leases, ms. */
const LOOK_MS = 100
const KEY = 'correct-horse-battery-staple'
const STRANGERS_KEY = 'another-horse-another-staple'
/** The hold-back is longer than any wait for an answer. */
const policy = policySchema.parse({ holdBackMs: 2000, payment: { lookBackMs: 100, addressBy: ['agentId'] } })

interface Room {
  readonly live: LiveProxy
  /** Minted for the first call before it begins. */
  readonly token: string
  readonly clock: SteppedClock
}

type Answer = Readonly<Record<string, unknown>>

/** Something that happens when the calls are at `at`, seconds; before they begin where that is negative. */
export interface Act {
  readonly at: number
  readonly does: (room: Room) => Promise<Answer> | Answer
  /** What is answered. */
  readonly is: object
}

type Range = readonly [fromSeconds: number, toSeconds: number]

export interface Row {
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

export const postTo = async (
  adminPort: number,
  path: string,
  body: object,
  key?: string,
): Promise<Answer> => {
  const response = await fetch(`http://127.0.0.1:${adminPort}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
  })
  return { status: response.status, ...((await response.json()) as object) }
}

/** A back end says something of a call's step `p1`. */
export const desk =
  (state: string, more: object = {}, { call = 'CA1', key = KEY } = {}): Act['does'] =>
  ({ live }) =>
    post(live, `calls/${call}/payment`, { state, signalId: 'p1', ...more }, key)

/** The same of whichever call agent 7 has. */
export const agent = (state: string): Act['does'] => desk(state, {}, { call: 'by/agentId/7' })

/** Another tenant's back end. */
export const stranger = (state: string, call = 'CA1'): Act['does'] =>
  desk(state, {}, { call, key: STRANGERS_KEY })

/** The payment page, by its token. */
export const page =
  (state: string, view?: string): Act['does'] =>
  ({ live, token }) =>
    post(live, 'payment', { token, state, ...(view !== undefined && { view }) })

/** Whoever has the page's token shows it for another call or step than its own. */
export const thief =
  (call: string, signalId?: string): Act['does'] =>
  ({ live, token }) =>
    post(live, `calls/${call}/payment`, { state: 'started', signalId: signalId ?? 'order-1' }, token)

/** A payment provider, whose clock is right, says it of the first call; the second time it is the same delivery again. */
export const delivery = (type: 'created' | 'completed'): Act['does'] => {
  let signed: ReturnType<typeof signedDelivery> | null = null
  return async ({ live }) => {
    signed ??= signedDelivery({ type, id: 'order-9', call: 'CA1' }, Date.now())
    const url = `http://127.0.0.1:${live.proxy.adminPort}/v1/webhooks/${webhookConfig.name}`
    const response = await fetch(url, { method: 'POST', ...signed })
    return { status: response.status, ...((await response.json()) as object) }
  }
}

export const clock =
  (move: (clock: SteppedClock) => void): Act['does'] =>
  (room) => {
    move(room.clock)
    return {}
  }

/** Nothing is said for so long that the lease has run out. */
export const leaseRunsOut: Act['does'] = async ({ live }) => {
  await until(
    async () => (await live.figure('hushfork_leases_expired_total{reason="payment"}')) === 1,
    'it has',
  )
  return {}
}

/** Whether a lease has run out by now; the process looks many times a second. */
export const notExpired: Act['does'] = async ({ live }) => {
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  const expired = await live.figure('hushfork_leases_expired_total{reason="payment"}')
  if (expired > 0) throw new Error('a lease has run out by the wall clock')
  return {}
}

export const applied = (firstSilentSeconds: number, more: object = {}) => ({
  status: 200,
  result: 'applied',
  firstSilentSample: firstSilentSeconds * RATE_HZ,
  lateMs: 0,
  repeated: false,
  ...more,
})
export const cleared = (fromSeconds: number, more: object = {}) => ({
  status: 200,
  result: 'applied',
  clearFromSample: fromSeconds * RATE_HZ,
  repeated: false,
  ...more,
})
export const pending = { status: 202, result: 'pending' }
export const unknown = (detail: string) => ({ status: 404, result: 'unknown', detail })
export const refused = (status: number, reason: string) => ({ status, result: 'forbidden', reason })
export const nothing = {}

export const NO_STEP = 'no such step is open'
export const NO_CALL = 'no such call is here'
export const HAS_ENDED = 'this step has ended: a new step needs a new signalId'
export const ENDED_FIRST = 'the end of this step came first: no more than the look-back is silent'
export const EXPIRED = 'hushfork_leases_expired_total{reason="payment"}'
export const refusals = (reason: string) => `hushfork_requests_refused_total{reason="${reason}"}`

/** Runs once as many calls as there are have come to it, while all of them stand still. */
export const meeting = (callCount: number, run: () => Promise<void>): (() => Promise<void>) => {
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

export const sample = (seconds: number): number => Math.round(seconds * RATE_HZ)

/** Index of the first sample that is not as expected; -1: none. */
export const firstDifference = (samples: Int16Array, expected: Int16Array): number =>
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

/** Plays the row's calls with what goes wrong in them, and holds the answers and the recordings against the row. */
export const playRow = async (t: Test, row: Row): Promise<void> => {
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
      webhooks: [webhookConfig],
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
  t.match(await verifyLedger(live.ledgerDirectory), { fault: null }, 'its ledger hangs together')
}
