/** From what was played to what is told: a row for each group of files, and one for each kind of secret. */
import type { PolicyOptions } from '../../proxy/policy/options.js'
import type { RecordedInterval } from '../../proxy/session/recorded-call.js'
import type { Secret, SpeechFile } from './corpus.js'
import { lostOf, type Played, remainsOf, silencedFor, silentSamples } from './measure.js'
import type { PhraseScore } from './phrases.js'

/** What became of a group of files, or of one kind of secret in all of them. */
export interface Row {
  readonly what: string
  readonly files: number
  readonly minutes: number
  readonly secrets: number
  /** Of the time in which words of secrets are said, the share that is silent, 0 to 1; null where there are none. */
  readonly silentShare: number | null
  readonly cards: number
  /** Digits of which half or more can be heard, a card number on average; of other kinds, a secret. Null where there are none. */
  readonly digitsLeft: number | null
  /** Silenced in an hour of speech without secrets, s; null of a kind of secret. */
  readonly lostSecondsPerHour: number | null
  /** Of these, for keys that nobody pressed; null where nobody knows why. */
  readonly keysSecondsPerHour: number | null
  /** Phrases that announce a number, and those that were understood; null where there are none, or nobody asked. */
  readonly phrases: { readonly announced: number; readonly found: number } | null
  /** Windows that opened without one, an hour; null of a kind of secret. */
  readonly falseWindowsPerHour: number | null
}

export interface PlayedFile {
  readonly file: SpeechFile
  readonly call: Played
  /** Null, or left out: nobody asks. */
  readonly phrases?: PhraseScore | null
}

interface Group {
  readonly what: string
  readonly holds: (file: SpeechFile) => boolean
}

const ofClass = (what: string, name: string): Group => ({ what, holds: (file) => file.class === name })
const talk = (what: string, holds: (file: SpeechFile) => boolean): Group => ({
  what,
  holds: (file) => file.class === 'negative' && holds(file),
})

const groups: readonly Group[] = [
  { what: 'whole corpus', holds: () => true },
  ofClass('payment calls', 'call'),
  ofClass('secret numbers alone', 'digits'),
  ofClass('other numbers', 'benign'),
  ofClass('phrases of payment', 'phrase'),
  talk('talk of people', (file) => file.talk === 'real'),
  talk('synthetic talk, clean', (file) => file.talk === 'synthetic' && !file.isNoisy),
  talk('synthetic talk, noisy', (file) => file.talk === 'synthetic' && file.isNoisy),
  talk('music and tones', (file) => file.talk === 'music'),
]

/** The rows of what files are of. */
export const rowsOfFiles = (played: readonly PlayedFile[], policy: PolicyOptions): readonly Row[] =>
  groups.flatMap(({ what, holds }) => {
    const members = played.filter(({ file }) => holds(file))
    return members.length === 0
      ? []
      : [{ ...rowOf(what, members, itemsOf(members)), ...lostIn(members, policy), ...phrasesIn(members) }]
  })

/** The rows of each kind of secret, by who says it; `by` says what counts as silent, everything where it is left out. */
export const rowsOfKinds = (played: readonly PlayedFile[], suffix = '', by?: SilentBy): readonly Row[] => {
  const items = itemsOf(played, by)
  const names = [...new Set(items.map(nameOf))].sort()
  return names.map((name) =>
    rowOf(
      `${name}${suffix}`,
      [],
      items.filter((item) => nameOf(item) === name),
    ),
  )
}

/** For each sample of a channel whether it is silent. */
export type SilentBy = (call: Played, channel: number) => Uint8Array

/** By what the detector found itself, whatever else was silent. */
export const byTheDetector: SilentBy = (call, channel) => silencedFor('speech', call, channel)
const byAnything: SilentBy = ({ recorded }, channel) => silentSamples(recorded[channel]!)

interface Item {
  readonly secret: Secret
  readonly wordSamples: number
  readonly silentSamples: number
  readonly digitsLeft: number
}

const nameOf = ({ secret }: Item): string => `${secret.kind}, ${secret.isHuman ? 'people' : 'synthetic'}`

const itemsOf = (played: readonly PlayedFile[], by: SilentBy = byAnything): readonly Item[] =>
  played.flatMap(({ file, call }) =>
    file.secrets.map((secret) => ({
      secret,
      ...remainsOf(secret, by(call, file.channels.indexOf(secret.channel))),
    })),
  )

const sumOf = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0)

const rowOf = (what: string, members: readonly PlayedFile[], items: readonly Item[]): Row => {
  const cards = items.filter(({ secret }) => secret.kind === 'pan')
  const counted = cards.length > 0 ? cards : items
  const isNone = items.length === 0
  return {
    what,
    files: members.length,
    minutes: sumOf(members, ({ call }) => call.spoken[0]!.length / call.sampleRateHz / 60),
    secrets: items.length,
    silentShare: isNone
      ? null
      : sumOf(items, (item) => item.silentSamples) / sumOf(items, (item) => item.wordSamples),
    cards: cards.length,
    digitsLeft: isNone ? null : sumOf(counted, (item) => item.digitsLeft) / counted.length,
    lostSecondsPerHour: null,
    keysSecondsPerHour: null,
    phrases: null,
    falseWindowsPerHour: null,
  }
}

const lostIn = (
  members: readonly PlayedFile[],
  policy: PolicyOptions,
): Pick<Row, 'lostSecondsPerHour' | 'keysSecondsPerHour'> => {
  const { padBeforeMs, padAfterMs } = policy.detectors.speech
  const pads = { beforeMs: padBeforeMs, afterMs: padAfterMs }
  const lost = members.map(({ file, call }) => lostOf(file, call, pads))
  const hours = sumOf(lost, ({ seconds }) => seconds) / 3600
  const isKnown = members.every(({ call }) => call.spans !== null)
  return {
    lostSecondsPerHour: hours > 0 ? sumOf(lost, ({ silencedSeconds }) => silencedSeconds) / hours : null,
    keysSecondsPerHour: hours > 0 && isKnown ? sumOf(lost, ({ keysSeconds }) => keysSeconds) / hours : null,
  }
}

const phrasesIn = (members: readonly PlayedFile[]): Pick<Row, 'phrases' | 'falseWindowsPerHour'> => {
  const scores = members.flatMap(({ phrases }) => phrases ?? [])
  const announced = sumOf(scores, (score) => score.announced)
  const found = sumOf(scores, (score) => score.found)
  const hours = sumOf(scores, (score) => score.hours)
  return {
    phrases: announced === 0 ? null : { announced, found },
    falseWindowsPerHour: hours > 0 ? sumOf(scores, (score) => score.falseWindows) / hours : null,
  }
}

/** The payment step that a signal would have opened: from the first phrase that asks for something until the last secret is said. */
export const paymentIn = ({ phrases, secrets }: SpeechFile): RecordedInterval => {
  const us = (sample: number): number => Math.floor((sample * 1e6) / 8_000)
  const last = Math.max(...secrets.map(({ end }) => end))
  const asked = phrases.map(({ start }) => start).filter((start) => start < last)
  return { startUs: us(Math.min(...asked, ...secrets.map(({ start }) => start))), endUs: us(last) }
}
