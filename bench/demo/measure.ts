/** What became of the call, measured in the recording: never taken from what the proxy says of itself where it can be heard. */
import { msOf } from '../../proxy/media/time.js'
import type { Audio, DemoCall, Stretch } from './demo-call.js'
import type { PaymentAnswer, Played, Sidecar } from './play.js'

/** Public: `--json` prints these. */
export interface Figures {
  readonly dialect: string
  /** WebSocket messages from the PBX. */
  readonly messages: number
  readonly framesIn: number
  readonly framesOut: number
  readonly keys: number
  /** Keys of which no sample is heard. */
  readonly keysSilenced: number
  /** Audible part of everything sensitive (keys, spoken secrets, their echoes), ms; a moment on two tracks counts twice. */
  readonly leakedMs: number
  /** Samples, over both tracks, that differ from the call outside every span of the sidecar. */
  readonly calmSamplesChanged: number
  /** Time in which a span lies where the call is known to be calm: speech that was taken for a key. */
  readonly silencedNeedlesslySeconds: number
  /** Samples inside a span of the sidecar that are audible all the same. */
  readonly spanSamplesAudible: number
  /** Samples per track, in the call and in the recording. */
  readonly samples: number
  readonly samplesRecorded: number
  /** Sensitive audio that had left before it was known, and audio that left unjudged, as the sidecar has it, ms. */
  readonly lateMs: number
  readonly unjudgedPassedMs: number
  /** Time in which one track or both were silent, by reason; reasons overlap. */
  readonly silencedSeconds: Readonly<Record<string, number>>
  /** The same for any reason. */
  readonly silencedSecondsTotal: number
  readonly callSeconds: number
  readonly payments: readonly PaymentAnswer[]
  /** The proxy's own time per message, beyond the hold-back, ms. */
  readonly workMs: { readonly p50: number; readonly p99: number }
  readonly elapsedSeconds: number
  /** What of the promise does not hold; empty when all of it does. */
  readonly broken: readonly string[]
}

/** A sample further from zero than this is audible: mu-law's smallest step, 8 counts of 32,768, is -72 dB. */
const AUDIBLE_ABOVE = 8

export const measure = (call: DemoCall, recorded: Audio, played: Played): Figures => {
  const { sidecar } = played
  const rate = call.sampleRateHz
  const audible = (stretch: Stretch): number => audibleSamples(recorded, stretch)
  const spans = sidecar.spans.flatMap((span) => stretchesOf(span, call.tracks.length))
  const figures = {
    dialect: played.dialect,
    messages: played.messageCount,
    framesIn: sidecar.frames.in,
    framesOut: sidecar.frames.out,
    keys: call.keys.length,
    keysSilenced: call.keys.filter((key) => audible(key) === 0).length,
    leakedMs: msOf(sum([...call.keys, ...call.secrets].map(audible)), rate),
    calmSamplesChanged: sum(call.tracks.map((_, track) => calmSamplesChanged(call, recorded, spans, track))),
    silencedNeedlesslySeconds: sum(
      call.calm.map((calm) => coveredSeconds(sidecar.spans.map(within(calm)), rate)),
    ),
    spanSamplesAudible: sum(spans.map(audible)),
    samples: call.samples,
    samplesRecorded: recorded.tracks[0]?.length ?? 0,
    lateMs: sidecar.lateMs,
    unjudgedPassedMs: sidecar.unjudgedPassedMs,
    silencedSeconds: silencedByReason(sidecar.spans, rate),
    silencedSecondsTotal: coveredSeconds(sidecar.spans, rate),
    callSeconds: call.samples / rate,
    payments: played.answers,
    workMs: played.workMs,
    elapsedSeconds: played.elapsedMs / 1000,
  }
  return { ...figures, broken: brokenPromises(figures, call) }
}

