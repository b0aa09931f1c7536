/** One subject under one load: what came out, what it added, what it cost. */
import { setTimeout } from 'node:timers/promises'
import type { Generator, GeneratorResult } from './generator.js'
import { collectGarbage } from './inspector.js'
import { countersOf, type Reported, reportedBy } from './reported.js'
import { cpuSecondsOf, PATH, rssMbOf, type Subject, type SubjectName, startSubject } from './subjects.js'

export interface Load {
  readonly dialect: 'audiohook' | 'twilio'
  readonly calls: number
  readonly seconds: number
  /** Until the window begins, beside the hold-back. */
  readonly warmUpSeconds: number
  /** Hushfork's hold-back; what relays hold is 0. */
  readonly holdBackMs: number
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  /** Of hushfork, over a nats-server where there are several. */
  readonly proxies: number
  /** Of hushfork, behind one port. */
  readonly processes: number
  readonly isPinned: boolean
  /** Collects hushfork's garbage in the middle of the window, and looks at its memory before and after. */
  readonly isInspected: boolean
  /** For the generator beyond the usual. */
  readonly extra: readonly string[]
  /** Members of hushfork's configuration, and of its policy. */
  readonly config: Readonly<Record<string, unknown>>
  readonly policy: Readonly<Record<string, unknown>>
}

/** Resident memory of a subject and its children, MiB. */
export interface Memory {
  /** Before the first call. */
  readonly idleMb: number
  /** At the end of the window, or in its middle where garbage is collected there. */
  readonly busyMb: number
  /** The same once garbage has been collected, where the subject `isInspected`. */
  readonly collectedMb: number | null
  /** A call's share of what came with the calls, less its hold-back, KiB. */
  readonly perCallKb: number
  readonly perCallCollectedKb: number | null
  /** A call's hold-back: its audio messages of so long, KiB. */
  readonly heldPerCallKb: number
}

export interface Measurement {
  readonly subject: SubjectName
  readonly calls: number
  readonly processes: number
  /** Intended. */
  readonly holdMs: number
  readonly frames: GeneratorResult
  /** CPU of the subject and its children in the window, per message that came out of it, microseconds. */
  readonly cpuMicrosPerFrame: number
  /** Of one core. */
  readonly coreShare: number
  readonly generatorShare: number
  readonly memory: Memory
  /** What hushfork's own /metrics says of the window, and of audio that nobody had judged by the end of all calls; null for others. */
  readonly reported: Reported | null
}

export interface Fault {
  readonly count: number
  readonly what: string
}

/** What did not arrive, once, in order, whole and judged, and what arrived and should not have. */
export const faultsOf = ({ frames, reported }: Measurement): Fault[] =>
  [
    { count: frames.lost, what: 'lost' },
    { count: frames.extra, what: 'extra' },
    { count: frames.misordered, what: 'misordered' },
    { count: frames.corrupt, what: 'corrupt' },
    { count: frames.leakedFrames, what: 'leaked' },
    { count: frames.tracksOverSilenced, what: 'silenced for nothing' },
    { count: frames.callsFailed, what: 'calls failed' },
    { count: frames.refused, what: 'refused' },
    { count: frames.abandoned, what: 'calls whose recorder was not told of their end' },
    { count: Math.ceil(reported?.unjudgedSeconds ?? 0), what: 's silenced unjudged' },
  ].filter(({ count }) => count > 0)

export const isFaultless = (measurement: Measurement): boolean => faultsOf(measurement).length === 0

/** Where subject and generator run: each on cores of its own when there are two. None: any. */
export interface Placement {
  readonly subjectCores: readonly number[]
  readonly generatorCores: readonly number[]
}

/** Longest way of a key's echo, with the pads and a frame on either side, ms: see policy.dtmf.echoMs. */
const NEAR_KEY_MS = 600

/**
 * Hooks into the window.
 * `begins` may go on while it lasts, or `end` it; what it promises is waited for. `ends` is called before the calls end.
 */
export interface Meanwhile {
  begins?(subject: Subject, end: () => void): void | Promise<void>
  ends?(subject: Subject): void | Promise<void>
}

