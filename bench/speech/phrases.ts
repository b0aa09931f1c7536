import { type DetectorSetup, recordedServices } from '../../proxy/detectors/detector.js'
import type { SpeechOptions } from '../../proxy/detectors/speech/options.js'
import type { HeardWord } from '../../proxy/detectors/speech/recognizer.js'
import { type EmbeddedOptions, embedded } from '../../proxy/detectors/speech/recognizers/embedded/embedded.js'
import { spottedWindowsOf } from '../../proxy/detectors/speech/spotted-windows.js'
import type { SpeechFile } from './corpus.js'
import { channelsOf } from './measure.js'

/** How the spotter's phrases do in a group of files. */
export interface PhraseScore {
  /** Phrases that announce a number, and of those how many had opened a window half a second after them. */
  readonly announced: number
  readonly found: number
  /** Windows opened where nothing had been announced, and how long the calls are, hours. */
  readonly falseWindows: number
  readonly hours: number
}

const RATE_HZ = 8_000
/** When the first digit may come, samples: as long after the phrase as people take to answer. */
const ANSWER_SAMPLES = RATE_HZ / 2
/** A window that opens so close to a label is of the phrase that is labelled, samples. */
const NEAR_SAMPLES = RATE_HZ / 2
/** Labels of phrases that end a payment. */
const isClosing = (id: string): boolean => /through|authorised/.test(id)

/** What the spotter's phrases do in `files`; null where the policy has it not listen, or wants no windows. */
export const scorePhrases = (
  files: readonly SpeechFile[],
  { recognizers, words }: SpeechOptions,
): PhraseScore | null => {
  const options = recognizers.embedded
  if (options === null || words.payment.window === 'off') return null
  const scores = files.map((file) => scoreOf(file, options, words))
  const sum = (of: (score: PhraseScore) => number): number =>
    scores.reduce((total, score) => total + of(score), 0)
  return {
    announced: sum(({ announced }) => announced),
    found: sum(({ found }) => found),
    falseWindows: sum(({ falseWindows }) => falseWindows),
    hours: sum(({ hours }) => hours),
  }
}

/** Whether a phrase is labelled where these words are. */
export const isLabelled = ({ phrases }: SpeechFile, startSample: number, endSample = startSample): boolean =>
  phrases.some(({ start, end }) => endSample > start - NEAR_SAMPLES && startSample < end + NEAR_SAMPLES)

/** The phrases of a file that announce a number, and how many of them had opened a window when it may come. */
export const announcedIn = (
  { phrases }: SpeechFile,
  isOpenAt: (sample: number) => boolean,
): { readonly announced: number; readonly understood: number } => {
  const announced = phrases.filter(({ id }) => !isClosing(id))
  const understood = announced.filter(({ end }) => isOpenAt(end + ANSWER_SAMPLES))
  return { announced: announced.length, understood: understood.length }
}

const scoreOf = (file: SpeechFile, options: EmbeddedOptions, policy: SpeechOptions['words']): PhraseScore => {
  const tracks = channelsOf(file.bytes)
  const setup: DetectorSetup = {
    tracks: tracks.map((_, index) => ({ index, role: 'mixed' })),
    clockRateHz: RATE_HZ,
    sampleRateHz: tracks.map(() => RATE_HZ),
  }
  let isOpening = false
  const windows = spottedWindowsOf(setup, policy, options, () => {
    isOpening = true
  })!
  let falseWindows = 0
  for (const word of wordsOf(tracks, setup, options)) {
    isOpening = false
    windows.hear(word)
    if (isOpening && !isLabelled(file, word.startSample, word.endSample)) falseWindows++
  }
  const { announced, understood } = announcedIn(file, (sample) => windows.isOpenAt(sample))
  return {
    announced,
    found: understood,
    falseWindows,
    hours: tracks[0]!.length / RATE_HZ / 3600,
  }
}

/** What the spotter hears of a call, second by second. */
const wordsOf = (
  tracks: readonly Int16Array[],
  setup: DetectorSetup,
  options: EmbeddedOptions,
): readonly HeardWord[] => {
  const recognizer = embedded.create(setup, options, recordedServices)
  const words: HeardWord[] = []
  for (let at = 0; at < tracks[0]!.length; at += RATE_HZ) {
    for (const [track, pcm] of tracks.entries()) recognizer.push(track, pcm.subarray(at, at + RATE_HZ), at)
    recognizer.drain(words)
  }
  recognizer.finish()
  recognizer.drain(words)
  recognizer.close()
  return words
}
