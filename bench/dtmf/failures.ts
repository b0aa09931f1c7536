/** Detectors that break and audio that comes late: whatever happens, what nobody has judged leaves as silence. */
import type { Detector } from '../../proxy/detectors/detector.js'
import { randomOf, toPcm, voiceLike } from './key-set.js'
import { strictFork } from './measure.js'
import { delegate, playThrough } from './path.js'
import { meanSquare } from './sound.js'

export interface FailureResult {
  readonly name: string
  readonly isClosed: boolean
}

type Fault = 'reports itself failed' | 'throws' | 'says NaN' | 'stands still' | 'goes back'

const RATE_HZ = 8_000

/** Where the fault begins, samples. */
const FAULT_SAMPLE = 3 * RATE_HZ

/** Judged audio may still leave as it came this close to the fault: nothing; before it, from here on, it has to. */
const JUDGED_BEFORE_SAMPLES = RATE_HZ

export const measureFailures = (seed: number): FailureResult[] => {
  const speech = toPcm(voiceLike(8_000, RATE_HZ, randomOf(seed)))
  return [
    ...(['reports itself failed', 'throws', 'says NaN', 'stands still', 'goes back'] as const).map(
      (fault) => ({
        name: `detector ${fault}`,
        isClosed: isClosedAfter(speech, fault),
      }),
    ),
    { name: 'audio that comes late', isClosed: isLateSilent(speech) },
  ]
}

/** Everything behind the fault is silent, and what was judged well before it is not. */
const isClosedAfter = (speech: Int16Array, fault: Fault): boolean => {
  const { recorded } = playThrough(
    { sampleRateHz: RATE_HZ, tracks: [speech] },
    { ...strictFork, wrap: (detector) => breaking(detector, fault) },
  )
  const [pcm] = recorded
  return (
    meanSquare(pcm!, FAULT_SAMPLE, pcm!.length) === 0 &&
    meanSquare(pcm!, 0, FAULT_SAMPLE - JUDGED_BEFORE_SAMPLES) > 0 &&
    pcm!.length === speech.length
  )
}

/** The detector, until it has heard FAULT_SAMPLE. */
const breaking = (detector: Detector, fault: Fault): Detector => {
  let isBroken = false
  let watermark = 0
  const faulty = (): number => {
    if (fault === 'says NaN') return Number.NaN
    return fault === 'goes back' ? 0 : watermark
  }
  return {
    name: detector.name,
    get health() {
      return isBroken && fault === 'reports itself failed' ? 'failed' : detector.health
    },
    watermarkSample(track) {
      if (isBroken) return faulty()
      watermark = detector.watermarkSample(track)
      return watermark
    },
    push(track, pcm, startSample) {
      isBroken ||= startSample >= FAULT_SAMPLE - JUDGED_BEFORE_SAMPLES / 2
      if (isBroken && fault === 'throws') throw new Error('broken on purpose')
      if (!isBroken) detector.push(track, pcm, startSample)
    },
    skip: (track, toSample) => detector.skip(track, toSample),
    setAlertness: (alertness) => detector.setAlertness(alertness),
    drain: (findings, digits) => detector.drain(findings, digits),
    finish() {},
    close: () => detector.close(),
  }
}

/** Frame 100 comes behind frame 101, when its place has been heard as missing: nobody judges it in its place. */
const isLateSilent = (speech: Int16Array): boolean => {
  const { recorded } = playThrough(
    { sampleRateHz: RATE_HZ, tracks: [speech] },
    {
      ...strictFork,
      arrange: (frames) => [...frames.slice(0, 100), frames[101]!, frames[100]!, ...frames.slice(102)],
    },
  )
  const at = 100 * (RATE_HZ / 50)
  return meanSquare(recorded[0]!, at, at + RATE_HZ / 50) === 0
}

/** Whether the watermark of the real detector ever went back, or a finding began before it, over a call. */
export const isWatermarkKept = (pcm: Int16Array, nextFrame: () => number): boolean => {
  let isKept = true
  let promised = 0
  playThrough(
    { sampleRateHz: RATE_HZ, tracks: [pcm] },
    {
      ...strictFork,
      nextFrame,
      wrap: (detector) =>
        delegate(detector, (findings, digits) => {
          const known = findings.length
          detector.drain(findings, digits)
          for (const { startSample } of findings.slice(known)) isKept &&= startSample >= promised
          const watermark = detector.watermarkSample(0)
          isKept &&= watermark >= promised
          promised = watermark
        }),
    },
  )
  return isKept
}
