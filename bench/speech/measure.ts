import { codecNamed } from '../../proxy/codecs/index.js'
import type { DetectorSetup, Finding } from '../../proxy/detectors/detector.js'
import { speech } from '../../proxy/detectors/speech/detector.js'
import { type WavPart, WavScanner } from '../../proxy/media/wav.js'
import type { PolicyOptions } from '../../proxy/policy/options.js'
import type { RecordedInterval } from '../../proxy/session/recorded-call.js'
import type { RedactedRun } from '../../proxy/session/redaction-log.js'
import { WavRedaction } from '../../proxy/session/wav-redaction.js'
import type { Secret, SpeechFile } from './corpus.js'

/** What the recorder got of a file, per channel, beside what was spoken. */
export interface Played {
  readonly spoken: readonly Int16Array[]
  readonly recorded: readonly Int16Array[]
  readonly sampleRateHz: number
  /** What was silenced and why; null of a recording that somebody else made. */
  readonly spans: readonly RedactedRun[] | null
}

/** A stretch of zeros shorter than this is a quiet moment, not silence that was put there: 20 ms at 8 kHz. */
const SILENCE_SAMPLES = 160

/** Plays a file as a call through a session, and hears what the recorder got. */
export const play = (
  { bytes }: SpeechFile,
  policy: PolicyOptions,
  payments: readonly RecordedInterval[] = [],
): Played => {
  const redaction = new WavRedaction({ policy, frameMs: 20, payments })
  const out: Uint8Array[] = []
  redaction.push(bytes, out)
  const { format, spans } = redaction.end(out)
  return { ...played(bytes, Buffer.concat(out)), sampleRateHz: format.clockRateHz, spans }
}

/** The same of a recording that was redacted before. */
export const played = (bytes: Uint8Array, recording: Uint8Array): Played => ({
  spoken: channelsOf(bytes),
  recorded: channelsOf(recording),
  sampleRateHz: 8_000,
  spans: null,
})

/** The samples of a WAV, channel by channel. */
export const channelsOf = (bytes: Uint8Array): readonly Int16Array[] => {
  const scanner = new WavScanner()
  const parts: WavPart[] = []
  scanner.push(bytes, parts)
  scanner.end()
  const format = scanner.format!
  const samples = Buffer.concat(parts.filter(({ kind }) => kind === 'samples').map((part) => part.bytes))
  const count = samples.length / format.blockBytes
  const pcm = new Int16Array(count * format.channelCount)
  codecNamed(format.codec)!.createDecoder(format).decodeInto(samples, pcm)
  return Array.from({ length: format.channelCount }, (_, channel) =>
    Int16Array.from({ length: count }, (_, i) => pcm[i * format.channelCount + channel]!),
  )
}

/** For each sample whether it is silent in the recording: 1, within 20 ms of nothing but silence. */
export const silentSamples = (recorded: Int16Array): Uint8Array => {
  const silent = new Uint8Array(recorded.length)
  let from = 0
  for (let i = 0; i <= recorded.length; i++) {
    if (i < recorded.length && Math.abs(recorded[i]!) <= 8) continue
    if (i - from >= SILENCE_SAMPLES) silent.fill(1, from, i)
    from = i + 1
  }
  return silent
}

/** For each sample of a channel whether it was silenced for this reason. */
export const silencedFor = (reason: string, { spans, spoken }: Played, channel: number): Uint8Array => {
  const marks = new Uint8Array(spoken[channel]!.length)
  for (const span of spans ?? [])
    if (span.reason === reason && (span.track ?? channel) === channel)
      marks.fill(1, span.startSample, span.endSample)
  return marks
}

const countOf = (marks: Uint8Array, from: number, to: number): number => {
  let count = 0
  for (let i = from; i < Math.min(to, marks.length); i++) count += marks[i]!
  return count
}

/** What is left of something secret. */
export interface Remains {
  readonly wordSamples: number
  readonly silentSamples: number
  /** Digits of words of which half or more can be heard. */
  readonly digitsLeft: number
}

export const remainsOf = (secret: Secret, silent: Uint8Array): Remains => {
  const words = secret.words.map(({ start, end, digits }) => ({
    samples: end - start,
    silent: countOf(silent, start, end),
    digits: Math.max(1, digits.length),
  }))
  return {
    wordSamples: words.reduce((sum, { samples }) => sum + samples, 0),
    silentSamples: words.reduce((sum, word) => sum + word.silent, 0),
    digitsLeft: words.reduce((sum, word) => (word.silent * 2 <= word.samples ? sum + word.digits : sum), 0),
  }
}

/** Speech without secrets, and what was silenced of it on any channel that was not silent before. */
export interface Lost {
  readonly seconds: number
  readonly silencedSeconds: number
  /** Of these, what was silenced for keys that nobody pressed. */
  readonly keysSeconds: number
}

/** What lies around a secret, by so much, is silenced on purpose. */
export const lostOf = (
  { secrets }: SpeechFile,
  call: Played,
  pads: { readonly beforeMs: number; readonly afterMs: number },
): Lost => {
  const { spoken, recorded, sampleRateHz } = call
  const counted = new Uint8Array(spoken[0]!.length).fill(1)
  const samples = (ms: number): number => (ms * sampleRateHz) / 1000
  for (const { start, end } of secrets)
    counted.fill(0, Math.max(0, start - samples(pads.beforeMs)), end + samples(pads.afterMs))
  const before = spoken.map(silentSamples)
  const after = recorded.map(silentSamples)
  const keys = spoken.map((_, channel) => silencedFor('dtmf', call, channel))
  let silenced = 0
  let keyed = 0
  for (let i = 0; i < counted.length; i++) {
    if (counted[i] === 0 || !after.some((silent, channel) => silent[i]! > before[channel]![i]!)) continue
    silenced++
    if (keys.some((marks) => marks[i] === 1)) keyed++
  }
  return {
    seconds: countOf(counted, 0, counted.length) / sampleRateHz,
    silencedSeconds: silenced / sampleRateHz,
    keysSeconds: keyed / sampleRateHz,
  }
}

/** From where each secret begins until the detector tells of it, ms of media time; secrets that it never finds are left out. */
export const lagsOf = (file: SpeechFile, policy: PolicyOptions): readonly number[] => {
  if (file.secrets.length === 0) return []
  const waiting = new Set(file.secrets)
  const lags: number[] = []
  for (const [at, { startSample, endSample }] of findingsOf(channelsOf(file.bytes), policy))
    for (const secret of waiting) {
      if (startSample >= secret.end || endSample <= secret.start || at <= secret.start) continue
      waiting.delete(secret)
      lags.push((at - secret.start) / 8)
    }
  return lags
}

/** What the detector tells of a call, each with the position up to which it had been given audio. */
function* findingsOf(tracks: readonly Int16Array[], policy: PolicyOptions): Generator<[number, Finding]> {
  const setup: DetectorSetup = {
    tracks: tracks.map((_, index) => ({ index, role: 'mixed' })),
    clockRateHz: 8_000,
    sampleRateHz: tracks.map(() => 8_000),
  }
  const detector = speech.create(setup, policy.detectors.speech)
  const findings: Finding[] = []
  for (let at = 0; at < tracks[0]!.length; at += 160) {
    for (const [track, pcm] of tracks.entries()) detector.push(track, pcm.subarray(at, at + 160), at)
    findings.length = 0
    detector.drain(findings, [])
    for (const finding of findings) yield [at + 160, finding]
  }
  detector.close()
}
