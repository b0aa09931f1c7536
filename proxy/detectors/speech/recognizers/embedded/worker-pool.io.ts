import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import type { DetectorMonitor } from '../../../detector.js'
import { threadSpotter } from './spotter.io.js'
import { BATCH_MS } from './spotter-thread.io.js'
import { WorkerLink } from './worker-link.js'
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

  /** How far the slowest worker is behind, ms. */
  get lagMs(): number {
    const nowMs = performance.now()
    return Math.max(0, ...this.#slots.map(({ link }) => link?.lagMs(nowMs) ?? 0))
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#slots.map(({ worker }) => worker?.terminate()))
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

/** Every core but the one on which the media loop runs, one at least; one for each process where there is a process per core. */
const workerCount = (): number => (cluster.isWorker ? 1 : Math.max(1, availableParallelism() - 1))

let pool: WorkerPool | null = null
const monitors = new Set<DetectorMonitor>()

/** The process's workers, started when they are first needed; the monitor is told of all they do from then on, as `name`. */
export const processWorkers = (name: string, monitor: DetectorMonitor): WorkerPool => {
  monitors.add(monitor)
  pool ??= new WorkerPool({
    workers: workerCount(),
    worked: (audioMs, busyMs) => {
      for (const monitor of monitors) monitor.worked(name, audioMs, busyMs)
    },
    faulted: (fault) => {
      for (const monitor of monitors) monitor.faulted(name, fault)
    },
  })
  return pool
}
