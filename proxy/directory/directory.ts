/** What processes know of each other's calls. */
import type { LiveStream } from '../session/call-registry.js'
import type { ControlPlane } from '../session/control-plane.js'
import { type KeptJournal, noJournal } from '../session/kept-signals.js'
import type { CallsWanted, CallView } from './call-view.js'
import type { Peers } from './router.js'

/** What holds for calls that are here is said again every so often, ms. */
export const RENEW_MS = 20_000
/** What holds for a call outlives its process for two minutes at least, ms: a PBX redials within seconds. */
export const LEASE_MS_MIN = 120_000

export interface DirectoryFigures {
  /** Whether the others can be reached. */
  readonly isTogether: boolean
  /** What waits to be told to them, entries. */
  readonly backlog: number
}

/** Tells other processes what is here, and this one what is elsewhere. */
export interface Directory extends KeptJournal, Peers {
  /** Begins; resolves once everything has been learnt, or after a few seconds without. */
  start(control: ControlPlane): Promise<void>
  /** A stream is here: its call can be found. */
  announce(stream: LiveStream, whenSplit: 'as-usual' | 'start-silent'): void
  /** It has gone, and the registry no longer has it. */
  withdraw(stream: LiveStream): void
  /** Calls of the others; those of somebody who does not answer in time are left out. */
  calls(wanted: CallsWanted): Promise<readonly CallView[]>
  figures(): DirectoryFigures
  /** Tells the rest and leaves; what holds for calls stays with the others until its time is up. */
  close(): Promise<void>
}

/** For a process that is alone: nothing is elsewhere, and it is never split from it. */
export const noDirectory: Directory = {
  ...noJournal,
  state: 'ok',
  find: () => [],
  ask: async () => null,
  calls: async () => [],
  start: async () => {},
  announce() {},
  withdraw() {},
  figures: () => ({ isTogether: true, backlog: 0 }),
  close: async () => {},
}
