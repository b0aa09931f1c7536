/**
 * Listens for keys in audio that has been sent, to tell whether any got out. It is not the detector that masks: that one
 * weighs evidence and would rather mask speech than miss a key; this one believes only a key that is plain to hear, for an
 * alarm that cries at speech is soon switched off. Two faults in the same place would have to hide from both.
 *
 * How: windows of 20 ms every 10 ms, the eight DTMF frequencies (ITU-T Q.23) by discrete Fourier sums (Goertzel's), each window from two
 * halves so that every sample is looked at once. A window shows a key when one row and one column hold more than half of all
 * its energy, neither far above the other; two such windows in a row, of the same pair, are a key. Three keys within five
 * seconds of each other are a suspicion: one alone may be a ringback tone, or a parrot. Digits are not kept.
 *
 * Measured: no suspicion in 4.3 hours of prompts, readings and music (the corpus of docs/quality.md); every entry of keys of
 * 40 ms and more down to -45 dBm0, and of 100 ms at 5 dB above noise; two in three at the edge of every tolerance at once.
 *
 *   halves    |--a--|--b--|--c--|--d--|       10 ms each
 *   windows   [-----a+b---]                   a key of 40 ms fills two of them wherever it begins
 *                   [-----b+c---]
 */

/** Rows, then columns, Hz. */
const FREQUENCIES_HZ = [697, 770, 852, 941, 1209, 1336, 1477, 1633] as const
const ROWS = 4

/** Quieter than about -50 dBm0 nobody reads a key from a recording; mean square of 16-bit samples. */
const POWER_MIN = 80 ** 2
/** Share of a window's energy that the two tones hold: a tone that is off by 1.5 % shows little more than half of itself. */
const TONE_SHARE_MIN = 0.55
/** One tone over the other: 8 dB as in Q.24, and 3 dB that a tone loses when it lies between two bins. */
const TWIST_MAX = 10 ** 1.1
/** A tone over the next strongest of its group, 6 dB: two rows at once are no key. */
const LEAD_MIN = 4
/** Windows without the pair that end a key. */
const END_WINDOWS = 2

/** Keys that make a suspicion. */
export const SUSPICIOUS_KEYS = 3
/** Pause between two keys of one entry, seconds. */
const ENTRY_PAUSE_SECONDS = 5

/** Per frequency; angles are those of one sample, and of all samples of a half but one. */
interface Tables {
  readonly half: number
  /** 2 cos of the angle, by which a sum goes on from sample to sample (Goertzel). */
  readonly coefficient: Float64Array
  readonly cosine: Float64Array
  readonly sine: Float64Array
  readonly backCosine: Float64Array
  readonly backSine: Float64Array
  /** The turn from one half to the next. */
  readonly turnRe: Float64Array
  readonly turnIm: Float64Array
}

const tablesByRate = new Map<number, Tables>()

const tablesOf = (rateHz: number): Tables => {
  const known = tablesByRate.get(rateHz)
  if (known !== undefined) return known
  const half = Math.round(rateHz / 100)
  const each = (samples: number, of: (angle: number) => number): Float64Array =>
    Float64Array.from(FREQUENCIES_HZ, (hz) => of((2 * Math.PI * hz * samples) / rateHz))
  const tables = {
    half,
    coefficient: each(1, (angle) => 2 * Math.cos(angle)),
    cosine: each(1, Math.cos),
    sine: each(1, Math.sin),
    backCosine: each(half - 1, Math.cos),
    backSine: each(half - 1, Math.sin),
    turnRe: each(half, Math.cos),
    turnIm: each(half, (angle) => -Math.sin(angle)),
  }
  tablesByRate.set(rateHz, tables)
  return tables
}

