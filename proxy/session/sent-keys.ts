/**
 * Listens for keys in audio that has been sent, to tell whether any got out. It is not the detector that masks: that one
 * weighs evidence and would rather mask speech than miss a key; this one believes only a key that is plain to hear, for an
 * alarm that cries at speech is soon switched off. Two faults in the same place would have to hide from both.
 *
 * How: windows of 20 ms every 10 ms, each from two halves (sent-tones/): a window shows a pair when one row and one column hold
 * more than half of all its energy, neither far above the other; two such windows in a row, of the same pair, are a key. Three
 * keys within five seconds of each other are a suspicion: one alone may be a ringback tone, or a parrot. Digits are not kept.
 *
 * Measured: no suspicion in 4.3 hours of prompts, readings and music (the corpus of docs/quality.md); every entry of keys of
 * 40 ms and more down to -45 dBm0, and of 100 ms at 5 dB above noise; two in three at the edge of every tolerance at once.
 *
 *   halves    |--a--|--b--|--c--|--d--|       10 ms each
 *   windows   [-----a+b---]                   a key of 40 ms fills two of them wherever it begins
 *                   [-----b+c---]
 */
import type { SentTones } from './sent-tones/sent-tones.js'

/** Windows without the pair that end a key. */
const END_WINDOWS = 2

/** Keys that make a suspicion. */
export const SUSPICIOUS_KEYS = 3
/** Pause between two keys of one entry, seconds. */
const ENTRY_PAUSE_SECONDS = 5

export class SentKeys {
  /** What is known of the halves in hand. */
  readonly #state: Int32Array
  #filled = 0
  /** Where the present half begins, samples of PCM. */
  #position = 0
  /** Row and column of the last window, -1: none; that much of a digit is forgotten 10 ms later. */
  #pair = -1
  #keyStart = -1
  #keyEnd = 0
  #missing = 0
  #entryStart = 0
  #entryEnd = -Infinity
  #entryKeys = 0

  /** `suspect` gets a half-open range of PCM samples: an entry of three keys, then each further key of it. */
  constructor(
    private readonly tones: SentTones,
    private readonly suspect: (startSample: number, endSample: number) => void,
  ) {
    this.#state = tones.newState()
  }

  /** The next audio of the track, at `startSample`; what is missing in between is silence. Borrowed. Hot. */
  push(pcm: Int16Array, startSample: number): void {
    const { tones } = this
    if (startSample !== this.#position + this.#filled) this.#restart(startSample)
    tones.take(this.#state, pcm)
    for (let at = 0; at < pcm.length; ) {
      const count = Math.min(pcm.length - at, tones.half - this.#filled)
      const pair = tones.hear(at, count, this.#filled)
      at += count
      this.#filled += count
      if (this.#filled === tones.half) this.#turn(pair)
    }
    tones.keep(this.#state)
  }

  /** The track has ended: a key that still sounded has, too. */
  finish(): void {
    this.#endKey()
  }

  #restart(startSample: number): void {
    this.#endKey()
    this.#pair = -1
    this.#state.fill(0)
    this.#filled = 0
    this.#position = startSample
  }

  /** A half is full, and the window that it ends shows a pair or none. */
  #turn(pair: number): void {
    const { half } = this.tones
    this.#note(pair, this.#position - half, this.#position + half)
    this.#filled = 0
    this.#position += half
  }

  #note(pair: number, startSample: number, endSample: number): void {
    const isRepeated = pair >= 0 && pair === this.#pair
    this.#pair = pair
    if (isRepeated) {
      if (this.#keyStart < 0) this.#keyStart = startSample - this.tones.half
      this.#keyEnd = endSample
      this.#missing = 0
    } else if (this.#keyStart >= 0 && ++this.#missing >= END_WINDOWS) this.#endKey()
  }

  #endKey(): void {
    if (this.#keyStart < 0) return
    const isSameEntry = this.#keyStart - this.#entryEnd <= ENTRY_PAUSE_SECONDS * this.tones.rateHz
    this.#entryKeys = isSameEntry ? this.#entryKeys + 1 : 1
    if (!isSameEntry) this.#entryStart = this.#keyStart
    this.#entryEnd = this.#keyEnd
    const start = this.#entryKeys > SUSPICIOUS_KEYS ? this.#keyStart : this.#entryStart
    if (this.#entryKeys >= SUSPICIOUS_KEYS) this.suspect(start, this.#keyEnd)
    this.#keyStart = -1
    this.#missing = 0
  }
}
