/** Speech and music through the proxy: what is masked for nothing. */
import type { Recording } from './corpus.js'
import { heldPolicy, strictPolicy } from './measure.js'
import { playThrough } from './path.js'
import { telephoneBand } from './sound.js'

export interface TalkOff {
  readonly kind: Recording['kind']
  readonly band: 'original' | 'telephone band'
  readonly hours: number
  readonly masksPerHour: number
  /** Seconds silenced in an hour, by the mask alone and with the hold after two keys. */
  readonly secondsPerHour: number
  readonly heldSecondsPerHour: number
  /** Digits reported; there is none. */
  readonly reports: number
}

/** One row for each kind and band. `progress` is told what is being played. */
export const measureTalkOff = (
  recordings: readonly Recording[],
  progress: (text: string) => void,
): TalkOff[] =>
  (['people', 'synthetic', 'music'] as const).flatMap((kind) => {
    const ofKind = recordings.filter((recording) => recording.kind === kind)
    if (ofKind.length === 0) return []
    return (['original', 'telephone band'] as const).map((band) => {
      const played = ofKind.map(({ name, pcm }) => {
        progress(`talk-off: ${name}, ${band}`)
        return measureOne(band === 'original' ? pcm : telephoneBand(pcm))
      })
      const total = (of: (one: (typeof played)[number]) => number): number =>
        played.reduce((sum, one) => sum + of(one), 0)
      const hours = total((one) => one.samples) / 8_000 / 3_600
      return {
        kind,
        band,
        hours,
        masksPerHour: total((one) => one.masks) / hours,
        secondsPerHour: total((one) => one.silenced) / 8_000 / hours,
        heldSecondsPerHour: total((one) => one.heldSilenced) / 8_000 / hours,
        reports: total((one) => one.reports),
      }
    })
  })

const measureOne = (pcm: Int16Array) => {
  const sound = { sampleRateHz: 8_000, tracks: [pcm] }
  const strict = playThrough(sound, { codec: 'pcmu', policy: strictPolicy })
  const held = strict.onsets > 1 ? playThrough(sound, { codec: 'pcmu', policy: heldPolicy }) : strict
  return {
    samples: pcm.length,
    masks: strict.onsets,
    silenced: silencedSamples(strict.runs),
    heldSilenced: silencedSamples(held.runs),
    reports: strict.reports.length,
  }
}

const silencedSamples = (runs: readonly { startSample: number; endSample: number }[]): number =>
  runs.reduce((sum, { startSample, endSample }) => sum + endSample - startSample, 0)
