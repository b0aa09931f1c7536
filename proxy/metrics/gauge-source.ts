/** How a link to a recorder stands: being dialled, in use, or gone and to be redialled. */
export const linkStates = ['connecting', 'open', 'lost'] as const
export type LinkState = (typeof linkStates)[number]

/** What a thread beside the media loop does: lost ones are starting again, one that is behind is asked nothing more until it has caught up. */
export const threadStates = ['starting', 'listening', 'behind'] as const
export type ThreadState = (typeof threadStates)[number]

/** Calls in progress that share a dialect and a tenant. */
export interface CallCount {
  readonly dialect: string
  readonly tenant: string
  readonly count: number
}

/** Of a process that writes no ledger. */
export const noLedgerFigures = { sequence: 0, backlog: 0, copied: 0 } as const

/** What the calls of a process come to. */
export interface CallGauges {
  /** Include the configured forks that have no call just now, so that an autoscaler reads 0 instead of nothing. */
  readonly calls: readonly CallCount[]
  /** Processes that carry calls: this one, or none. */
  readonly processes: number
  /** Threads that listen for spoken numbers, by what they do; none where nobody has them listen. */
  readonly speechThreads: Readonly<Record<ThreadState, number>>
  /** Age of the oldest step of each kind that is still open; 0 when none is. */
  readonly oldestOpenSpanSeconds: Readonly<Record<string, number>>
  /** Bytes of judged messages that wait for recorders, over all links. */
  readonly recorderBacklogBytes: number
  readonly recorderLinks: Readonly<Record<LinkState, number>>
  /** Bytes held back in timelines, over all calls. */
  readonly heldBytes: number
}

/** What nobody counts as it happens, but whoever knows it tells when asked. */
export interface Gauges extends CallGauges {
  /** Number of the newest entry on disk and in the copy, and entries that wait; 0 without a ledger, or a copy. */
  readonly ledger: { readonly sequence: number; readonly backlog: number; readonly copied: number }
  /** Whether other processes can be reached, and what waits to be told to them. */
  readonly directory: { readonly isTogether: boolean; readonly backlog: number }
}

/** Asked once a scrape: a look at every call finds most of what it has far from the processor. */
export type GaugeSource = () => Gauges

/** Of a process that carries no calls. */
export const noCallGauges: CallGauges = {
  calls: [],
  processes: 0,
  speechThreads: { starting: 0, listening: 0, behind: 0 },
  oldestOpenSpanSeconds: {},
  recorderBacklogBytes: 0,
  recorderLinks: { connecting: 0, open: 0, lost: 0 },
  heldBytes: 0,
}
