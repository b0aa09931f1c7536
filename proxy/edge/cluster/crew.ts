/**
 * The workers of a primary: as many as are wanted, each started again when it has gone, all replaced one after the other when
 * asked. Node's primary accepts every connection itself and hands it to the workers in turn, so that a handful of calls is
 * spread evenly, the ports stay open while workers come and go, and what an ending worker has not accepted goes to another.
 */
import cluster from 'node:cluster'
import type { Clock } from '../../base/clock.js'
import { HANDSHAKE_MS_MAX } from '../../base/limits.js'
import { countsOf, type MetricPage, mergePages } from '../../metrics/page.js'
import { CLOSE_MS_MAX } from '../fork-socket.js'
import type { Log } from '../log.js'
import { type Departure, Member, type MemberExit } from './member.js'
import type { FromWorker, ToWorker } from './messages.js'
import { restartDelayMs } from './restart-delay.js'

export interface CrewOptions {
  readonly size: number
  readonly clock: Clock
  readonly log: Log
  /** What a new worker is told first. */
  setup(number: number): ToWorker
  /** It runs, and has done nothing yet. */
  started(member: Member): void
  said(member: Member, message: FromWorker): void
  /** It has gone. */
  gone(member: Member, departure: Departure): void
}

/** A worker that has not started, by its own word: what is wrong it has said itself. */
export class WorkerFailed extends Error {
  constructor(readonly exitCode: number) {
    super('a worker has not started')
  }
}

/** A worker that takes no calls after so long hangs, ms: it takes one second, and several where all begin at once. */
const START_MS_MAX = 60_000

/**
 * Looks that a worker may let pass without a word before it is killed: the fleet looks once a second, and asks for its figures.
 * A loop under peak load is blocked for a fraction of a second (hushfork_event_loop_lag_seconds). After three seconds its calls
 * have stood still for longer than most hold-backs, signals to them are answered `unavailable`, and a connection that has
 * been waiting for it, at most four by then, is still in time elsewhere: handshakes take five (HANDSHAKE_MS_MAX). Looks are
 * counted, not seconds: where the whole machine has stood still, the primary has not looked either.
 */
const SILENT_LOOKS_MAX = 3

/** What a worker needs beyond its calls to end: handshakes, closing both sides, its last words, ms. */
const END_MS_MAX = HANDSHAKE_MS_MAX + 2 * CLOSE_MS_MAX + 5_000

export class Crew {
  /** Whoever is there, retiring ones included. */
  readonly #members = new Set<Member>()
  /** Who takes calls at each place. */
  readonly #current: (Member | null)[]
  readonly #delaysMs: number[]
  /** What workers have counted that have gone: a counter of the host never falls. */
  #counted: MetricPage = {}
  #lastNumber = 0
  #isReplacing = false
  #isDraining = false
  #whenEmpty: (() => void) | null = null
  #failed: MemberExit | null = null

  constructor(private readonly options: CrewOptions) {
    this.#current = Array.from({ length: options.size }, () => null)
    this.#delaysMs = Array.from({ length: options.size }, () => 0)
    cluster.schedulingPolicy = cluster.SCHED_RR
    // Typed arrays and numbers arrive as they are.
    cluster.setupPrimary({ serialization: 'advanced' })
  }

  get members(): ReadonlySet<Member> {
    return this.#members
  }

