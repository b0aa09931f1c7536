import type { Worker } from 'node:cluster'
import type { MetricPage } from '../../metrics/page.js'
import type { FromWorker, Questions, ToWorker } from './messages.js'

export interface MemberHandler {
  /** What it is told first. */
  setup(member: Member): ToWorker
  said(member: Member, message: FromWorker): void
  /** It has ended, and everything that it said has been heard. */
  gone(member: Member, exit: MemberExit): void
}

export interface MemberExit {
  /** Null where a signal ended it. */
  readonly code: number | null
  readonly signal: string | null
}

/** Longest wait for a worker's answer, ms: a payment page's start should still fit its look-back. */
const ANSWER_MS_MAX = 500

/** A worker as its primary sees it. */
export class Member {
  /** `born`: it has not been told anything. `retiring`: it takes no new call, and ends with those that it has. */
  state: 'born' | 'starting' | 'ready' | 'retiring' = 'born'
  /** Its figures as they were last known. */
  page: MetricPage = {}
  /** Settles with its first word on it: whether it takes calls. */
  readonly isReady: Promise<boolean>
  #settle: (isReady: boolean) => void = () => {}
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

  kill(): void {
    this.worker.process.kill('SIGKILL')
  }

  #heard(message: FromWorker): void {
    switch (message.kind) {
      case 'answer':
        this.#asks.get(message.id)?.(message.answer)
        return
      case 'page':
        this.page = message.page
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

  /** Over when the process has gone and its channel, behind the last message, is closed. */
  async #end(): Promise<void> {
    const disconnected = new Promise((resolve) => this.worker.once('disconnect', resolve))
    const exit = await new Promise<MemberExit>((resolve) =>
      this.worker.once('exit', (code, signal) =>
        resolve({ code: signal ? null : code, signal: signal || null }),
      ),
    )
    await disconnected
    for (const settle of this.#asks.values()) settle(null)
    this.#settle(false)
    this.handler.gone(this, exit)
  }
}
