import { z } from 'zod'
import { HOLD_BACK_MS_MAX, SIGNAL_TTL_SECONDS_MAX } from '../base/limits.js'
import { dtmfOptionsSchema } from '../detectors/dtmf/options.js'
import { fills } from '../media/fill.js'
import { type SignalOrigin, signalOrigins } from './signal.js'

const ms = (max: number) => z.number().int().min(0).max(max)

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

/**
 * What a policy may say. The defaults are the safe policy: mask keys on both tracks, hold back long enough that a payment
 * signal which comes two seconds late loses nothing.
 */
export const policySchema = z.strictObject({
  /** Wait before release, ms, and deadline: what nobody has judged by then leaves as silence. */
  holdBackMs: z.number().int().min(60).max(HOLD_BACK_MS_MAX).default(2500),
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
  detectors: z
    .strictObject({
      dtmf: dtmfOptionsSchema
        .extend({
          /** Privileged: at the deadline, audio that this detector has not judged leaves as it came. Every frame is counted. */
          failOpen: z.boolean().default(false),
        })
        .prefault({}),
    })
    .prefault({}),
})

export type PolicyOptions = z.infer<typeof policySchema>

/** The safe policy: what runs when nothing is configured. */
export const safePolicy: PolicyOptions = policySchema.parse({})
