/** Who tries to read keys from a recording: two receivers that people use, and one that knows when every key sounded. */
import { KEYPAD } from './key-set.js'
import { meanSquare, resampled } from './sound.js'
import { bytesOf, type Tools } from './tools.js'

const ROWS_HZ = [697, 770, 852, 941]
const COLUMNS_HZ = [1209, 1336, 1477, 1633]

/** A digit that somebody read, and the sample at which they were certain. */
export interface Reading {
  readonly digit: string
  readonly atSample: number
}

/** What spandsp's receiver reads in audio at 8,000 Hz. */
export const spandspReadings = ({ spandsp }: Tools, pcm: Int16Array): Reading[] =>
  spandsp!(['find'], bytesOf(pcm))
    .stdout.toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ digit: line[0]!, atSample: Number(line.slice(2)) }))

/** How many digits multimon-ng reads in audio at 8,000 Hz; its own rate is 22,050. */
export const multimonHits = ({ multimon }: Tools, pcm: Int16Array): number =>
  multimon!(['-q', '-a', 'DTMF', '-t', 'raw', '-'], bytesOf(resampled(pcm, 8000, 22_050)))
    .stdout.toString()
    .split('\n')
    .filter((line) => line.startsWith('DTMF:')).length

/**
 * The key that an attacker who knows its time, its exact tones and that there is one reads in samples [start, end): the
 * pair with the most energy. It always names one, so that by chance it is right once in 16.
 */
export const oracleGuess = (pcm: Int16Array, start: number, end: number, sampleRateHz: number): string => {
  const amplitudes = [...ROWS_HZ, ...COLUMNS_HZ].map((hz) => toneEnergy(pcm, start, end, hz / sampleRateHz))
  const strongest = (from: number): number => {
    let best = from
    for (let tone = from; tone < from + 4; tone++) if (amplitudes[tone]! > amplitudes[best]!) best = tone
    return best - from
  }
  return KEYPAD[strongest(0) * 4 + strongest(4)]!
}

/** Net of the mean: A-law's silence is a constant, and nothing to guess from. */
const toneEnergy = (pcm: Int16Array, start: number, end: number, turns: number): number => {
  const window = pcm.subarray(Math.max(0, start), Math.max(0, end))
  const mean = window.reduce((sum, sample) => sum + sample, 0) / Math.max(1, window.length)
  let [re, im] = [0, 0]
  for (const [i, sample] of window.entries()) {
    re += (sample - mean) * Math.cos(2 * Math.PI * turns * i)
    im += (sample - mean) * Math.sin(2 * Math.PI * turns * i)
  }
  return re * re + im * im
}

/** Samples of less than this are silence: A-law has no zero, its silence decodes to 8. */
const SILENT_MAX = 8

/**
 * How much of samples [start, end) left as it came, in ms, in steps of 1 ms: a step that has a quarter of the energy that
 * it would have had without us. What a decoder still rings with when a silent packet comes has far less.
 */
export const clearMs = (
  recorded: Int16Array,
  unmasked: Int16Array,
  start: number,
  end: number,
  sampleRateHz: number,
): number => {
  const step = sampleRateHz / 1000
  let clear = 0
  for (let at = start; at + step <= end; at += step) {
    const [from, to] = [Math.round(at), Math.round(at + step)]
    const power = meanSquare(recorded, from, to)
    if (power > SILENT_MAX ** 2 && power >= meanSquare(unmasked, from, to) / 4) clear++
  }
  return clear
}
