/** The calls of this process as the API sees them: who answers signals, and what can be told of a call. */
import type { Tenants } from '../access/principal.js'
import type { Clock } from '../base/clock.js'
import type { CallsWanted, CallView } from '../directory/call-view.js'
import type { Directory } from '../directory/directory.js'
import { stepKinds } from '../policy/signal.js'
import type { CallAddress, CallRegistry, LiveStream } from '../session/call-registry.js'
import type { Signal, SignalAnswer } from '../session/signal.js'

/** Finds the call of a signal, in this process or another one, and brings its answer. */
export interface SignalRouter {
  signal(signal: Signal): Promise<SignalAnswer>
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

/** The calls of a book that another process wants. */
export const wantedOf = (book: CallBook, { callId, tenants }: CallsWanted): Promise<readonly CallView[]> =>
  callId === null ? book.list(tenants ?? '*') : book.find(callId, tenants ?? '*')

/** How old a list of calls elsewhere may be, ms: whoever watches looks more often, and each list is every host's work. */
const LISTED_MS_MAX = 1_000
/** Lists that are remembered, one for each set of tenants. */
const LISTS_MAX = 64

interface Listed {
  readonly atMs: number
  readonly views: Promise<readonly CallView[]>
}

/** Those that are here, and those elsewhere. */
export const fleetCalls = (here: CallBook, peers: Directory, clock: Clock): CallBook => {
  const lists = new Map<string, Listed>()
  const listElsewhere = (tenants: readonly string[] | null): Listed['views'] => {
    const key = JSON.stringify(tenants)
    const known = lists.get(key)
    const nowMs = clock.nowMs()
    if (known !== undefined && nowMs - known.atMs < LISTED_MS_MAX) return known.views
    const views = peers.calls({ callId: null, tenants })
    lists.delete(key)
    lists.set(key, { atMs: nowMs, views })
    if (lists.size > LISTS_MAX) lists.delete(lists.keys().next().value!)
    return views
  }
  return fleetBook(here, peers, listElsewhere)
}

const fleetBook = (
  here: CallBook,
  peers: Directory,
  listElsewhere: (tenants: readonly string[] | null) => Promise<readonly CallView[]>,
): CallBook => ({
  async list(tenants) {
    const [own, others] = await Promise.all([here.list(tenants), listElsewhere(tenantListOf(tenants))])
    return [...own, ...others]
  },
  async find(callId, tenants) {
    const wanted = { callId, tenants: tenantListOf(tenants) }
    const [own, others] = await Promise.all([here.find(callId, tenants), peers.calls(wanted)])
    return [...own, ...others]
  },
  async isAnothers(address, tenants) {
    const hasElsewhere = (whose: Tenants): boolean =>
      peers.find({ address, tenants: tenantListOf(whose) }).length > 0
    return (await here.isAnothers(address, tenants)) || (!hasElsewhere(tenants) && hasElsewhere('*'))
  },
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
