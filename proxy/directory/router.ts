/**
 * Finds the processes that have a signal's call, and brings one answer.
 *
 * A call that is here is told here, whatever the directory can say. While it is split off, nobody knows what else an
 * address means: what only closes is done here and kept for the rest; what would open a call found by metadata is not done.
 */
import type { CallAddress } from '../session/call-registry.js'
import { type ControlPlane, isSilencing } from '../session/control-plane.js'
import { type CallRef, refKey } from '../session/kept-signals.js'
import type { Signal, SignalAnswer } from '../session/signal.js'
import type { CallPlace } from './call-map.js'
import { mergeAnswers } from './merge.js'

/** The other processes. */
export interface Peers {
  /** `split`: nothing of the others can be known just now. */
  readonly state: 'ok' | 'split'
  /** Where else calls are that the signal means. */
  find(signal: Pick<Signal, 'address' | 'tenants'>): readonly CallPlace[]
  /** What that process answers; null when it does not, in time. */
  ask(instance: string, signal: Signal): Promise<SignalAnswer | null>
}

/** The calls that are here: of this process, or of all those that a primary answers for. */
export interface HereCalls {
  find(address: CallAddress, tenants: readonly string[] | null): readonly CallRef[]
}

/** Who answers for them. */
export interface HereControl extends Pick<ControlPlane, 'keepOrWithdraw' | 'hasStep'> {
  signal(signal: Signal, nowMs: number): SignalAnswer | Promise<SignalAnswer>
}

export interface RouterParts {
  readonly registry: HereCalls
  readonly control: HereControl
  readonly peers: Peers
  /** Monotonic, ms. */
  nowMs(): number
}

/** A share of a signal: for calls here (null) or of another process. */
interface Share {
  readonly instance: string | null
  readonly signal: Signal
}

export class DirectoryRouter {
  constructor(private readonly parts: RouterParts) {}

  async signal(signal: Signal): Promise<SignalAnswer> {
    const { control, registry, peers } = this.parts
    const here = registry.find(signal.address, signal.tenants)
    if (peers.state === 'split') return this.#whileSplit(signal, here.length > 0)
    const elsewhere = peers.find(signal)
    if (elsewhere.length === 0) return control.signal(signal, this.parts.nowMs())
    const isSeveral = new Set([...here, ...elsewhere.map(({ ref }) => ref)].map(refKey)).size > 1
    if (isSeveral && !isSilencing(signal) && !isEnd(signal)) return severalOpen
    const all: CallPlace[] = [...here.map((ref) => ({ instance: '', ref })), ...elsewhere]
    const shares = isSeveral && isEnd(signal) ? this.#meant(signal, all) : sharesOf(signal, all)
    if (shares.length === 0) return severalNamed
    const answers = await Promise.all(shares.map((share) => this.#ask(share)))
    if (answers.includes(null)) control.keepOrWithdraw(signal, this.parts.nowMs())
    return mergeAnswers(signal, answers)
  }

  /** An end that means several calls ends in those that have its very step, each by its name. */
  #meant(signal: Signal, places: readonly CallPlace[]): Share[] {
    return places
      .filter(({ ref }) => this.parts.control.hasStep(ref, signal))
      .map(({ instance, ref: { tenant, callId } }) => ({
        instance: instance === '' ? null : instance,
        signal: { ...signal, address: { kind: 'call', callId }, tenants: [tenant] },
      }))
  }

  async #ask({ instance, signal }: Share): Promise<SignalAnswer | null> {
    const { control, peers, nowMs } = this.parts
    return instance === null ? control.signal(signal, nowMs()) : peers.ask(instance, signal)
  }

  #whileSplit(signal: Signal, isHere: boolean): SignalAnswer | Promise<SignalAnswer> {
    const { control, nowMs } = this.parts
    const isCertain = signal.address.kind === 'call' || isSilencing(signal)
    if (isHere && isCertain) return control.signal(signal, nowMs())
    control.keepOrWithdraw(signal, nowMs())
    return splitOff
  }
}

const isEnd = ({ kind, state }: Signal): boolean => kind !== 'consent' && state === 'ended'

/** One for each process. */
const sharesOf = (signal: Signal, places: readonly CallPlace[]): Share[] =>
  [...new Set(places.map(({ instance }) => instance))].map((instance) => ({
    instance: instance === '' ? null : instance,
    signal,
  }))

const nothing = { streams: [], isRepeated: false } as const
const severalOpen: SignalAnswer = {
  ...nothing,
  result: 'ambiguous',
  detail: 'several calls match and nothing has changed in any of them: name the call',
}
const severalNamed: SignalAnswer = {
  ...nothing,
  result: 'ambiguous',
  detail: 'several calls match and none has a step of this signalId: nothing has ended',
}
const splitOff: SignalAnswer = {
  ...nothing,
  result: 'unavailable',
  detail:
    'this process cannot reach the directory: nothing has been opened, and a start is kept for its call; repeat it',
}
