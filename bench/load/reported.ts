/** What hushfork's own /metrics says of a stretch of time: the difference of two scrapes, added up over processes. */

/** Counts of `total_added` by the upper bound of their bucket, ms, each with all below it; and audio that nobody had judged. */
export interface Counters {
  readonly addedUpToMs: ReadonlyMap<number, number>
  readonly unjudgedSeconds: number
}

export interface Reported {
  /** Upper bounds of the buckets in which the quantiles lie. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly count: number
  /** Frames that were so many ms and more past their hold-back, by bucket bound. */
  readonly laterThan: Readonly<Record<string, number>>
  readonly unjudgedSeconds: number
}

export const countersOf = async (adminPorts: readonly number[]): Promise<Counters> => {
  const pages = await Promise.all(
    adminPorts.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
  )
  return countersIn(pages)
}

const BUCKET =
  /^hushfork_frame_latency_seconds_bucket\{(?=[^}]*stage="total_added")[^}]*le="([^"]+)"[^}]*\} (\d+)/gm
const UNJUDGED = /^hushfork_unjudged_silenced_seconds_total(?:\{[^}]*\})? (\S+)/gm

export const countersIn = (pages: readonly string[]): Counters => {
  const addedUpToMs = new Map<number, number>()
  let unjudgedSeconds = 0
  for (const page of pages) {
    for (const [, le, count] of page.matchAll(BUCKET)) {
      const ms = le === '+Inf' ? Infinity : Math.round(Number(le) * 10_000) / 10
      addedUpToMs.set(ms, (addedUpToMs.get(ms) ?? 0) + Number(count))
    }
    for (const [, seconds] of page.matchAll(UNJUDGED)) unjudgedSeconds += Number(seconds)
  }
  return { addedUpToMs, unjudgedSeconds }
}

export const reportedBy = (before: Counters, after: Counters): Reported => {
  const counts = [...after.addedUpToMs].map(
    ([ms, count]) => [ms, count - (before.addedUpToMs.get(ms) ?? 0)] as const,
  )
  const total = counts.at(-1)?.[1] ?? 0
  const quantile = (q: number): number => counts.find(([, count]) => count >= q * total)?.[0] ?? 0
  return {
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    count: total,
    laterThan: Object.fromEntries(counts.map(([ms, count]) => [String(ms), total - count])),
    unjudgedSeconds: after.unjudgedSeconds - before.unjudgedSeconds,
  }
}
