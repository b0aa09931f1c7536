import type { StepKind } from '../../proxy/policy/signal.js'
import type { CallSession } from '../../proxy/session/call-session.js'
import { consentSignal, stepSignal } from './signals.js'

/** The pad after every step, ms. */
const PAD_AFTER_MS = 40
const samples = (ms: number): number => ms * 8

const pick = <T>(random: () => number, of: readonly T[]): T => of[Math.floor(random() * of.length)]!

/** Kinds of steps beside payment, with what an emergency lifts of them: written down here a second time, on purpose. */
const KINDS = ['hold', 'transfer', 'manual', 'personal', 'emergency'] as const
const LIFTED: readonly string[] = ['hold', 'transfer', 'personal', 'consent']
/** A personal call is silent from its first sample: in a calm call nothing of that has left by then. */
const PERSONAL_FRAMES_MAX = 12
const OPEN_MAX = 3

interface Range {
  readonly kind: string
  readonly id: string
  /** By the policy. */
  readonly fromSample: number
  /** By the answer to the signal: from here on it must be silent, whatever had left. */
  readonly promisedSample: number
  toSample: number
}

/** What a policy says of signals in one simulated call. */
export const drawSignals = (random: () => number, paymentLookBackMs: number) => {
  const step = () => ({ lookBackMs: pick(random, [0, 60, 200]), padAfterMs: PAD_AFTER_MS })
  const manual = { lookBackMs: pick(random, [null, 100]), padAfterMs: PAD_AFTER_MS }
  return {
    isStormy: random() < 0.7,
    paymentLookBackMs,
    policy: {
      hold: step(),
      transfer: step(),
      manual,
      personal: { padAfterMs: PAD_AFTER_MS },
      emergency: { lookBackMs: pick(random, [0, 0, 200]) },
      consent: { mode: pick(random, ['none', 'none', 'opt-in', 'opt-out']) },
    },
  }
}
export type SignalDraw = ReturnType<typeof drawSignals>

/**
 * Signals of every kind at random times, nested and not, given and refused, and those whose sender may not; beside it a book
 * of what must be silent for them, kept by the rules of the documentation and not by the code's.
 */
export class SignalStorm {
  readonly #ranges: Range[] = []
  readonly #open: Range[] = []
  readonly #faults: string[] = []
  #serial = 0

  constructor(
    private readonly draw: SignalDraw,
    private readonly isCalm: boolean,
    private readonly random: () => number,
  ) {
    if (draw.policy.consent.mode === 'opt-in') this.#begin('consent', 'consent', 0, 0)
  }

  /** Signals that were answered otherwise than they should have been. */
  get faults(): readonly string[] {
    return this.#faults
  }

  /** Before the nth frame, when the newest sample is `leadSample`. */
  blow(n: number, leadSample: number, session: CallSession, nowMs: number): void {
    if (!this.draw.isStormy) return
    if (this.random() < 0.06) this.#step(n, leadSample, session, nowMs)
    if (this.random() < 0.03) this.#trespass(session, nowMs)
    if (this.random() < 0.03 && this.draw.policy.consent.mode !== 'none')
      this.#agree(leadSample, session, nowMs)
  }

  /** Every [from, to) that is due to be silent, and from where on it must be, less what an emergency has lifted. */
  settle(
    totalSamples: number,
    silent: (fromSample: number, promisedSample: number, toSample: number) => void,
  ): void {
    const lifts = this.#ranges.filter(({ kind }) => kind === 'emergency')
    for (const { kind, fromSample, promisedSample, toSample } of this.#ranges) {
      if (kind === 'emergency') continue
      const isLifted = (at: number): boolean =>
        LIFTED.includes(kind) && lifts.some((lift) => lift.fromSample <= at && at < lift.toSample)
      for (let at = Math.max(0, fromSample); at < Math.min(toSample, totalSamples); ) {
        const start = at
        while (at < Math.min(toSample, totalSamples) && !isLifted(at)) at++
        if (at > start) silent(start, promisedSample, at)
        else at++
      }
    }
  }

  #step(n: number, leadSample: number, session: CallSession, nowMs: number): void {
    const kind = pick(this.random, KINDS)
    const open = this.#open.filter((range) => range.kind === kind)
    if (open.length > 0 && (open.length === OPEN_MAX || this.random() < 0.6)) {
      const range = pick(this.random, open)
      const outcome = session.signal(stepSignal(kind, 'ended', range.id), nowMs)
      if (outcome.kind !== 'ended') this.#faults.push(`${kind} ended: ${outcome.kind}`)
      this.#end(range, leadSample + (kind === 'emergency' ? 0 : samples(PAD_AFTER_MS)))
      return
    }
    if (kind === 'personal' && n > PERSONAL_FRAMES_MAX && this.isCalm) return
    const id = `${kind}-${++this.#serial}`
    const outcome = session.signal(stepSignal(kind, 'started', id), nowMs)
    const promised =
      outcome.kind === 'applied' || outcome.kind === 'late' ? outcome.firstSilentSample : Infinity
    if (promised === Infinity && kind !== 'emergency') this.#faults.push(`${kind} started: ${outcome.kind}`)
    this.#begin(kind, id, this.#startOf(kind, leadSample), promised)
  }

  /** Senders that may not, and names that nobody has: nothing changes, so nothing is written down. */
  #trespass(session: CallSession, nowMs: number): void {
    const kind = pick<StepKind>(this.random, [...KINDS, 'payment'])
    const open = this.#open.find((range) => range.kind === kind)
    const stranger = pick(this.random, [
      { origin: 'caller-key', mayEnd: 'any' },
      { origin: 'payment-page', mayEnd: 'own' },
    ] as const)
    const ended = session.signal(stepSignal(kind, 'ended', open?.id ?? 'x', stranger), nowMs)
    if (ended.kind === 'ended') this.#faults.push(`${kind} ended by ${stranger.origin}`)
    const started = session.signal(stepSignal(kind, 'started', 'x', { origin: 'caller-key' }), nowMs)
    if (started.kind !== 'forbidden') this.#faults.push(`${kind} started by a caller's key`)
  }

  #agree(leadSample: number, session: CallSession, nowMs: number): void {
    const state = pick(this.random, ['given', 'refused', 'withdrawn', 'asked'] as const)
    const outcome = session.signal(consentSignal(state, `consent-${++this.#serial}`), nowMs)
    const open = this.#open.find(({ kind }) => kind === 'consent')
    if (state === 'given' && open !== undefined) this.#end(open, leadSample)
    if ((state === 'refused' || state === 'withdrawn') && open === undefined)
      this.#begin(
        'consent',
        'consent',
        leadSample,
        outcome.kind === 'applied' || outcome.kind === 'late' ? outcome.firstSilentSample : 0,
      )
  }

  #startOf(kind: (typeof KINDS)[number], leadSample: number): number {
    if (kind === 'personal') return 0
    return leadSample - samples(this.draw.policy[kind].lookBackMs ?? this.draw.paymentLookBackMs)
  }

  #begin(kind: string, id: string, fromSample: number, promisedSample: number): void {
    const range = { kind, id, fromSample, promisedSample, toSample: Infinity }
    this.#ranges.push(range)
    this.#open.push(range)
  }

  #end(range: Range, toSample: number): void {
    range.toSample = Math.max(range.fromSample, toSample)
    this.#open.splice(this.#open.indexOf(range), 1)
  }
}
