/** Filters and rates for the suite: windowed sinc, slow and exact, with no delay. */

/** Half width of the filters, in zero crossings of the sinc: stop band below -60 dB. */
const CROSSINGS = 24

/** A low pass at `cutoff` (cycles per sample) around a fractional position; Hann window. */
const sinc = (cutoff: number, distance: number, half: number): number => {
  const x = 2 * Math.PI * cutoff * distance
  const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / half)
  return (x === 0 ? 1 : Math.sin(x) / x) * 2 * cutoff * window
}

/** The same sound at another rate. */
export const resampled = (pcm: Int16Array, fromHz: number, toHz: number): Int16Array => {
  if (fromHz === toHz) return pcm
  const cutoff = (0.48 * Math.min(fromHz, toHz)) / fromHz
  const half = CROSSINGS / (2 * cutoff)
  const phases = phaseTables(cutoff, half, fromHz, toHz)
  const out = new Int16Array(Math.floor((pcm.length * toHz) / fromHz))
  for (let i = 0; i < out.length; i++) {
    const at = (i * fromHz) / toHz
    const first = Math.ceil(at - half)
    const taps = phases[i % phases.length]!
    let sum = 0
    for (let k = 0; k < taps.length; k++) sum += (pcm[first + k] ?? 0) * taps[k]!
    out[i] = clipped(sum)
  }
  return out
}

/** One set of taps for every fraction of a sample that the two rates can lie apart. */
const phaseTables = (cutoff: number, half: number, fromHz: number, toHz: number): Float64Array[] => {
  const count = toHz / greatestDivisor(fromHz, toHz)
  return Array.from({ length: count }, (_, phase) => {
    const at = (phase * fromHz) / toHz
    const first = Math.ceil(at - half)
    return Float64Array.from({ length: Math.floor(at + half) - first + 1 }, (_, k) =>
      sinc(cutoff, first + k - at, half),
    )
  })
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b))

/** A telephone's band, 300 to 3,400 Hz, of audio at 8,000 Hz. */
export const telephoneBand = (pcm: Int16Array): Int16Array => {
  const half = 128
  const taps = Float64Array.from(
    { length: 2 * half + 1 },
    (_, k) => sinc(3400 / 8000, k - half, half + 1) - sinc(300 / 8000, k - half, half + 1),
  )
  const padded = new Float64Array(pcm.length + 2 * half)
  padded.set(pcm, half)
  const out = new Int16Array(pcm.length)
  for (let i = 0; i < out.length; i++) {
    let sum = 0
    for (let k = 0; k < taps.length; k++) sum += padded[i + k]! * taps[k]!
    out[i] = clipped(sum)
  }
  return out
}

/** Root mean square of what is not a pause: blocks of 20 ms within 35 dB of the loudest (a simple active speech level). */
export const activeRms = (pcm: Int16Array | Float64Array, sampleRateHz: number): number => {
  const size = sampleRateHz / 50
  const blocks = Array.from({ length: Math.floor(pcm.length / size) }, (_, n) =>
    meanSquare(pcm, n * size, (n + 1) * size),
  )
  const loudest = Math.max(...blocks, 0)
  const active = blocks.filter((power) => power > loudest * 10 ** -3.5)
  return Math.sqrt(active.reduce((sum, power) => sum + power, 0) / Math.max(1, active.length))
}

/** Mean square of samples [start, end); 0 when there are none. */
export const meanSquare = (pcm: Int16Array | Float64Array, start: number, end: number): number => {
  let sum = 0
  for (let i = start; i < end; i++) sum += (pcm[i] ?? 0) ** 2
  return end > start ? sum / (end - start) : 0
}

const clipped = (x: number): number => Math.max(-32_768, Math.min(32_767, Math.round(x)))
