/**
 * Keys that mean something: the caller's, which say who consents, and the agent's star codes. Everybody else's, and every
 * key of a call whose policy asks for neither, are forgotten as they come.
 */
import type { DigitReport } from '../detectors/detector.js'
import type { CallStart } from '../media/frame.js'
import { msOf } from '../media/time.js'
import { type KeyPress, KeyPresses } from '../policy/key-presses.js'
import type { PolicyOptions } from '../policy/options.js'
import type { CallSignal } from '../policy/signal.js'
import { StarCodes } from '../policy/star-codes.js'
import type { Timeline } from '../timeline/timeline.js'
import type { CallSignals, SignalOutcome } from './call-signals.js'
import type { CallTally } from './call-tally.js'
import type { Listeners } from './listeners.js'

export interface CallKeysParts {
  readonly call: CallStart
  readonly policy: PolicyOptions
  readonly timeline: Timeline
  readonly clockRateHz: number
  readonly listeners: Listeners
  readonly signals: CallSignals
  readonly tally: CallTally
  /** The call's other streams, and those to come, follow what its keys have said here. */
  signalled(signal: CallSignal, outcome: SignalOutcome): void
}

/** One step per kind for all star codes of a call, whatever they are: keys have no ids, and one press more renews it. */
const KEYED = { signalId: 'keys', ttlMs: null, actor: null, issuedAtMs: null, mayEnd: 'own' } as const

export class CallKeys {
  readonly #presses: KeyPresses | null
  readonly #codes: StarCodes
  readonly #certain: KeyPress[] = []
  readonly #heardTo: (track: number) => number

  constructor(private readonly parts: CallKeysParts) {
    const { call, policy, clockRateHz, listeners } = parts
    const hasMeaning = policy.consent.mode !== 'none' || Object.keys(policy.starCodes.codes).length > 0
    this.#presses = hasMeaning ? new KeyPresses(call.tracks, clockRateHz) : null
    this.#codes = new StarCodes(policy.starCodes, clockRateHz)
    this.#heardTo = (track) => listeners.heardToSample(track)
  }

  /** The PBX has reported a key. */
  reported(track: number | null, digit: string, sample: number): void {
    this.#presses?.reported(track, digit, sample)
  }

  /** Takes what detectors have read, and carries out what is certain by now. Hot: nothing happens without keys. */
  settle(digits: readonly DigitReport[], nowMs: number): void {
    if (this.#presses === null) return
    for (const { track, digit, startSample } of digits) this.#presses.heard(track, digit, startSample)
    const { leadSample } = this.parts.timeline
    this.#presses.settle(this.#heardTo, leadSample, this.#certain)
    this.#codes.expire(leadSample)
    for (const press of this.#certain)
      if (press.side === 'caller') this.#callerPressed(press, nowMs)
      else this.#agentPressed(press, nowMs)
    this.#certain.length = 0
  }

  #callerPressed(press: KeyPress, nowMs: number): void {
    const { signals } = this.parts
    if (signals.isCardKey(press.sample)) return
    const state = signals.consent.answerOf(press)
    if (state === null) return
    this.#say({ ...KEYED, kind: 'consent', state, origin: 'caller-key' }, press.sample, nowMs)
  }

  #agentPressed(press: KeyPress, nowMs: number): void {
    const code = this.#codes.press(press)
    if (code === null) return
    const { kind, state, atSample } = code
    this.#say({ ...KEYED, kind, state, origin: 'star-code' }, atSample, nowMs)
  }

  #say(signal: CallSignal, atSample: number, nowMs: number): void {
    const { signals, tally, timeline, clockRateHz } = this.parts
    const outcome = signals.receive(signal, nowMs, { fromSample: atSample })
    tally.signalled(resultOf(outcome), msOf(timeline.leadSample - atSample, clockRateHz))
    if (isDone(outcome)) this.parts.signalled(signal, outcome)
  }
}

const isDone = ({ kind }: SignalOutcome): boolean =>
  ['applied', 'late', 'heard', 'ended', 'noted'].includes(kind)

/** The answer that a key gets from nobody, for the count. */
const resultOf = ({ kind }: SignalOutcome): string => {
  switch (kind) {
    case 'late':
    case 'forbidden':
      return kind
    case 'several-open':
      return 'ambiguous'
    case 'nothing-open':
    case 'newer':
    case 'not-asked':
      return 'unknown'
    default:
      return 'applied'
  }
}
