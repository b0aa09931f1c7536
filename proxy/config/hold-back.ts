/** What a hold-back has to wait for. One that is too short would silence everything, or find everything too late. */
import type { DetectorKind } from '../detectors/detector.js'
import { type DetectorName, detectors } from '../detectors/index.js'
import { KEY_HOLD_BACK_MS } from '../policy/key-presses.js'
import type { PolicyOptions } from '../policy/options.js'
import { FRAME_MARGIN_MS } from '../policy/policy.js'
import { stepKinds } from '../policy/signal.js'

/** On the way from a payment page to its call, a signal takes this long at best, ms: an HTTP request within one site. */
const SIGNAL_MARGIN_MS = 100

/** A pause shorter than this gathers nothing: a frame is 20 ms. */
const PAUSE_MS_MIN = 20
/** Frames leave by one pause early. What a hold-back has to spare beside is for signals on their way. */
const PAUSE_SHARE = 0.6
/** Audio comes to a detector a pause late, what it finds elsewhere is asked for at the next reading, and frames leave by one early. */
const PAUSE_SHARE_OF_LAG = 1 / 3

/** A hold-back of `ms` is enough, or has to be exceeded. */
export interface HoldBackNeed {
  readonly ms: number
  readonly isExceeded: boolean
  readonly why: string
  /** Of what there is beyond `ms` a pause may be so much. */
  readonly pauseShare: number
  /** What can be done about it beside a longer hold-back; left out: look at what it names. */
  readonly remedy?: string
}

export const holdBackNeeds = (policy: PolicyOptions): HoldBackNeed[] => {
  const { dtmf, digitEvents, consent, starCodes } = policy
  const { name, lagMs } = slowestDetector(policy)
  const isKeyed = consent.mode !== 'none' || Object.keys(starCodes.codes).length > 0
  return [
    {
      ms: lagMs + dtmf.padBeforeMs + FRAME_MARGIN_MS,
      isExceeded: true,
      why: `detector ${name} ${lagMs} + dtmf.padBeforeMs ${dtmf.padBeforeMs} + two frames ${FRAME_MARGIN_MS}`,
      pauseShare: PAUSE_SHARE_OF_LAG,
      ...(name === 'speech' && { remedy: speechRemedy(policy, lagMs) }),
    },
    {
      ms: digitEvents.padBeforeMs + FRAME_MARGIN_MS,
      isExceeded: false,
      why: `digitEvents.padBeforeMs ${digitEvents.padBeforeMs} + two frames ${FRAME_MARGIN_MS}`,
      pauseShare: PAUSE_SHARE,
    },
    ...(isKeyed ? [keysNeed] : []),
    ...stepNeeds(policy),
  ]
}

/** Who does not want to wait for speech can have it decided sooner, or not at all. */
const speechRemedy = ({ detectors: { speech } }: PolicyOptions, lagMs: number): string =>
  `until then spoken numbers cannot be told apart from speech, and all of it would be silent. Lengthen it, or lower ` +
  `detectors.speech.waitMs (${speech.waitMs} of the ${lagMs}), or turn speech off: ` +
  Object.entries(speech.recognizers)
    .filter(([, options]) => options !== null)
    .map(([name]) => `detectors.speech.recognizers.${name}: null`)
    .join(', ')

const keysNeed: HoldBackNeed = {
  ms: KEY_HOLD_BACK_MS,
  isExceeded: false,
  why: 'keys that mean something (consent, starCodes) are certain only then',
  pauseShare: PAUSE_SHARE,
}

const stepNeeds = (policy: PolicyOptions): HoldBackNeed[] =>
  stepKinds.flatMap((kind) => {
    const section = policy[kind]
    const lookBackMs = 'lookBackMs' in section ? (section.lookBackMs ?? 0) : 0
    if (lookBackMs === 0 && kind !== 'payment') return []
    return {
      ms: lookBackMs + SIGNAL_MARGIN_MS,
      isExceeded: false,
      why: `${kind}.lookBackMs ${lookBackMs} + ${SIGNAL_MARGIN_MS} on the signal's way`,
      pauseShare: PAUSE_SHARE,
    }
  })

/** The pause that is asked for, or as much of it as every policy's hold-back has room for; 0: none. */
export const pauseMsWithin = (askedMs: number, policies: readonly PolicyOptions[]): number => {
  const roomsMs = policies.flatMap((policy) =>
    holdBackNeeds(policy).map(({ ms, pauseShare }) => Math.floor((policy.holdBackMs - ms) * pauseShare)),
  )
  const pauseMs = Math.min(askedMs, ...roomsMs)
  return pauseMs < PAUSE_MS_MIN ? 0 : pauseMs
}

const slowestDetector = (policy: PolicyOptions): { readonly name: string; readonly lagMs: number } => {
  const lags = Object.entries(policy.detectors).flatMap(([name, options]) => {
    const kind = detectors[name as DetectorName] as DetectorKind<unknown>
    return kind.isOn(options) ? [{ name, lagMs: kind.lagMs(options) }] : []
  })
  return lags.reduce((slowest, lag) => (lag.lagMs > slowest.lagMs ? lag : slowest))
}
