/** Seeded audio with keys in it, and where they lie: what tests and the quality report feed the DTMF masker. */

/** mulberry32: the same seed gives the same numbers in [0, 1) on every machine. */
export const randomOf = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let x = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
  return ((x ^ (x >>> 14)) >>> 0) / 4294967296
}

type Random = () => number

/** A standard normal number, by Box and Muller. */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

const ROWS_HZ = [697, 770, 852, 941]
const COLUMNS_HZ = [1209, 1336, 1477, 1633]

/** The keys in rows of four (ITU-T Q.23). */
export const KEYPAD = '123A456B789C*0#D'

export interface KeyPress {
  readonly key: string
  readonly startMs: number
  readonly durationMs: number
  /** Level of the stronger tone; default -15. A full-scale sine is +3.17 dBm0. */
  readonly levelDbm0?: number
  /** Column above row, dB, default 0. */
  readonly twistDb?: number
  /** By how much both frequencies are off, as a share, default 0. */
  readonly deviation?: number
  /** Silence in the middle of the key, ms, default 0. */
  readonly interruptionMs?: number
}

/** Peak of a sine at a level, on the scale of 16-bit samples. */
export const amplitudeOf = (levelDbm0: number): number => 32_768 * 10 ** ((levelDbm0 - 3.17) / 20)

/** Adds a key press to audio at `sampleRateHz`; its phases come from `random`. */
export function addKey(audio: Float64Array, press: KeyPress, sampleRateHz: number, random: Random): void {
  const { startMs, durationMs, levelDbm0 = -15, twistDb = 0, deviation = 0, interruptionMs = 0 } = press
  const pair = KEYPAD.indexOf(press.key)
  const row = amplitudeOf(levelDbm0 - Math.max(twistDb, 0))
  const column = amplitudeOf(levelDbm0 + Math.min(twistDb, 0))
  const rowTurn = (2 * Math.PI * ROWS_HZ[pair >> 2]! * (1 + deviation)) / sampleRateHz
  const columnTurn = (2 * Math.PI * COLUMNS_HZ[pair & 3]! * (1 + deviation)) / sampleRateHz
  const [rowPhase, columnPhase] = [2 * Math.PI * random(), 2 * Math.PI * random()]
  const start = Math.ceil((startMs * sampleRateHz) / 1000)
  const end = Math.min(audio.length, Math.ceil(((startMs + durationMs) * sampleRateHz) / 1000))
  const middle = (start + end) / 2
  const halfGap = (interruptionMs * sampleRateHz) / 2000
  for (let i = start; i < end; i += 1) {
    if (Math.abs(i - middle) < halfGap) continue
    audio[i]! += row * Math.sin(rowTurn * i + rowPhase) + column * Math.sin(columnTurn * i + columnPhase)
  }
}

/** Adds white noise of a level (its power against a sine's) to audio. */
export function addNoise(audio: Float64Array, levelDbm0: number, random: Random): void {
  const rms = amplitudeOf(levelDbm0) / Math.SQRT2
  for (let i = 0; i < audio.length; i += 1) audio[i]! += rms * normal(random)
}

/** Adds the audio to itself, later and weaker. */
export function addEcho(audio: Float64Array, delayMs: number, gainDb: number, sampleRateHz: number): void {
  const delay = Math.round((delayMs * sampleRateHz) / 1000)
  const gain = 10 ** (gainDb / 20)
  for (let i = audio.length - 1; i >= delay; i -= 1) audio[i]! += gain * audio[i - delay]!
}

/**
 * Something voiced: a pitch that wanders between 80 and 250 Hz, three wandering formants, pauses, at about -20 dBm0. A
 * stand-in for speech where no recording may lie; it fools a careless detector often enough.
 */
export function voiceLike(durationMs: number, sampleRateHz: number, random: Random): Float64Array {
  const audio = new Float64Array(Math.ceil((durationMs * sampleRateHz) / 1000))
  const formants = [500, 1500, 2500].map((hz) => ({ hz, towards: hz, s1: 0, s2: 0 }))
  let [phase, pitchHz, towardsHz, gain, towardsGain] = [0, 120, 120, 0, 1]
  for (let i = 0; i < audio.length; i += 1) {
    if (i % Math.round(sampleRateHz / 8) === 0) {
      towardsHz = 80 + 170 * random()
      towardsGain = random() < 0.25 ? 0 : 0.3 + random()
      for (const [n, formant] of formants.entries())
        formant.towards = [500, 1500, 2500][n]! * (0.55 + 0.9 * random())
    }
    const ease = 50 / sampleRateHz
    pitchHz += (towardsHz - pitchHz) * ease
    gain += (towardsGain - gain) * ease
    phase += pitchHz / sampleRateHz
    let x = (phase >= 1 ? 1 : 0) * gain * 9_000 + normal(random) * 20 * gain
    if (phase >= 1) phase -= 1
    for (const formant of formants) {
      formant.hz += (formant.towards - formant.hz) * ease
      const radius = Math.exp((-Math.PI * 90) / sampleRateHz)
      const y =
        (1 - radius) * 2 * x +
        2 * radius * Math.cos((2 * Math.PI * formant.hz) / sampleRateHz) * formant.s1 -
        radius * radius * formant.s2
      formant.s2 = formant.s1
      formant.s1 = y
      x = x * 0.3 + y
    }
    audio[i] = x
  }
  return audio
}

/** 16-bit samples, clipped. */
export const toPcm = (audio: Float64Array): Int16Array =>
  Int16Array.from(audio, (x) => Math.max(-32_768, Math.min(32_767, Math.round(x))))
