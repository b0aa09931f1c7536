import { z } from 'zod'
import { HOLD_BACK_MS_MAX, SIGNAL_TTL_SECONDS_MAX } from '../base/limits.js'
import { dtmfOptionsSchema } from '../detectors/dtmf/options.js'
import { speechOptionsSchema } from '../detectors/speech/options.js'
import { fills } from '../media/fill.js'
import { scheduleDays } from './schedule.js'
import { type SignalOrigin, signalOrigins, spanKinds, stepKinds } from './signal.js'

const ms = (max: number) => z.number().int().min(0).max(max)

/** Privileged: at the deadline, audio that this detector has not judged leaves as it came. Every frame is counted. */
const failOpen = z.boolean().default(false)

/** How long before a start signal the silence begins, ms; must fit the hold-back. */
const lookBackMs = (fallback: number) => ms(HOLD_BACK_MS_MAX).default(fallback)
const leaseSeconds = (fallback: number) =>
  z.number().int().min(1).max(SIGNAL_TTL_SECONDS_MAX).default(fallback)

/** What every step that keeps a call silent has, beside where its silence begins. */
const stepKeys = (defaults: {
  readonly leaseSeconds: number
  readonly endedBy: readonly SignalOrigin[]
}) => ({
  /** How long after an end signal the silence lasts, ms: the fork may lag behind the signal. */
  padAfterMs: z.number().int().min(20).max(5000).default(500),
  /** Lease of a start that names none, seconds. */
  leaseSeconds: leaseSeconds(defaults.leaseSeconds),
  /** Seconds after an expired lease at which the silence ends by itself; null: not before the call does. */
  endAfterExpirySeconds: z.number().int().min(0).max(SIGNAL_TTL_SECONDS_MAX).nullable().default(null),
  endedBy: endedBy(defaults.endedBy),
})

/** Who may end what came another way (policy/ending.ts); whatever came its own way, everybody may end. */
const endedBy = (defaults: readonly SignalOrigin[]) =>
  z
    .array(z.enum(signalOrigins).exclude(['caller-key']))
    .max(signalOrigins.length)
    .default(defaults.filter((origin) => origin !== 'caller-key'))

/** A working day: what lasts as long as the call needs no heartbeat. */
const DAY_SECONDS = SIGNAL_TTL_SECONDS_MAX

const digit = z.string().regex(/^[0-9A-D*#]$/, 'must be one key: 0 to 9, A to D, "*" or "#"')

/** Whom the caller is asked by, and how they answer. */
const consentSchema = z
  .strictObject({
    /** `opt-in`: silent from the first sample until the caller agrees; `opt-out`: heard until the caller objects. */
    mode: z.enum(['none', 'opt-in', 'opt-out']).default('none'),
    /** The caller's keys that agree and refuse while the window is open; null: none does. */
    giveDigit: digit.nullable().default('1'),
    refuseDigit: digit.nullable().default('2'),
    /** The caller's key that withdraws at any time; null: only the API does. */
    withdrawDigit: digit.nullable().default(null),
    /** How long keys count, seconds: from the call's first sample, and anew whenever the question has been asked again. */
    windowSeconds: z.number().int().min(1).max(3600).default(30),
    /**
     * What becomes of what had left before consent was refused or withdrawn: `keep`, since a refusal does not undo what was
     * agreed to until then; or `erase`, as where late audio is erased.
     */
    earlierAudio: z.enum(['keep', 'erase']).default('keep'),
  })
  .superRefine(({ giveDigit, refuseDigit, withdrawDigit }, context) => {
    for (const [key, other] of [
      ['refuseDigit', refuseDigit],
      ['withdrawDigit', withdrawDigit],
    ] as const)
      if (giveDigit !== null && giveDigit === other)
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'is giveDigit as well: no answer would be clear',
        })
  })

/** Each kind of step has two, and a second way to key it. */
const STAR_CODES_MAX = 24

/** What a star code may say: every kind of step, started or ended. */
const codeWords = stepKinds.flatMap((kind) => [`${kind}-started`, `${kind}-ended`] as const)

const starCodesSchema = z.strictObject({
  /** Longest time between two keys of one code, ms. */
  digitGapMs: z.number().int().min(200).max(10_000).default(3000),
  /** What the agent's keys say, by code: a star and one to four digits. */
  codes: z
    .record(
      z.string().regex(/^\*[0-9]{1,4}$/, 'must be a star code: "*" and one to four digits'),
      z.enum(codeWords),
    )
    .refine((codes) => Object.keys(codes).length <= STAR_CODES_MAX, `must be ${STAR_CODES_MAX} codes at most`)
    .superRefine((codes, context) => {
      for (const code of Object.keys(codes))
        if (Object.keys(codes).some((other) => other !== code && other.startsWith(code)))
          context.addIssue({
            code: 'custom',
            path: [code],
            message: 'is the beginning of another code: that one could not be keyed',
          })
    })
    .default({}),
})

const clockTime = (pattern: RegExp) => z.string().regex(pattern, 'must be a time such as "08:30"')

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false
  }
}

