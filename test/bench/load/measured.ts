import type { GeneratorResult } from '../../../bench/load/generator.js'
import type { Measurement } from '../../../bench/load/measure.js'

/** What a faultless second of 54 calls measures, but for what is said otherwise. */
export const measured = (
  frames: Partial<GeneratorResult> = {},
  parts: Partial<Omit<Measurement, 'frames'>> = {},
): Measurement => ({
  subject: 'hushfork',
  calls: 54,
  processes: 1,
  holdMs: 3000,
  frames: { ...faultless, ...frames },
  cpuMicrosPerFrame: 10,
  coreShare: 0.027,
  generatorShare: 0.1,
  memory: {
    idleMb: 100,
    busyMb: 110,
    collectedMb: null,
    perCallKb: 143,
    perCallCollectedKb: null,
    heldPerCallKb: 47,
  },
  reported: null,
  ...parts,
})

const faultless: GeneratorResult = {
  callsBegun: 54,
  callsDone: 54,
  callsFailed: 0,
  refused: 0,
  sent: 2700,
  received: 2700,
  windowSent: 2700,
  windowReceived: 2700,
  lost: 0,
  extra: 0,
  misordered: 0,
  corrupt: 0,
  tracksIntact: 5400,
  tracksSilencedNearKeys: 0,
  tracksOverSilenced: 0,
  keys: 0,
  leakedFrames: 0,
  leakedSamples: 0,
  addedMs: { count: 2700, p50: -50, p90: 0, p99: 1, p999: 2, max: 8, laterThan: {} },
  sentLate: 0,
  bytesPerMessage: 320,
  allLiveMs: 60,
  stormRecoveredMs: 0,
  abandoned: 0,
  generatorCpuSeconds: 0.1,
  elapsedSeconds: 1,
}
