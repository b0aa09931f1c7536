/** The calls of this process as the API sees them: who answers signals, and what can be told of a call. */
import type { Tenants } from '../access/principal.js'
import type { Clock } from '../base/clock.js'
import { type StepKind, stepKinds } from '../policy/signal.js'
import type { CallAddress, CallRegistry, LiveStream } from '../session/call-registry.js'
import type { ControlPlane } from '../session/control-plane.js'
import type { RedactedRun } from '../session/redaction-log.js'
import type { Signal, SignalAnswer } from '../session/signal.js'

/** Finds the call of a signal, in this process or another one, and brings its answer. */
export interface SignalRouter {
  signal(signal: Signal): Promise<SignalAnswer>
}

/** What is public of a stream. */
export interface CallView {
  readonly callId: string
  readonly streamId: string
  readonly dialect: string
  readonly tenant: string
  /** Roles by track. */
  readonly tracks: readonly string[]
  /** For how long each kind of step has been open, seconds; those that are not are left out. */
  readonly openSeconds: Readonly<Partial<Record<StepKind, number>>>
  /** What has left silent so far; only where one call was asked for. */
  readonly spans: readonly RedactedRun[]
  /** How far the slowest detector is behind the newest audio, ms. */
  readonly detectorLagMs: number
}

/** What calls there are. */
export interface CallBook {
  list(tenants: Tenants): Promise<readonly CallView[]>
  /** The streams of one call; none when it is not here, or not theirs. */
  find(callId: string, tenants: Tenants): Promise<readonly CallView[]>
  /** Whether the address means calls, and none of them is theirs. */
  isAnothers(address: CallAddress, tenants: Tenants): Promise<boolean>
}

/** Tenants as signals carry them. */
export const tenantListOf = (tenants: Tenants): readonly string[] | null => (tenants === '*' ? null : tenants)

export const localRouter = (control: ControlPlane, clock: Clock): SignalRouter => ({
  signal: async (signal) => control.signal(signal, clock.nowMs()),
})

export const localCalls = (registry: CallRegistry, clock: Clock): CallBook => {
  const streamsOf = (address: CallAddress, tenants: Tenants): readonly LiveStream[] =>
    registry.find(address, tenantListOf(tenants))
  const view = (stream: LiveStream): CallView => viewOf(stream, clock.nowMs(), [])
  return {
    list: async (tenants) =>
      [...registry.streams].filter(({ tenant }) => tenants === '*' || tenants.includes(tenant)).map(view),
    find: async (callId, tenants) =>
      streamsOf({ kind: 'call', callId }, tenants).map((stream) =>
        viewOf(stream, clock.nowMs(), stream.session.summary().runs),
      ),
    isAnothers: async (address, tenants) =>
      streamsOf(address, tenants).length === 0 && streamsOf(address, '*').length > 0,
  }
}

const viewOf = (
  { session, callId, streamId, dialect, tenant }: LiveStream,
  nowMs: number,
  spans: CallView['spans'],
): CallView => ({
  callId,
  streamId,
  dialect,
  tenant,
  tracks: session.call?.tracks.map(({ role }) => role) ?? [],
  spans,
  detectorLagMs: session.detectorLagMs,
  openSeconds: Object.fromEntries(
    stepKinds.flatMap((kind) => {
      const sinceMs = session.openSinceMs(kind)
      return sinceMs === Infinity ? [] : [[kind, Math.round((nowMs - sinceMs) / 1000)]]
    }),
  ),
})
