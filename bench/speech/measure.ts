import { codecNamed } from '../../proxy/codecs/index.js'
import type { DetectorSetup, Finding } from '../../proxy/detectors/detector.js'
import { speech } from '../../proxy/detectors/speech/detector.js'
import { KernelNet } from '../../proxy/detectors/speech/recognizers/embedded/kernel-net.js'
import { threadSpotter } from '../../proxy/detectors/speech/recognizers/embedded/spotter.io.js'
import { TrackSpotter } from '../../proxy/detectors/speech/recognizers/embedded/track-spotter.js'
import { type WavPart, WavScanner } from '../../proxy/media/wav.js'
import type { PolicyOptions } from '../../proxy/policy/options.js'
import { WavRedaction } from '../../proxy/session/wav-redaction.js'
import type { Secret, SpeechFile } from './corpus.js'

/** What the recorder got of a file, per channel, beside what was spoken. */
export interface Played {
  readonly spoken: readonly Int16Array[]
  readonly recorded: readonly Int16Array[]
  readonly sampleRateHz: number
}

/** A stretch of zeros shorter than this is a quiet moment, not silence that was put there: 20 ms at 8 kHz. */
const SILENCE_SAMPLES = 160

/** Plays a file as a call through a session, and hears what the recorder got. */
export const play = ({ bytes }: SpeechFile, policy: PolicyOptions): Played => {
  const redaction = new WavRedaction({ policy, frameMs: 20, payments: [] })
  const out: Uint8Array[] = []
  redaction.push(bytes, out)
  const { format } = redaction.end(out)
  return {
    spoken: channelsOf(bytes),
    recorded: channelsOf(Buffer.concat(out)),
    sampleRateHz: format.clockRateHz,
  }
}

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

/** Seconds of a recording that are silent on any channel and were not before. */
export const silencedSeconds = ({ spoken, recorded, sampleRateHz }: Played): number => {
  const before = spoken.map(silentSamples)
  const after = recorded.map(silentSamples)
  let count = 0
  for (let i = 0; i < after[0]!.length; i++)
    if (after.some((silent, channel) => silent[i]! > before[channel]![i]!)) count++
  return count / sampleRateHz
}

/** From the first sample that a finding silences, its pad aside, until it is told, ms of media time. */
export const lagsOf = (file: SpeechFile, policy: PolicyOptions): readonly number[] => {
  const tracks = channelsOf(file.bytes)
  const setup: DetectorSetup = {
    tracks: tracks.map((_, index) => ({ index, role: 'mixed' })),
    clockRateHz: 8_000,
    sampleRateHz: tracks.map(() => 8_000),
  }
  const detector = speech.create(setup, policy.detectors.speech)
  const lags: number[] = []
  const findings: Finding[] = []
  for (let at = 0; at < tracks[0]!.length; at += 160) {
    for (const [track, pcm] of tracks.entries()) detector.push(track, pcm.subarray(at, at + 160), at)
    findings.length = 0
    detector.drain(findings, [])
    for (const { isOnset, startSample } of findings)
      if (isOnset) lags.push((at + 160 - startSample) / 8 - policy.detectors.speech.padBeforeMs)
  }
  detector.close()
  return lags
}

/** Tracks that one core listens to, and what one of them holds, KiB. Each hears another file, all of them in turn, frame by frame. */
export const costOf = (files: readonly SpeechFile[]): { tracks: number; kilobytes: number } => {
  const { model, frontEnd, kernel } = threadSpotter()
  const audio = files.flatMap(({ bytes }) => channelsOf(bytes)).filter((pcm) => pcm.length > 80_000)
  const streams = Array.from({ length: 300 }, (_, i) => ({
    pcm: audio[i % audio.length]!,
    spotter: new TrackSpotter({
      model,
      frontEnd,
      net: new KernelNet(kernel),
      sampleRateHz: 8_000,
      clockRateHz: 8_000,
      heard: () => {},
    }),
  }))
  const seconds = 10
  const startedAt = process.cpuUsage().user
  for (let at = 0; at < seconds * 8_000; at += 800)
    for (const { pcm, spotter } of streams) spotter.push(pcm.subarray(at, at + 800), at)
  const busy = (process.cpuUsage().user - startedAt) / 1e6
  for (const { spotter } of streams) spotter.close()
  return { tracks: Math.floor((streams.length * seconds) / busy), kilobytes: kernel.streamBytes / 1024 }
}
