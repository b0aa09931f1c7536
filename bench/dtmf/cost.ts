/** What the detector costs, in processor time, against spandsp's receiver on the same audio. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { DigitReport, Finding } from '../../proxy/detectors/detector.js'
import { dtmf } from '../../proxy/detectors/dtmf/detector.js'
import { dtmfOptionsSchema } from '../../proxy/detectors/dtmf/options.js'
import { bytesOf, type Tools } from './tools.js'

export interface Cost {
  /** Nanoseconds of processor time for a second of one track, medians. */
  readonly oursNs: number
  readonly spandspNs: number
  /** Median of the ratios of rounds that followed each other. */
  readonly ratio: number
  readonly rounds: number
}

const FRAME = 160

/** Rounds of either in turn; null without spandsp. */
export const measureCost = ({ spandsp }: Tools, pcm: Int16Array, rounds: number): Cost | null => {
  if (spandsp === null) return null
  listenTo(pcm)
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage()
    listenTo(pcm)
    const { user, system } = process.cpuUsage(before)
    ours.push(((user + system) * 1000 * 8_000) / pcm.length)
    theirs.push(Number(spandsp(['time', '1'], bytesOf(pcm)).stdout.toString()))
  }
  return {
    oursNs: median(ours),
    spandspNs: median(theirs),
    ratio: median(ours.map((ns, round) => ns / theirs[round]!)),
    rounds,
  }
}

/** Bytes by which the heap has grown between the second pass over the audio and the last, garbage collected. */
export const heapGrowth = (pcm: Int16Array, seconds: number): number => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const passes = Math.ceil((seconds * 8_000) / pcm.length)
  const listener = createListener()
  listener(pcm)
  listener(pcm)
  collect()
  const before = heapBytes()
  for (let pass = 2; pass < passes; pass++) listener(pcm)
  collect()
  return heapBytes() - before
}

const heapBytes = (): number => {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const listenTo = (pcm: Int16Array): void => createListener()(pcm)

/** A detector that hears audio in frames of 20 ms, one pass behind the other. */
const createListener = (): ((pcm: Int16Array) => void) => {
  const detector = dtmf.create(
    { tracks: [{ index: 0, role: 'caller' }], clockRateHz: 8_000, sampleRateHz: [8_000] },
    dtmfOptionsSchema.parse({}),
  )
  const findings: Finding[] = []
  const digits: DigitReport[] = []
  let startSample = 0
  return (pcm) => {
    for (let at = 0; at < pcm.length; at += FRAME) {
      const frame = pcm.subarray(at, at + FRAME)
      detector.push(0, frame, startSample)
      startSample += frame.length
      detector.drain(findings, digits)
      findings.length = 0
      digits.length = 0
      detector.watermarkSample(0)
    }
  }
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