const scheduleSchema = z.strictObject({
  /** IANA name of the zone whose clock counts. */
  timeZone: z.string().max(64).refine(isTimeZone, 'must be the name of a time zone, such as "Europe/Berlin"'),
  /** When the house is open; `to` at or before `from` is the next morning. */
  open: z
    .array(
      z.strictObject({
        days: z.array(z.enum(scheduleDays)).min(1).max(7),
        from: clockTime(/^([01]\d|2[0-3]):[0-5]\d$/),
        to: clockTime(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/),
      }),
    )
    .min(1)
    .max(32),
  /** Days on which nothing opens, as `2026-12-25`. */
  holidays: z.array(z.iso.date()).max(366).default([]),
  /** What becomes of calls outside these hours: `silent`, taken `as-is`, or `refuse`d before any recorder is dialled. */
  outside: z.enum(['silent', 'as-is', 'refuse']),
})

/**
 * What a policy may say. The defaults are the safe policy: mask keys on both tracks, hold back long enough that a payment
 * signal which comes two seconds late loses nothing.
 */
export const policySchema = z.strictObject({
  /** Wait before release, ms, and deadline: what nobody has judged by then leaves as silence. */
  holdBackMs: z.number().int().min(60).max(HOLD_BACK_MS_MAX).default(3000),
  /** Which tracks a key or a digit event silences: `all`, since echo carries a key to the other track, or only its `own`. */
  tracks: z.enum(['all', 'own']).default('all'),
  /**
   * What is heard instead: nothing, a tone of 440 Hz at -30 dBm0, or noise at -50 dBm0, for recorders that take a long
   * silence for the end of the call. Opus is always silent: anything else would need an encoder.
   */
  fill: z.enum(fills).default('silence'),
  /** Longest wait for detectors after the PBX has ended the call, ms. AudioHook allows 10 s for the whole close. */
  flushMs: z.number().int().min(0).max(5000).default(2000),
  dtmf: z
    .strictObject({
      /** Silence before and after every key, ms, beyond the detector's own bounds of the tone. */
      padBeforeMs: z.number().int().min(5).max(1000).default(10),
      padAfterMs: z.number().int().min(5).max(1000).default(10),
      /** Echo path: how long before and after a key the other tracks are silent too, ms (measured echoes: 80 to 250). */
      echoMs: ms(1000).default(400),
      /** Two keys within this time begin an entry; it stays silent until this long after its last key, ms. 0 turns it off. */
      entryHoldMs: ms(10_000).default(3000),
    })
    .prefault({}),
  /** Keys that the PBX reports as messages: silence around the place of the message, ms; the tone itself is the detector's. */
  digitEvents: z
    .strictObject({
      padBeforeMs: z.number().int().min(20).max(5000).default(500),
      padAfterMs: z.number().int().min(20).max(5000).default(300),
    })
    .prefault({}),
  payment: z
    .strictObject({
      lookBackMs: lookBackMs(2000),
      ...stepKeys({ leaseSeconds: 900, endedBy: [] }),
      /** Keys of the start message's metadata by which a signal may address the call (agent id, extension, UCID). */
      addressBy: z.array(z.string().min(1).max(64)).max(16).default([]),
    })
    .prefault({}),
  /** The caller is on hold: what the agent's side says meanwhile is nobody's record. */
  hold: z
    .strictObject({ lookBackMs: lookBackMs(0), ...stepKeys({ leaseSeconds: 3600, endedBy: ['api'] }) })
    .prefault({}),
  /** The call has left for somebody else: silent until it returns, or for the rest. */
  transfer: z
    .strictObject({ lookBackMs: lookBackMs(0), ...stepKeys({ leaseSeconds: DAY_SECONDS, endedBy: ['api'] }) })
    .prefault({}),
  /** No business of the house: silent from the first sample on, as far as the hold-back still has it. */
  personal: z.strictObject(stepKeys({ leaseSeconds: DAY_SECONDS, endedBy: ['api'] })).prefault({}),
  /** Masked by hand, when what should not be kept has begun already. */
  manual: z
    .strictObject({
      /** null: as long as for a payment step. */
      lookBackMs: ms(HOLD_BACK_MS_MAX).nullable().default(null),
      ...stepKeys({ leaseSeconds: 900, endedBy: ['api'] }),
    })
    .prefault({}),
  /** A life is at stake: what is liftable (policy/signal.ts) is heard while it lasts; it ends with its lease. */
  emergency: z
    .strictObject({
      /** How long before the signal it begins, ms: what was silent then is heard, as far as the hold-back still has it. */
      lookBackMs: lookBackMs(0),
      leaseSeconds: leaseSeconds(900),
      endedBy: endedBy(['api']),
    })
    .prefault({}),
  consent: consentSchema.prefault({}),
  starCodes: starCodesSchema.prefault({}),
  /** What the metadata of the start message says about the call, from its first sample on. */
  metadataSignals: z
    .array(
      z.strictObject({
        key: z.string().min(1).max(64),
        value: z.string().max(256),
        starts: z.enum(spanKinds),
      }),
    )
    .max(16)
    .default([]),
  schedule: scheduleSchema.nullable().default(null),
  /** Calls that begin while this process is split from its directory: `as-usual`, or silent until it is back. */
  whenSplit: z.enum(['as-usual', 'start-silent']).default('as-usual'),
  detectors: z
    .strictObject({
      dtmf: dtmfOptionsSchema.extend({ failOpen }).prefault({}),
      speech: speechOptionsSchema.extend({ failOpen }).prefault({}),
    })
    .prefault({}),
})

export type PolicyOptions = z.infer<typeof policySchema>

/** The safe policy: what runs when nothing is configured. What a policy of one's own has to ask for, it has: the spotter listens. */
export const safePolicy: PolicyOptions = policySchema.parse({
  detectors: { speech: { recognizers: { embedded: {} } } },
})