  /** Those that take calls. */
  get ready(): Member[] {
    return [...this.#members].filter(({ state }) => state === 'ready')
  }

  get counted(): MetricPage {
    return this.#counted
  }

  /** The first one alone, for it finds what is wrong for all. Rejects with WorkerFailed. */
  async start(): Promise<void> {
    const [first, ...others] = this.#current.keys()
    await this.#startFirst([first!])
    await this.#startFirst(others)
  }

  tell(message: ToWorker, except: number | null = null): void {
    for (const member of this.#members) if (member.number !== except) member.tell(message)
  }

  memberOf(number: number): Member | null {
    for (const member of this.#members) if (member.number === number) return member
    return null
  }

  /**
   * Replaces every worker: a new one takes calls before the old one is told to take none. Those that it has go on there, up to
   * the bound. False when an earlier replacement is not over, or a new worker has not started: the old ones go on then.
   */
  async replaceAll(waitMs: number): Promise<boolean> {
    if (this.#isReplacing || this.#isDraining || this.#isRetiring()) return false
    this.#isReplacing = true
    try {
      for (const place of this.#current.keys()) {
        const fresh = this.#fork(place)
        if (!(await fresh.isReady) || this.#isDraining) return false
        const old = this.#current[place]
        this.#current[place] = fresh
        if (old) this.#retire(old, waitMs, true)
      }
      return true
    } finally {
      this.#isReplacing = false
    }
  }

  /** Ends all of them: each with its calls, after `waitMs` in any case. May be said again, with less time. */
  async drain(waitMs: number): Promise<void> {
    this.#isDraining = true
    const empty = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve
    })
    if (this.#members.size === 0) return
    for (const member of this.#members)
      if (member.state === 'born' || member.state === 'starting') member.kill('overdue')
      else this.#retire(member, waitMs, false)
    await empty
  }

  /** Called about once a second: a worker that no longer answers is killed, and another takes its place. */
  look(): void {
    for (const member of this.#members) {
      const isAtWork = member.state === 'ready' || member.state === 'retiring'
      if (isAtWork && member.look() >= SILENT_LOOKS_MAX) member.kill('hung')
    }
  }

  #isRetiring(): boolean {
    return [...this.#members].some(({ state }) => state === 'retiring')
  }

  async #startFirst(places: readonly number[]): Promise<void> {
    const members = places.map((place) => this.#take(place))
    const isReady = await Promise.all(members.map((member) => member.isReady))
    if (!isReady.every(Boolean)) throw new WorkerFailed(this.#failed?.code || 1)
  }

  /** A new worker that takes calls at the place as soon as it can. */
  #take(place: number): Member {
    const member = this.#fork(place)
    this.#current[place] = member
    return member
  }

  #fork(place: number): Member {
    const { clock, log, setup, started, said } = this.options
    const number = ++this.#lastNumber
    const member = new Member(number, place, clock.nowMs(), cluster.fork(), {
      setup: () => setup(number),
      said,
      gone: (gone, exit, departure) => this.#gone(gone, exit, departure),
    })
    this.#members.add(member)
    const patience = setTimeout(() => member.kill('hung'), START_MS_MAX)
    void member.isReady.then((isReady) => {
      clearTimeout(patience)
      if (isReady) log.info({ worker: number, pid: member.pid }, 'a process takes calls')
    })
    started(member)
    return member
  }

  #retire(member: Member, waitMs: number, isReplaced: boolean): void {
    member.state = 'retiring'
    member.tell({ kind: 'retire', waitMs, isReplaced })
    setTimeout(() => {
      if (this.#members.has(member)) member.kill('overdue')
    }, waitMs + END_MS_MAX).unref()
  }

  #gone(member: Member, exit: MemberExit, departure: Departure): void {
    const { log, gone } = this.options
    this.#members.delete(member)
    this.#counted = mergePages([this.#counted, countsOf(member.page)])
    const fields = { worker: member.number, code: exit.code, signal: exit.signal }
    log[departure === 'ended' ? 'info' : 'error'](fields, departures[departure])
    this.#failed ??= exit
    gone(member, departure)
    if (this.#members.size === 0) this.#whenEmpty?.()
    if (this.#current[member.place] === member) this.#startAgain(member)
  }

  #startAgain({ place, startedAtMs, state }: Member): void {
    this.#current[place] = null
    // Told to go, or never there: whoever has started the crew is told that.
    if (this.#isDraining || state === 'retiring') return
    const delayMs = restartDelayMs(this.#delaysMs[place]!, this.options.clock.nowMs() - startedAtMs)
    this.#delaysMs[place] = delayMs
    setTimeout(() => {
      if (!this.#isDraining && this.#current[place] === null) this.#take(place)
    }, delayMs)
  }
}

const departures: Readonly<Record<Departure, string>> = {
  'not-started': 'a process has not started',
  ended: 'a process has ended',
  crashed: 'a process has gone, and its calls with it',
  hung: 'a process had stopped answering and was killed, and its calls with it',
  overdue: 'a process had not ended in time and was killed, and its calls with it',
}
