import { addKey, amplitudeOf, type KeyPress, randomOf, toPcm } from '../../bench/dtmf/key-set.js'
import type { Alertness, Detector, DigitReport, Finding } from '../../proxy/detectors/detector.js'
import { dtmf } from '../../proxy/detectors/dtmf/detector.js'
import type { HopRing } from '../../proxy/detectors/dtmf/hop-ring.js'
import { dtmfOptionsSchema } from '../../proxy/detectors/dtmf/options.js'

export interface ListenSetup {
  readonly sampleRateHz?: number
  readonly clockRateHz?: number
  /** Raw options; the rest are the defaults. */
  readonly options?: Readonly<Record<string, number>>
  readonly alertness?: Alertness
  /** Length of the next frame, samples of PCM; default 20 ms. */
  readonly nextFrame?: () => number
}

/** A half-open range of positions. */
export type Range = [start: number, end: number]

/** A detector for one track. */
export function createDtmf(setup: ListenSetup = {}): Detector {
  const { sampleRateHz = 8_000, clockRateHz = sampleRateHz, options = {}, alertness = 'calm' } = setup
  const detector = dtmf.create(
    { tracks: [{ index: 0, role: 'caller' }], clockRateHz, sampleRateHz: [sampleRateHz] },
    dtmfOptionsSchema.parse({ reachBackMs: 40, ...options }),
  )
  detector.setAlertness(alertness)
  return detector
}

/** What a detector says of one track's audio, frame by frame, to the end of the call. */
export function listen(
  pcm: Int16Array,
  setup: ListenSetup = {},
): { findings: Finding[]; digits: DigitReport[]; masks: Range[] } {
  const { sampleRateHz = 8_000, clockRateHz = sampleRateHz, nextFrame = () => sampleRateHz / 50 } = setup
  const detector = createDtmf(setup)
  const findings: Finding[] = []
  const digits: DigitReport[] = []
  let offset = 0
  while (offset < pcm.length) {
    const count = nextFrame()
    detector.push(0, pcm.subarray(offset, offset + count), (offset * clockRateHz) / sampleRateHz)
    detector.drain(findings, digits)
    offset += count
  }
  detector.finish()
  detector.drain(findings, digits)
  return { findings, digits, masks: joined(findings) }
}

/** Findings as ranges, those joined that touch. */
export function joined(findings: readonly Finding[]): Range[] {
  const ranges: Range[] = []
  for (const { startSample, endSample } of [...findings].sort((a, b) => a.startSample - b.startSample)) {
    const last = ranges.at(-1)
    if (last && startSample <= last[1]) last[1] = Math.max(last[1], endSample)
    else ranges.push([startSample, endSample])
  }
  return ranges
}

/** Audio of a duration with keys in it. */
export function keyed(
  durationMs: number,
  presses: readonly KeyPress[],
  sampleRateHz = 8_000,
  seed = 1,
): Float64Array {
  const audio = new Float64Array((durationMs * sampleRateHz) / 1000)
  const random = randomOf(seed)
  for (const press of presses) addKey(audio, press, sampleRateHz, random)
  return audio
}

/** The same as PCM. */
export const keyedPcm = (
  durationMs: number,
  presses: readonly KeyPress[],
  sampleRateHz = 8_000,
): Int16Array => toPcm(keyed(durationMs, presses, sampleRateHz))

/** The keys that a mask does not cover whole. */
export function uncovered(
  presses: readonly KeyPress[],
  masks: readonly Range[],
  clockRateHz: number,
): KeyPress[] {
  return presses.filter(({ startMs, durationMs }) => {
    const start = (startMs * clockRateHz) / 1000
    const end = ((startMs + durationMs) * clockRateHz) / 1000
    return !masks.some(([from, to]) => from <= start && to >= end)
  })
}

/** `count` keys of the keypad in turn, `everyMs` apart, each jittered by up to a hop so that no grid helps. */
export function keysInTurn(count: number, everyMs: number, press: Partial<KeyPress>, seed = 1): KeyPress[] {
  const random = randomOf(seed)
  return Array.from({ length: count }, (_, i) => ({
    key: '123A456B789C*0#D'[i % 16]!,
    startMs: 100 + i * everyMs + 5 * random(),
    durationMs: 50,
    ...press,
  }))
}

/** Lets a ring hear and count the hop at pcm[offset]. */
export function hearHop(ring: HopRing, pcm: Int16Array, offset = 0): void {
  ring.bank.put(pcm.subarray(offset, offset + ring.bank.hopSamples), 0)
  ring.hear(1)
  ring.count += 1
}

/**
 * Audio with a voice over it whose fifth harmonic, of 815 Hz, is as strong as a tone of a key at -15 dBm0, and those beside it half
 * as strong: what drowns the row of a key.
 */
export function underHarmonic(audio: Float64Array, phase: number): Float64Array {
  return audio.map(
    (x, i) =>
      x +
      [3, 4, 5, 6, 7].reduce((sum, harmonic) => {
        const level = amplitudeOf(-15 - 6 * Math.abs(harmonic - 5))
        return sum + level * Math.sin((2 * Math.PI * 163 * harmonic * i) / 8_000 + phase * harmonic)
      }, 0),
  )
}