export class SentKeys {
  readonly #tables: Tables
  /** The last two sums of each frequency in the half that is being filled. */
  readonly #sum1 = new Float64Array(8)
  readonly #sum2 = new Float64Array(8)
  /** What they come to when it is full. */
  readonly #re = new Float64Array(8)
  readonly #im = new Float64Array(8)
  readonly #lastRe = new Float64Array(8)
  readonly #lastIm = new Float64Array(8)
  readonly #power = new Float64Array(8)
  #energy = 0
  #lastEnergy = 0
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
    private readonly rateHz: number,
    private readonly suspect: (startSample: number, endSample: number) => void,
  ) {
    this.#tables = tablesOf(rateHz)
  }

  /** The next audio of the track, the first `sampleCount` of `pcm`, at `startSample`; what is missing in between is silence. Borrowed. Hot. */
  push(pcm: Int16Array, startSample: number, sampleCount = pcm.length): void {
    if (startSample !== this.#position + this.#filled) this.#restart(startSample)
    for (let at = 0; at < sampleCount; ) {
      const count = Math.min(sampleCount - at, this.#tables.half - this.#filled)
      this.#sum(pcm, at, count)
      at += count
      if (this.#filled === this.#tables.half) this.#turn()
    }
  }

  /** The track has ended: a key that still sounded has, too. */
  finish(): void {
    this.#endKey()
  }

  #restart(startSample: number): void {
    this.#endKey()
    this.#pair = -1
    this.#lastEnergy = 0
    this.#lastRe.fill(0)
    this.#lastIm.fill(0)
    this.#clearHalf()
    this.#position = startSample
  }

  #clearHalf(): void {
    this.#sum1.fill(0)
    this.#sum2.fill(0)
    this.#energy = 0
    this.#filled = 0
  }

  #sum(pcm: Int16Array, at: number, count: number): void {
    let energy = 0
    for (let i = 0; i < count; i++) energy += pcm[at + i]! * pcm[at + i]!
    this.#energy += energy
    this.#sumFour(pcm, at, count, 0)
    this.#sumFour(pcm, at, count, ROWS)
    this.#filled += count
  }

  /** The sums of four frequencies in one pass: each sample is read once, and none of the sums waits for another. */
  #sumFour(pcm: Int16Array, at: number, count: number, first: number): void {
    const { coefficient } = this.#tables
    const sum1 = this.#sum1
    const sum2 = this.#sum2
    const [c0, c1, c2, c3] = fourOf(coefficient, first)
    let [a0, a1, a2, a3] = fourOf(sum1, first)
    let [b0, b1, b2, b3] = fourOf(sum2, first)
    for (let i = 0; i < count; i++) {
      const sample = pcm[at + i]!
      const s0 = c0 * a0 + (sample - b0)
      const s1 = c1 * a1 + (sample - b1)
      const s2 = c2 * a2 + (sample - b2)
      const s3 = c3 * a3 + (sample - b3)
      b0 = a0
      b1 = a1
      b2 = a2
      b3 = a3
      a0 = s0
      a1 = s1
      a2 = s2
      a3 = s3
    }
    sum1[first] = a0
    sum1[first + 1] = a1
    sum1[first + 2] = a2
    sum1[first + 3] = a3
    sum2[first] = b0
    sum2[first + 1] = b1
    sum2[first + 2] = b2
    sum2[first + 3] = b3
  }

  /** From the last two sums to the Fourier sum over the half, its first sample at angle 0. */
  #resolve(): void {
    const { cosine, sine, backCosine, backSine } = this.#tables
    for (let k = 0; k < 8; k++) {
      const re = this.#sum1[k]! - cosine[k]! * this.#sum2[k]!
      const im = sine[k]! * this.#sum2[k]!
      this.#re[k] = re * backCosine[k]! + im * backSine[k]!
      this.#im[k] = im * backCosine[k]! - re * backSine[k]!
    }
  }

  /** A half is full: looks at the window that it ends, and begins the next. */
  #turn(): void {
    const { half } = this.#tables
    this.#resolve()
    this.#note(this.#pairInWindow(), this.#position - half, this.#position + half)
    this.#lastRe.set(this.#re)
    this.#lastIm.set(this.#im)
    this.#lastEnergy = this.#energy
    this.#clearHalf()
    this.#position += half
  }

  /** The pair that the window shows, row and column in one number, or -1. */
  #pairInWindow(): number {
    const { half, turnRe, turnIm } = this.#tables
    const energy = this.#energy + this.#lastEnergy
    if (energy < POWER_MIN * 2 * half) return -1
    for (let k = 0; k < 8; k++) {
      const re = this.#lastRe[k]! + turnRe[k]! * this.#re[k]! - turnIm[k]! * this.#im[k]!
      const im = this.#lastIm[k]! + turnRe[k]! * this.#im[k]! + turnIm[k]! * this.#re[k]!
      this.#power[k] = (re * re + im * im) / half
    }
    const row = this.#strongest(0)
    const column = this.#strongest(ROWS)
    if (row < 0 || column < 0) return -1
    const rowPower = this.#power[row]!
    const columnPower = this.#power[column]!
    const isTwisted = rowPower > TWIST_MAX * columnPower || columnPower > TWIST_MAX * rowPower
    return isTwisted || rowPower + columnPower < TONE_SHARE_MIN * energy ? -1 : row * 8 + column
  }

  /** The strongest of the four frequencies from `first` on; -1 when it does not stand out. */
  #strongest(first: number): number {
    let best = first
    for (let k = first + 1; k < first + ROWS; k++) if (this.#power[k]! > this.#power[best]!) best = k
    for (let k = first; k < first + ROWS; k++)
      if (k !== best && this.#power[k]! * LEAD_MIN > this.#power[best]!) return -1
    return best
  }

  #note(pair: number, startSample: number, endSample: number): void {
    const isRepeated = pair >= 0 && pair === this.#pair
    this.#pair = pair
    if (isRepeated) {
      if (this.#keyStart < 0) this.#keyStart = startSample - this.#tables.half
      this.#keyEnd = endSample
      this.#missing = 0
    } else if (this.#keyStart >= 0 && ++this.#missing >= END_WINDOWS) this.#endKey()
  }

  #endKey(): void {
    if (this.#keyStart < 0) return
    const isSameEntry = this.#keyStart - this.#entryEnd <= ENTRY_PAUSE_SECONDS * this.rateHz
    this.#entryKeys = isSameEntry ? this.#entryKeys + 1 : 1
    if (!isSameEntry) this.#entryStart = this.#keyStart
    this.#entryEnd = this.#keyEnd
    const start = this.#entryKeys > SUSPICIOUS_KEYS ? this.#keyStart : this.#entryStart
    if (this.#entryKeys >= SUSPICIOUS_KEYS) this.suspect(start, this.#keyEnd)
    this.#keyStart = -1
    this.#missing = 0
  }
}

const fourOf = (values: Float64Array, first: number): [number, number, number, number] => [
  values[first]!,
  values[first + 1]!,
  values[first + 2]!,
  values[first + 3]!,
]
