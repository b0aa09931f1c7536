/**
 * What has left silent, run by run: the evidence for sidecars, reports and audit lines. It is written as frames leave, so
 * that it says what the recorder got and not what was intended. Bounded: beyond the limit the runs of a reason are joined.
 */
export interface RedactedRun {
  /** Track index, or null for every track of the call. */
  readonly track: number | null
  readonly startSample: number
  readonly endSample: number
  readonly reason: string
}

interface Run {
  track: number
  startSample: number
  endSample: number
  reason: string
}

/** Runs kept for one call: one a second for 5.5 hours. Beyond it a new run is joined to the last of its track and reason. */
const RUNS_MAX = 20_000

export class RedactionLog {
  readonly #runs: Run[] = []
  /** The last run by reason, by track. */
  readonly #last: Map<string, Run>[]

  constructor(private readonly trackCount: number) {
    this.#last = Array.from({ length: trackCount }, () => new Map())
  }

  /** Notes that [startSample, endSample) of the track has left silent for this reason. Starts never go back within a track. */
  add(track: number, startSample: number, endSample: number, reason: string): void {
    const last = this.#last[track]!.get(reason)
    if (last !== undefined && (startSample <= last.endSample || this.#runs.length >= RUNS_MAX)) {
      if (endSample > last.endSample) last.endSample = endSample
      return
    }
    const run = { track, startSample, endSample, reason }
    this.#runs.push(run)
    this.#last[track]!.set(reason, run)
  }

  /** All runs by position; those that every track shares to the sample are told once, with track null. */
  toRuns(): RedactedRun[] {
    const groups = new Map<string, Run[]>()
    for (const run of this.#runs) {
      const key = `${run.startSample}:${run.endSample}:${run.reason}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [run])
      else group.push(run)
    }
    return [...groups.values()].flatMap((group) => this.#told(group)).sort(byPosition)
  }

  #told(group: readonly Run[]): RedactedRun[] {
    if (this.trackCount > 1 && group.length === this.trackCount) return [{ ...group[0]!, track: null }]
    return group.map((run) => ({ ...run }))
  }
}

const byPosition = (a: RedactedRun, b: RedactedRun): number =>
  a.startSample - b.startSample || (a.track ?? -1) - (b.track ?? -1) || a.reason.localeCompare(b.reason)
