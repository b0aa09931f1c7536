import { basename } from 'node:path'
import type { RedactedRun } from '../session/redaction-log.js'
import type { WavSummary } from '../session/wav-redaction.js'
import type { NamedPolicy } from './policy-file.js'

/** What was silenced in one file, and why: positions and reasons, no content. Public: `--report` writes it as JSON. */
export interface FileReport {
  /** Name without folder; below the folder that was given, the path from there; `-` for standard input and output. */
  readonly input: string
  readonly output: string
  readonly policy: { readonly name: string; readonly hash: string }
  /** Hz. */
  readonly sampleRate: number
  readonly channels: number
  /** Per channel. */
  readonly samples: number
  readonly durationSeconds: number
  /** Time in which a channel or all were silent, by reason; reasons may overlap. */
  readonly silencedSeconds: Readonly<Record<string, number>>
  /** The same for any reason. */
  readonly silencedSecondsTotal: number
  /** Bytes behind the last chunk, copied as they were. */
  readonly strayBytes: number
  /** By position, half-open; track is a channel's index, or null for all of them. */
  readonly spans: readonly RedactedRun[]
}

/** What became of a folder. */
export interface FolderReport {
  readonly files: readonly FileReport[]
  readonly failed: readonly { readonly input: string; readonly problem: string }[]
}

/** The report of a file; names are shown as they are given. */
export const fileReport = (
  names: { readonly input: string; readonly output: string },
  policy: NamedPolicy,
  { format, samples, spans, strayBytes }: WavSummary,
): FileReport => {
  const seconds = (count: number): number => Math.round((count * 1e6) / format.clockRateHz) / 1e6
  const reasons = [...new Set(spans.map((span) => span.reason))].sort()
  return {
    ...names,
    policy: { name: policy.name, hash: policy.hash },
    sampleRate: format.clockRateHz,
    channels: format.channelCount,
    samples,
    durationSeconds: seconds(samples),
    silencedSeconds: Object.fromEntries(
      reasons.map((reason) => [reason, seconds(coveredSamples(spans.filter((s) => s.reason === reason)))]),
    ),
    silencedSecondsTotal: seconds(coveredSamples(spans)),
    strayBytes,
    spans,
  }
}

/** A path's last part, or `-`. */
export const nameOf = (path: string): string => (path === '-' ? path : basename(path))

/** Samples that any of the spans covers; spans come by their start. */
const coveredSamples = (spans: readonly RedactedRun[]): number => {
  let covered = 0
  let reached = 0
  for (const { startSample, endSample } of spans) {
    covered += Math.max(0, endSample - Math.max(startSample, reached))
    reached = Math.max(reached, endSample)
  }
  return covered
}
