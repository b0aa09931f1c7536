import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { RedactError } from '../../../../base/errors.js'
import type { DetectorMonitor } from '../../../detector.js'
import { threadSpotter } from './spotter.io.js'
import { BATCH_MS } from './spotter-thread.io.js'
import { type ThreadState, WorkerLink } from './worker-link.js'
import type { WorkerSource } from './worker-recognizer.js'

/** A worker that is lost is started again after this, ms; twice as long each time, up to the second. */
const RESTART_MS = 200
const RESTART_MS_MAX = 10_000
/** One that has lived for so long begins from the shortest wait again, ms. */
const HEALTHY_MS = 60_000

interface Slot {
  worker: Worker | null
  link: WorkerLink | null
  startedAtMs: number
  restartAtMs: number
  restartWaitMs: number
}

/** How often a start looks whether they listen, ms. */
const READY_LOOK_MS = 10
/** A thread reads its model in 0.1 s; a start waits this long for all of them, ms. */
const READY_MS_MAX = 30_000

/** What befell a worker. */
export type WorkerFault = 'worker-lost' | 'worker-frozen' | 'worker-behind'

export interface WorkerPoolOptions {
  readonly workers: number
  /** What runs in them: spotter-worker.io.js, or a test's own that does the same for a while. */
  readonly script?: URL
  readonly worked: (audioMs: number, busyMs: number) => void
  readonly faulted: (fault: WorkerFault) => void
}

/** Threads that listen, started again when they are gone. They never keep the process from ending. */
export class WorkerPool implements WorkerSource {
  readonly classes = threadSpotter().model.classes
  readonly #slots: Slot[]
  readonly #timer: NodeJS.Timeout
  #streams = 0

  constructor(private readonly options: WorkerPoolOptions) {
    this.#slots = Array.from({ length: options.workers }, () => ({
      worker: null,
      link: null,
      startedAtMs: 0,
      restartAtMs: 0,
      restartWaitMs: RESTART_MS,
    }))
    this.#tick()
    this.#timer = setInterval(() => this.#tick(), BATCH_MS)
    this.#timer.unref()
  }

  /** The threads as they are now; for whoever wants to end one. */
  get workers(): readonly (Worker | null)[] {
    return this.#slots.map(({ worker }) => worker)
  }

  readonly nextStream = (): number => {
    this.#streams = (this.#streams + 1) | 0
    return this.#streams
  }

  link(): WorkerLink | null {
    let best: WorkerLink | null = null
    for (const { link } of this.#slots)
      if (link?.isOpen && (best === null || link.streamCount < best.streamCount)) best = link
    return best
  }

  /** How many threads are in which state. */
  get states(): Readonly<Record<ThreadState, number>> {
    const counts = { starting: 0, listening: 0, behind: 0 }
    for (const { link } of this.#slots) counts[link?.state ?? 'starting']++
    return counts
  }

  /** Resolves when all threads listen. Rejects with REDACT_ERR_SPEECH when they do not within `ms`. */
  async listening(ms = READY_MS_MAX): Promise<void> {
    const endMs = performance.now() + ms
    while (this.states.starting > 0) {
      if (performance.now() > endMs)
        throw new RedactError(
          'REDACT_ERR_SPEECH',
          `no thread listens for numbers after ${ms / 1000} s: is there memory for ${this.#slots.length}?`,
        )
      await new Promise((resolve) => setTimeout(resolve, READY_LOOK_MS))
      for (const { link } of this.#slots) link?.collect()
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    const workers = this.workers
    // Their end is no fault.
    for (const slot of this.#slots) slot.worker = null
    await Promise.all(workers.map((worker) => worker?.terminate()))
  }

  #tick(): void {
    const nowMs = performance.now()
    for (const slot of this.#slots) {
      if (slot.link === null) {
        if (nowMs >= slot.restartAtMs) this.#start(slot, nowMs)
        continue
      }
      const wasOpen = slot.link.isOpen
      if (!slot.link.tick(nowMs)) this.#lose(slot, 'worker-frozen')
      else if (wasOpen && !slot.link.isOpen) this.options.faulted('worker-behind')
    }
  }

  #start(slot: Slot, nowMs: number): void {
    const link = new WorkerLink(nowMs, this.options.worked)
    const script = this.options.script ?? new URL('spotter-worker.io.js', import.meta.url)
    const worker = new Worker(script, {
      workerData: { requests: link.requests.memory, answers: link.answers.memory },
      execArgv: [],
    })
    worker.unref()
    const gone = (): void => {
      if (slot.worker === worker) this.#lose(slot, 'worker-lost')
    }
    // What it died of may hold what was said: that it did is all that is told.
    worker.on('error', gone)
    worker.on('exit', gone)
    slot.worker = worker
    slot.link = link
    slot.startedAtMs = nowMs
  }

  #lose(slot: Slot, fault: WorkerFault): void {
    const { worker, link } = slot
    const nowMs = performance.now()
    if (nowMs - slot.startedAtMs > HEALTHY_MS) slot.restartWaitMs = RESTART_MS
    slot.restartAtMs = nowMs + slot.restartWaitMs
    slot.restartWaitMs = Math.min(2 * slot.restartWaitMs, RESTART_MS_MAX)
    slot.worker = null
    slot.link = null
    link?.lose()
    void worker?.terminate()
    this.options.faulted(fault)
  }
}

/** Every core but the one on which the media loop runs; one at least. */
export const threadsOfHost = (): number => Math.max(1, availableParallelism() - 1)

let pool: WorkerPool | null = null
const monitors = new Set<DetectorMonitor>()

/** The process's workers; who has prepared none gets as many as a host has. The monitor is told of all they do from then on, as `name`. */
export const processWorkers = (name: string, monitor: DetectorMonitor): WorkerPool => {
  monitors.add(monitor)
  pool ??= createPool(name, threadsOfHost())
  return pool
}

/**
 * Starts the process's workers before the first call needs them, and waits until they listen. Where there are some already they
 * stay. Rejects with REDACT_ERR_SPEECH, and with the system's error when there is no model.
 * @param script as of WorkerPoolOptions
 */
export const prepareWorkers = async (name: string, workers: number, script?: URL): Promise<void> => {
  pool ??= createPool(name, workers, script)
  await pool.listening()
}

/** None is there where nobody listens. */
export const processThreads = (): Readonly<Record<ThreadState, number>> =>
  pool?.states ?? { starting: 0, listening: 0, behind: 0 }

/**
 * False while every thread is gone and none listens again yet: a call that comes now would be silent from its beginning. True where
 * nobody has to listen. A thread that is behind is there, and hears what comes when it has caught up.
 */
export const isListenedTo = (): boolean => {
  const { listening, behind } = processThreads()
  return pool === null || listening + behind > 0
}

/** Ends the process's workers; the next call would start them anew. */
export const closeWorkers = async (): Promise<void> => {
  const closing = pool
  pool = null
  await closing?.close()
}

const createPool = (name: string, workers: number, script?: URL): WorkerPool =>
  new WorkerPool({
    workers,
    ...(script !== undefined && { script }),
    worked: (audioMs, busyMs) => {
      for (const monitor of monitors) monitor.worked(name, audioMs, busyMs)
    },
    faulted: (fault) => {
      for (const monitor of monitors) monitor.faulted(name, fault)
    },
  })
