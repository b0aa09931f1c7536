import { type DetectorSetup, recordedServices } from '../../proxy/detectors/detector.js'
import type { HeardWord } from '../../proxy/detectors/speech/recognizer.js'
import {
  embedded,
  embeddedOptionsSchema,
} from '../../proxy/detectors/speech/recognizers/embedded/embedded.js'
import { spottedWindowsOf } from '../../proxy/detectors/speech/spotted-windows.js'
import { languages } from '../../proxy/detectors/speech/words/languages/index.js'
import { wordsOptionsSchema } from '../../proxy/detectors/speech/words/options.js'
import type { SpeechFile } from './corpus.js'
import { channelsOf } from './measure.js'

/** How the spotter's phrases do in a group of files. */
export interface PhraseScore {
  /** Phrases that announce a number, and of those how many had opened a window half a second after them. */
  readonly announced: number
  readonly found: number
  /** Windows opened where nothing had been announced, and the time that was listened to, hours of all channels' call. */
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

/** What the phrases of `files` do with a policy that says nothing more than that the spotter listens. */
export const scorePhrases = (files: readonly SpeechFile[]): PhraseScore => {
  const scores = files.map(scoreOf)
  const sum = (of: (score: PhraseScore) => number): number =>
    scores.reduce((total, score) => total + of(score), 0)
  return {
    announced: sum(({ announced }) => announced),
    found: sum(({ found }) => found),
    falseWindows: sum(({ falseWindows }) => falseWindows),
    hours: sum(({ hours }) => hours),
  }
}

const scoreOf = (file: SpeechFile): PhraseScore => {
  const tracks = channelsOf(file.bytes)
  const setup: DetectorSetup = {
    tracks: tracks.map((_, index) => ({ index, role: 'mixed' })),
    clockRateHz: RATE_HZ,
    sampleRateHz: tracks.map(() => RATE_HZ),
  }
  let isOpening = false
  const windows = spottedWindowsOf(
    setup,
    wordsOptionsSchema.parse({ languages: Object.keys(languages) }),
    { open: [], close: [] },
    () => {
      isOpening = true
    },
  )!
  let falseWindows = 0
  for (const word of wordsOf(tracks, setup)) {
    isOpening = false
    windows.hear(word)
    const isLabelled = file.phrases.some(
      ({ start, end }) => word.endSample > start - NEAR_SAMPLES && word.startSample < end + NEAR_SAMPLES,
    )
    if (isOpening && !isLabelled) falseWindows++
  }
  const announced = file.phrases.filter(({ id }) => !isClosing(id))
  return {
    announced: announced.length,
    found: announced.filter(({ end }) => windows.isOpenAt(end + ANSWER_SAMPLES)).length,
    falseWindows,
    hours: tracks[0]!.length / RATE_HZ / 3600,
  }
}

/** What the spotter hears of a call, by its time. */
const wordsOf = (tracks: readonly Int16Array[], setup: DetectorSetup): readonly HeardWord[] => {
  const recognizer = embedded.create(setup, embeddedOptionsSchema.parse({}), recordedServices)
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
