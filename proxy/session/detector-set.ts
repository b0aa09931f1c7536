import { type DetectorKind, type DetectorServices, recordedServices } from '../detectors/detector.js'
import { type DetectorName, detectors } from '../detectors/index.js'
import type { PolicyOptions } from '../policy/options.js'
import type { SessionParts } from './session-parts.js'

type DetectorParts = Pick<SessionParts, 'createDetectors' | 'detectorLagMs'>

/** The detectors of a policy: all of them are mandatory, and one fails open only where the policy says so. */
export const detectorsOf = (
  { detectors: options }: PolicyOptions,
  services: DetectorServices = recordedServices,
): DetectorParts => {
  const kindOf = (name: DetectorName): DetectorKind<unknown> => detectors[name] as DetectorKind<unknown>
  const names = (Object.keys(detectors) as DetectorName[]).filter((name) => kindOf(name).isOn(options[name]))
  const unpadded = names.filter((name) => !kindOf(name).isPadded)
  return {
    createDetectors: (setup) =>
      names.map((name) => ({
        detector: kindOf(name).create(setup, options[name], services),
        isFailOpen: options[name].failOpen,
      })),
    detectorLagMs: Math.max(0, ...unpadded.map((name) => kindOf(name).lagMs(options[name]))),
  }
}
