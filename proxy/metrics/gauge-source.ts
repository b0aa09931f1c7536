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

/** What only the running calls can tell, asked at each scrape; implemented by whoever knows them. */
export interface GaugeSource {
  /** Include the configured forks that have no call just now, so that an autoscaler reads 0 instead of nothing. */
  calls(): Iterable<CallCount>
  /** Processes that carry calls: this one, or none. */
  processes(): number
  /** Threads that listen for spoken numbers, by what they do; none where nobody has them listen. */
  speechThreads(): Readonly<Record<ThreadState, number>>
  /** Age of the oldest step of each kind that is still open; 0 when none is. */
  oldestOpenSpanSeconds(): Readonly<Record<string, number>>
  /** Bytes of judged messages that wait for recorders, over all links. */
  recorderBacklogBytes(): number
  recorderLinks(): Readonly<Record<LinkState, number>>
  /** Number of the newest entry on disk and in the copy, and entries that wait; 0 without a ledger, or a copy. */
  ledger(): { readonly sequence: number; readonly backlog: number; readonly copied: number }
  /** Whether other processes can be reached, and what waits to be told to them. */
  directory(): { readonly isTogether: boolean; readonly backlog: number }
  /** Bytes held back in timelines, over all calls. */
  heldBytes(): number
}

/** Of a process that carries no calls. */
export const noCallGauges: Omit<GaugeSource, 'ledger' | 'directory'> = {
  calls: () => [],
  processes: () => 0,
  speechThreads: () => ({ starting: 0, listening: 0, behind: 0 }),
  oldestOpenSpanSeconds: () => ({}),
  recorderBacklogBytes: () => 0,
  recorderLinks: () => ({ connecting: 0, open: 0, lost: 0 }),
  heldBytes: () => 0,
}
