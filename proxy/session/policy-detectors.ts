import type { Detector, DetectorSetup } from '../detectors/detector.js'
import { detectors } from '../detectors/index.js'
import type { PolicyOptions } from '../policy/options.js'

/** The detectors that a policy asks for, as a session takes them. */
export interface PolicyDetectors {
  createDetectors(
    setup: DetectorSetup,
  ): readonly { readonly detector: Detector; readonly isFailOpen: boolean }[]
  /** Lag of the slowest one, ms. */
  readonly detectorLagMs: number
}

/** Live calls and stored files are judged by the same detectors: those of their policy. */
export const detectorsOf = (policy: PolicyOptions): PolicyDetectors => {
  const { failOpen, ...options } = policy.detectors.dtmf
  return {
    createDetectors: (setup) => [{ detector: detectors.dtmf.create(setup, options), isFailOpen: failOpen }],
    detectorLagMs: detectors.dtmf.lagMs(options),
  }
}
