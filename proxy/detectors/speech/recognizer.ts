/**
 * What turns speech into words, whoever does it: the spotter built in, a cloud, a server of one's own. All give words with
 * their times, so that one understanding of numbers and phrases stands behind them. Several may listen to one call: their
 * watermarks are AND-ed, what is found in their words is OR-ed.
 *
 * Words are secret. They are handed on once, forgotten as soon as they are understood, and stand in no log, metric, error
 * or ledger.
 */
import type { Alertness, DetectorHealth, DetectorServices, DetectorSetup } from '../detector.js'
import type { PaymentPhrases } from './words/languages/language.js'

/** A word that somebody said, or a part of a word that is sure enough to act on. Secret. */
export interface HeardWord {
  readonly track: number
  /**
   * In lower case ('four', 'double', 'card'), or digits as a recogniser writes them ('4929', '12/27'). Empty where nobody
   * listened: audio that was lost on its way. Nobody knows what was said there, so it is silenced.
   */
  readonly text: string
  /** Positions at the call's clock rate; half-open, never empty. */
  readonly startSample: number
  readonly endSample: number
  /**
   * False for a word that may still change. Such a word can open a span early; what replaces it, or confirms it, can only
   * add to that: nothing that was heard is taken back.
   */
  readonly isFinal: boolean
  /**
   * It was spotted by itself, and nobody understood what lies around it: numbers are weighed and counted (digit-runs.ts), and two
   * words of payment are a phrase (spotted-windows.ts), of which one that is not final may only open a window. Left out: a word of a
   * sentence.
   */
  readonly isSpot?: true
  /** Of a spot: how sure it is that a number was said, 0 to 1; left out: sure. */
  readonly certainty?: number
}

/** What a recogniser may use of the world; it tells the monitor of its work under its own name. */
export type RecognizerServices = DetectorServices

/** An entry of the recognisers registry. */
export interface RecognizerKind<O> {
  /**
   * For one call; throws nothing: `options` have passed the kind's schema. On a `recorded` pace every word and watermark is
   * there when push() returns; a kind that cannot do that has failed from the start.
   */
  create(setup: DetectorSetup, options: O, services: RecognizerServices): Recognizer
  /** How far behind the newest sample the watermark may lie in normal work, ms, its way there and back included. */
  lagMs(options: O): number
  /**
   * `spots`: it knows numbers and little else, and what lies between two of its words says nothing. `sentences`: phrases, other languages
   * and special categories are looked for in what it hears (words/). `both`: each word says which it is.
   */
  readonly hears: 'spots' | 'sentences' | 'both'
  /** It answers at the pace of speech, and has failed from the start on any other. Left out: it does not mind. */
  readonly isLiveOnly?: true
  /**
   * Of the numbers that a policy asks for before it silences them, the share that has to be sure, 0 to 1; left out: all of them. For
   * spots.
   */
  readonly sureShare?: number
  /** For spots: phrases of words of payment, as the options add them; left out: none is listened for. */
  phrases?(options: O): PaymentPhrases
}

/**
 * Listens to every track of one call. Words and watermarks arrive when they do, also between two pushes: whoever reads a
 * watermark drains first.
 */
export interface Recognizer {
  /** Key of the registry. */
  readonly name: string
  /** `failed` is for good: the watermark stands still, and the call goes silent at its deadline (R6). */
  readonly health: DetectorHealth
  /**
   * Audio of one track: pcm is borrowed until return, signed 16-bit at the track's PCM rate. startSample is never below
   * where the track's last push or skip ended; a gap between them is digital silence. Never waits. Hot.
   */
  push(track: number, pcm: Int16Array, startSample: number): void
  /** The track has no audio before this position: digital silence. */
  skip(track: number, toSample: number): void
  setAlertness(alertness: Alertness): void
  /** Appends every word not yet handed out, in any order. Called before a watermark is read. Hot. */
  drain(out: HeardWord[]): void
  /**
   * Promise: no word on this track that drain() has not handed out yet starts before this position. Never decreases;
   * Infinity after finish(), once every word has been drained. Moves without a push as well. Hot.
   */
  watermarkSample(track: number): number
  /** The call has ended: recognise what is left; what is still on its way is waited for by whoever reads the watermark. */
  finish(): void
  /** Lets go of everything, words and audio overwritten or forgotten. Nothing is called afterwards. */
  close(): void
}
