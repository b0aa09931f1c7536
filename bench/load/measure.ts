/** One subject under one load: what came out, what it added, what it cost. */
import type { Generator, GeneratorResult } from './generator.js'
import { cpuSecondsOf, PATH, rssMbOf, type Subject, type SubjectName, startSubject } from './subjects.js'

export interface Load {
  readonly dialect: 'audiohook' | 'twilio'
  readonly calls: number
  readonly seconds: number
  /** Hushfork's hold-back; what relays hold is 0. */
  readonly holdBackMs: number
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  /** Of hushfork, over a nats-server where there are several. */
  readonly proxies: number
  /** For the generator beyond the usual. */
  readonly extra: readonly string[]
  /** Members of hushfork's configuration. */
  readonly config: Readonly<Record<string, unknown>>
}

export interface Measurement {
  readonly subject: SubjectName
  readonly calls: number
  readonly frames: GeneratorResult
  /** CPU of the subject and its children in the window, per message that came out of it, microseconds. */
  readonly cpuMicrosPerFrame: number
  /** Of one core. */
  readonly coreShare: number
  readonly generatorShare: number
  readonly rssMb: number
  readonly idleRssMb: number
  /** What hushfork's own /metrics says of the latency it added, over the whole run; null for others. */
  readonly reported: { readonly p50Ms: number; readonly p99Ms: number } | null
}

/** Whether everything arrived, once, in order, whole, and no key did. */
export const isFaultless = ({ frames }: Measurement): boolean =>
  frames.lost +
    frames.extra +
    frames.misordered +
    frames.corrupt +
    frames.leakedFrames +
    frames.tracksOverSilenced +
    frames.callsFailed +
    frames.refused ===
  0

/** Where subject and generator run: each on a core of its own when there are two. */
export interface Placement {
  readonly subjectCore: number | null
  readonly generatorCore: number | null
}

/** A subject gets this long to be warm before the window, seconds, beside its hold-back: Node optimises what runs often. */
const WARM_UP_SECONDS = 5
/** Longest way of a key's echo, with the pads and a frame on either side, ms: see policy.dtmf.echoMs. */
const NEAR_KEY_MS = 600

export const measure = async (
  generator: Generator,
  subjectName: SubjectName,
  load: Load,
  placement: Placement,
  /** Called when the window begins. */
  meanwhile: (subject: Subject) => void = () => undefined,
): Promise<Measurement> => {
  const isHushfork = subjectName === 'hushfork'
  const holdMs = isHushfork ? load.holdBackMs : 0
  let subject: Subject | null = null
  const cpu = { begin: 0, end: 0, idleRssMb: 0, rssMb: 0, beginMs: 0, endMs: 0 }
  let reported: Promise<Measurement['reported']> = Promise.resolve(null)
  try {
    const frames = await generator.run({
      core: placement.generatorCore,
      args: [
        ...['--dialect', load.dialect, '--calls', String(load.calls), '--seconds', String(load.seconds)],
        ...['--warmup', String(WARM_UP_SECONDS + holdMs / 1000), '--hold-ms', String(holdMs)],
        ...['--path', PATH, '--near-ms', String(NEAR_KEY_MS), ...(isHushfork ? [] : ['--passes'])],
        ...(load.tls === null ? [] : ['--tls', '--cert', load.tls.certFile, '--key', load.tls.keyFile]),
        ...load.extra,
      ],
      async target(sinkPort) {
        subject = await startSubject(subjectName, {
          dialect: load.dialect,
          sinkPort,
          holdBackMs: load.holdBackMs,
          proxies: load.proxies,
          core: placement.subjectCore,
          tls: load.tls,
          config: load.config,
        })
        cpu.idleRssMb = rssMbOf(subject.pids)
        return subject.address
      },
      onWindow(edge) {
        cpu[edge === 'begins' ? 'begin' : 'end'] = cpuSecondsOf(subject!.pids)
        cpu[edge === 'begins' ? 'beginMs' : 'endMs'] = performance.now()
        if (edge === 'begins') {
          meanwhile(subject!)
          return
        }
        cpu.rssMb = rssMbOf(subject!.pids)
        if (isHushfork) reported = latencyReported(subject!.adminPorts)
      },
    })
    const seconds = (cpu.endMs - cpu.beginMs) / 1000
    return {
      subject: subjectName,
      calls: load.calls,
      frames,
      cpuMicrosPerFrame: ((cpu.end - cpu.begin) * 1e6) / Math.max(1, frames.windowReceived),
      coreShare: (cpu.end - cpu.begin) / seconds,
      generatorShare: frames.generatorCpuSeconds / frames.elapsedSeconds,
      rssMb: cpu.rssMb,
      idleRssMb: cpu.idleRssMb,
      reported: await reported,
    }
  } finally {
    await (subject as Subject | null)?.stop()
  }
}

/** Quantiles of hushfork_frame_latency_seconds{stage="total_added"}, by the upper bound of the bucket that holds them. */
const latencyReported = async (adminPorts: readonly number[]): Promise<Measurement['reported']> => {
  const counts = new Map<number, number>()
  for (const port of adminPorts) {
    const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    for (const [, le, count] of page.matchAll(
      /^hushfork_frame_latency_seconds_bucket\{(?=[^}]*stage="total_added")[^}]*le="([^"]+)"[^}]*\} (\d+)/gm,
    )) {
      const ms = Number(le === '+Inf' ? Infinity : le) * 1000
      counts.set(ms, (counts.get(ms) ?? 0) + Number(count))
    }
  }
  const total = counts.get(Infinity) ?? 0
  const quantile = (q: number): number => [...counts].find(([, count]) => count >= q * total)?.[0] ?? 0
  return { p50Ms: quantile(0.5), p99Ms: quantile(0.99) }
}

/** The run whose cost lies in the middle: counts and latencies stay those of one run, and are never averaged. */
export const medianOf = (runs: readonly Measurement[]): Measurement =>
  [...runs].sort((a, b) => a.cpuMicrosPerFrame - b.cpuMicrosPerFrame)[Math.floor((runs.length - 1) / 2)]!
