import type { StepSignal } from '../../proxy/policy/signal.js'
import {
  aliasOf,
  type CallAddress,
  CallRegistry,
  type LiveStream,
} from '../../proxy/session/call-registry.js'
import { ControlPlane } from '../../proxy/session/control-plane.js'
import { type KeptJournal, noJournal } from '../../proxy/session/kept-signals.js'
import type { Signal, SignalAnswer } from '../../proxy/session/signal.js'
import { callStart, sessionCall } from './session-call.js'
import { stepSignal } from './signals.js'
import { toyDetector } from './toy-detector.js'

/** What the sessions' detector looks for, and never hears. */
const NO_TONE_PCM = -1

/** How a test names a call: `call:CA1`, or `agent=7` for an alias. */
export const addressOf = (text: string): CallAddress => {
  const [key, value] = text.split('=')
  if (value !== undefined) return { kind: 'alias', key: key!, value }
  return { kind: 'call', callId: text }
}

/** One live stream: its session, and how it ends. */
export interface RoomStream extends ReturnType<typeof sessionCall> {
  readonly stream: LiveStream
  /** The fork of this stream is over; its call may go on. */
  leave(): void
}

/**
 * A control plane with real sessions: 8,000 Hz, hold-back 100 ms, payment look-back 40 ms = 320 samples, pad after 20 ms =
 * 160 samples, lease 10 s (session-call.ts). A policy may change that.
 */
export const controlRoom = (policy: object = {}, journal: KeptJournal = noJournal) => {
  const registry = new CallRegistry()
  const control = new ControlPlane(registry, journal)
  let serial = 0

  /** A stream of a call begins at `nowMs`, as the edge says it. */
  const begin = (
    callId: string,
    aliases: readonly string[] = [],
    nowMs = 0,
    tenant = 'default',
  ): RoomStream => {
    const parts = sessionCall({
      policy,
      call: { ...callStart(), callId },
      detectors: [toyDetector('tones', 0, NO_TONE_PCM)],
    })
    const stream: LiveStream = {
      session: parts.session,
      callId,
      streamId: `stream-${++serial}`,
      dialect: 'toy',
      tenant,
      aliases: aliases.map((alias) => {
        const [key, value] = alias.split('=')
        return aliasOf(key!, value!)
      }),
    }
    parts.begin()
    registry.add(stream)
    control.streamStarted(stream, nowMs)
    return { ...parts, stream, leave: () => registry.remove(stream) }
  }

  const signal =
    (state: StepSignal['state']) =>
    (
      address: string,
      signalId: string,
      parts: Partial<StepSignal> & Partial<Pick<Signal, 'tenants'>> = {},
      nowMs = 0,
    ): SignalAnswer =>
      control.signal(
        { tenants: null, ...stepSignal('payment', state, signalId, parts), address: addressOf(address) },
        nowMs,
      )

  return { registry, control, begin, start: signal('started'), end: signal('ended') }
}

/** Whether what a session plays now would leave silent. */
export const isSilent = ({ session }: RoomStream): boolean => session.openSinceMs() !== Infinity
