import type { Worker } from 'node:cluster'
import { once } from 'node:events'
import type { MetricPage } from '../../metrics/page.js'
import { HandedOn, type Sender } from './handed-on.js'
import type { FromWorker, Questions, ToWorker } from './messages.js'

export interface MemberHandler {
  /** What it is told first. */
  setup(member: Member): ToWorker
  said(member: Member, message: FromWorker): void
  /** It has ended, and everything that it said has been heard. */
  gone(member: Member, exit: MemberExit, departure: Departure): void
}

export interface MemberExit {
  /** Null where a signal ended it. */
  readonly code: number | null
  readonly signal: string | null
}

/** How often the channel of a process that has gone is looked at, ms: what it still holds is read in less. */
const CHANNEL_LOOK_MS = 10
/** Longest wait for a worker's answer, ms: a payment page's start should still fit its look-back. */
const ANSWER_MS_MAX = 500

/**
 * How a worker has gone. `not-started`: it has never taken calls. `ended`: it was told to. `hung`: it had stopped answering.
 * `overdue`: it was told to, and has not ended in time.
 */
export type Departure = 'not-started' | 'ended' | 'crashed' | 'hung' | 'overdue'

/** A worker as its primary sees it. */
export class Member {
  /** `born`: it has not been told anything. `retiring`: it takes no new call, and ends with those that it has. */
  state: 'born' | 'starting' | 'ready' | 'retiring' = 'born'
  /** By its own word: false while every thread is gone that would listen to its calls. */
  isListenedTo = true
  /** Its figures as they were last known. */
  page: MetricPage = {}
  /** Settles with its first word on it: whether it takes calls. */
  readonly isReady: Promise<boolean>
  #settle: (isReady: boolean) => void = () => {}
  /** Why it was killed; null: it was not. */
  #killedFor: 'hung' | 'overdue' | null = null
  /** Looks of its primary since its last word. */
  #silentLooks = 0
  readonly #handedOn: HandedOn
  readonly #asks = new Map<number, (answer: unknown) => void>()
  #lastAsk = 0

  /**
   * @param number counts workers
   * @param place which of the processes it is: its successor has the same
   */
  constructor(
    readonly number: number,
    readonly place: number,
    readonly startedAtMs: number,
    private readonly worker: Worker,
    private readonly handler: MemberHandler,
  ) {
    this.isReady = new Promise((resolve) => {
      this.#settle = resolve
    })
    this.#handedOn = new HandedOn(worker.process as Sender)
    worker.on('message', (message: FromWorker) => this.#heard(message))
    // A message that could not be sent: the exit says why.
    worker.on('error', () => {})
    void this.#end()
  }

  get pid(): number {
    return this.worker.process.pid ?? 0
  }

  /** Nothing before it listens: the first message says what has been. */
  tell(message: ToWorker): void {
    if (this.state !== 'born' && this.worker.isConnected())
      this.worker.process.send!(message, undefined, undefined, () => {})
  }

  /** Null when it does not answer in time, or has gone. */
  ask<K extends keyof Questions>(
    about: K,
    asked: Questions[K]['asked'],
  ): Promise<Questions[K]['answer'] | null> {
    if (!this.worker.isConnected()) return Promise.resolve(null)
    const id = ++this.#lastAsk
    return new Promise((resolve) => {
      const settle = (answer: unknown): void => {
        clearTimeout(timeout)
        this.#asks.delete(id)
        resolve(answer as Questions[K]['answer'] | null)
      }
      const timeout = setTimeout(() => settle(null), ANSWER_MS_MAX)
      this.#asks.set(id, settle)
      this.tell({ kind: 'ask', id, question: { about, asked } as never })
    })
  }

  /** Its primary looks after it; how many such looks it has now let pass without a word. */
  look(): number {
    return this.#silentLooks++
  }

  /** A process that is stopped ends by this as well. */
  kill(why: 'hung' | 'overdue'): void {
    this.#killedFor ??= why
    this.worker.process.kill('SIGKILL')
  }

  #heard(message: FromWorker): void {
    this.#silentLooks = 0
    switch (message.kind) {
      case 'answer':
        this.#asks.get(message.id)?.(message.answer)
        return
      case 'page':
        this.page = message.page
        return
      case 'listened-to':
        this.isListenedTo = message.isListenedTo
        return
      case 'hello':
        this.state = 'starting'
        this.tell(this.handler.setup(this))
        return
      case 'ready':
        if (this.state === 'starting') this.state = 'ready'
        this.#settle(true)
    }
    this.handler.said(this, message)
  }

  /**
   * Over when the process has gone and its channel, behind the last message, is closed. Node tells the latter only where no
   * connection was on its way to it (`disconnect` waits for the word that it was received), so it is looked at.
   */
  async #end(): Promise<void> {
    const [code, signal] = (await once(this.worker, 'exit')) as [number | null, string | null]
    const exit = { code: signal ? null : code, signal: signal || null }
    while (this.worker.isConnected()) await new Promise((resolve) => setTimeout(resolve, CHANNEL_LOOK_MS))
    for (const settle of this.#asks.values()) settle(null)
    this.#settle(false)
    this.#handedOn.giveBack()
    this.handler.gone(this, exit, this.#departureBy(exit))
  }
  #departureBy({ code }: MemberExit): Departure {
    if (this.state === 'born' || this.state === 'starting') return 'not-started'
    return this.#killedFor ?? (this.state === 'retiring' && code === 0 ? 'ended' : 'crashed')
  }
}