/** Samples of a stretch that can be heard. What the recording does not have is not heard; `samplesRecorded` tells of it. */
const audibleSamples = ({ tracks }: Audio, { track, startSample, endSample }: Stretch): number => {
  let count = 0
  for (const sample of tracks[track]?.subarray(Math.max(0, startSample), endSample) ?? [])
    if (Math.abs(sample) > AUDIBLE_ABOVE) count++
  return count
}

/** Outside every span the recording must be the call, bit by bit. */
const calmSamplesChanged = (
  call: DemoCall,
  recorded: Audio,
  spans: readonly Stretch[],
  track: number,
): number => {
  const isSpan = new Uint8Array(call.samples)
  for (const span of spans)
    if (span.track === track) isSpan.fill(1, Math.max(0, span.startSample), Math.max(0, span.endSample))
  const before = call.audio.tracks[track]!
  const after = recorded.tracks[track]
  let changed = 0
  for (let i = 0; i < call.samples; i++) if (isSpan[i] === 0 && before[i] !== after?.[i]) changed++
  return changed
}

/** The part of a span that lies in a range; of no length when none does. */
const within =
  ({ startSample, endSample }: DemoCall['calm'][number]) =>
  (span: Sidecar['spans'][number]): Sidecar['spans'][number] => ({
    ...span,
    startSample: Math.min(Math.max(span.startSample, startSample), endSample),
    endSample: Math.max(Math.min(span.endSample, endSample), startSample),
  })

const stretchesOf = ({ track, ...range }: Sidecar['spans'][number], trackCount: number): Stretch[] =>
  track === null
    ? Array.from({ length: trackCount }, (_, index) => ({ ...range, track: index }))
    : [{ ...range, track }]

const silencedByReason = (spans: Sidecar['spans'], rateHz: number): Record<string, number> => {
  const reasons = [...new Set(spans.map(({ reason }) => reason))].sort()
  const of = (reason: string) => spans.filter((span) => span.reason === reason)
  return Object.fromEntries(reasons.map((reason) => [reason, coveredSeconds(of(reason), rateHz)]))
}

/** Time that any of the spans covers; they come by their start. */
const coveredSeconds = (spans: Sidecar['spans'], rateHz: number): number => {
  let covered = 0
  let reached = 0
  for (const { startSample, endSample } of spans) {
    covered += Math.max(0, endSample - Math.max(startSample, reached))
    reached = Math.max(reached, endSample)
  }
  return covered / rateHz
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** The promise, sentence by sentence. */
const brokenPromises = (figures: Omit<Figures, 'broken'>, call: DemoCall): string[] => {
  const { keys, keysSilenced, leakedMs, framesIn, framesOut, samples, samplesRecorded, payments } = figures
  const unanswered = call.signals.length - payments.filter(isKept).length
  const problems: readonly (readonly [boolean, string])[] = [
    [keysSilenced < keys, `${keys - keysSilenced} keys can be heard`],
    [leakedMs > 0, `${leakedMs.toFixed(1)} ms of sensitive audio can be heard`],
    [figures.calmSamplesChanged > 0, `${figures.calmSamplesChanged} samples of calm audio were changed`],
    [figures.spanSamplesAudible > 0, `${figures.spanSamplesAudible} samples inside spans can be heard`],
    [framesIn !== framesOut, `${framesIn} frames came in, ${framesOut} went out`],
    [samplesRecorded !== samples, `the call has ${samples} samples, the recording ${samplesRecorded}`],
    [figures.lateMs > 0, `${figures.lateMs.toFixed(0)} ms were known too late`],
    [figures.unjudgedPassedMs > 0, `${figures.unjudgedPassedMs.toFixed(0)} ms left unjudged`],
    [unanswered > 0, `${unanswered} payment signals were not applied in full`],
  ]
  return problems.filter(([isBroken]) => isBroken).map(([, problem]) => problem)
}

const isKept = ({ result, lateMs }: PaymentAnswer): boolean => result === 'applied' && (lateMs ?? 0) === 0
