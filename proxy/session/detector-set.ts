import type { DetectorKind } from '../detectors/detector.js'
import { type DetectorName, detectors } from '../detectors/index.js'
import type { PolicyOptions } from '../policy/options.js'
import type { SessionParts } from './call-session.js'

type DetectorParts = Pick<SessionParts, 'createDetectors' | 'detectorLagMs'>

/** The detectors of a policy: all of them are mandatory, and one fails open only where the policy says so. */
export const detectorsOf = ({ detectors: options }: PolicyOptions): DetectorParts => {
  const names = Object.keys(detectors) as DetectorName[]
  const kindOf = (name: DetectorName): DetectorKind<unknown> => detectors[name] as DetectorKind<unknown>
  return {
    createDetectors: (setup) =>
      names.map((name) => ({
        detector: kindOf(name).create(setup, options[name]),
        isFailOpen: options[name].failOpen,
      })),
    detectorLagMs: Math.max(...names.map((name) => kindOf(name).lagMs(options[name]))),
  }
}