export const measure = async (
  generator: Generator,
  subjectName: SubjectName,
  load: Load,
  placement: Placement,
  meanwhile: Meanwhile = {},
): Promise<Measurement> => {
  const isHushfork = subjectName === 'hushfork'
  const holdMs = isHushfork ? load.holdBackMs : 0
  let subject: Subject | null = null
  const watch = new WindowWatch(isHushfork && load.isInspected ? load.seconds * 500 : null)
  const tasks: (void | Promise<void>)[] = []
  try {
    const frames = await generator.run({
      cores: placement.generatorCores,
      args: [
        ...['--dialect', load.dialect, '--calls', String(load.calls), '--seconds', String(load.seconds)],
        ...['--warmup', String(load.warmUpSeconds + holdMs / 1000), '--hold-ms', String(holdMs)],
        ...['--path', PATH, '--near-ms', String(NEAR_KEY_MS), ...(isHushfork ? [] : ['--passes'])],
        ...(load.tls === null ? [] : ['--tls', '--cert', load.tls.certFile, '--key', load.tls.keyFile]),
        ...load.extra,
      ],
      async target(sinkPort) {
        subject = await startSubject(subjectName, { ...load, sinkPort, cores: placement.subjectCores })
        watch.idle(subject)
        return subject.address
      },
      onWindow(edge, end) {
        tasks.push(watch[edge](subject!), meanwhile[edge]?.(subject!, end))
      },
    })
    await Promise.all(tasks)
    await watch.over(subject!)
    return {
      subject: subjectName,
      calls: load.calls,
      processes: load.processes,
      holdMs,
      frames,
      ...watch.figures(frames, load, holdMs),
    }
  } finally {
    await (subject as Subject | null)?.stop()
  }
}

/** What is read from outside of a subject when its window begins and ends. */
class WindowWatch {
  #idleMb = 0
  #busyMb = 0
  #collectedMb: number | null = null
  #cpuSeconds = 0
  #seconds = 0
  #counters: Promise<Awaited<ReturnType<typeof countersOf>>> | null = null
  #reported: Reported | null = null

  /** @param collectAfterMs into the window garbage is collected, when calls are still live; null: not at all */
  constructor(private readonly collectAfterMs: number | null) {}

  idle({ pids }: Subject): void {
    this.#idleMb = rssMbOf(pids)
  }

  async begins({ pids, adminPorts, inspectorUrl }: Subject): Promise<void> {
    this.#cpuSeconds = -cpuSecondsOf(pids)
    this.#seconds = -performance.now() / 1000
    if (adminPorts.length > 0) this.#counters = countersOf(adminPorts)
    if (this.collectAfterMs === null || inspectorUrl === null) return
    await setTimeout(this.collectAfterMs)
    this.#busyMb = rssMbOf(pids)
    await collectGarbage(inspectorUrl)
    this.#collectedMb = rssMbOf(pids)
  }

  async ends({ pids, adminPorts }: Subject): Promise<void> {
    this.#cpuSeconds += cpuSecondsOf(pids)
    this.#seconds += performance.now() / 1000
    if (this.collectAfterMs === null) this.#busyMb = rssMbOf(pids)
    if (this.#counters !== null)
      this.#reported = reportedBy(await this.#counters, await countersOf(adminPorts))
  }

  /** All calls are over: what nobody had judged counts until their end. */
  async over({ adminPorts }: Subject): Promise<void> {
    if (this.#reported === null) return
    const { unjudgedSeconds } = await countersOf(adminPorts)
    this.#reported = { ...this.#reported, unjudgedSeconds }
  }

  figures(
    frames: GeneratorResult,
    load: Load,
    holdMs: number,
  ): Pick<Measurement, 'cpuMicrosPerFrame' | 'coreShare' | 'generatorShare' | 'memory' | 'reported'> {
    return {
      cpuMicrosPerFrame: (this.#cpuSeconds * 1e6) / Math.max(1, frames.windowReceived),
      coreShare: this.#cpuSeconds / this.#seconds,
      generatorShare: frames.generatorCpuSeconds / frames.elapsedSeconds,
      memory: this.#memory(frames, load, holdMs),
      reported: this.#reported,
    }
  }

  #memory(frames: GeneratorResult, { calls, dialect }: Load, holdMs: number): Memory {
    const messagesPerMs = (dialect === 'twilio' ? 2 : 1) / FRAME_MS
    const heldPerCallKb = (holdMs * messagesPerMs * frames.bytesPerMessage) / 1024
    const beyond = (mb: number): number => ((mb - this.#idleMb) * 1024) / calls - heldPerCallKb
    return {
      idleMb: this.#idleMb,
      busyMb: this.#busyMb,
      collectedMb: this.#collectedMb,
      perCallKb: beyond(this.#busyMb),
      perCallCollectedKb: this.#collectedMb === null ? null : beyond(this.#collectedMb),
      heldPerCallKb,
    }
  }
}

const FRAME_MS = 20

/** The run whose cost lies in the middle: counts and latencies stay those of one run, and are never averaged. */
export const medianOf = (runs: readonly Measurement[]): Measurement =>
  [...runs].sort((a, b) => a.cpuMicrosPerFrame - b.cpuMicrosPerFrame)[Math.floor((runs.length - 1) / 2)]!
