import { z } from 'zod'
import { HOP_MS } from './tone-bank.js'

/**
 * Options of the in-band DTMF masker. The thresholds are sums of evidence (evidence.ts): a 10 ms window of a clean key
 * weighs 3, and one at 0 dB signal to noise a quarter.
 */
export const dtmfOptionsSchema = z.strictObject({
  /** Evidence at which a key is masked, 1 to 12, default 3: 15 ms of a clean key. Half as much again costs no speech, but 20 ms bursts. */
  maskThreshold: z.number().min(1).max(12).default(3),
  /** The same for `afterKeyMs` after a key on the track, when more keys are likely; default 2. */
  afterKeyThreshold: z.number().min(1).max(12).default(2),
  /** How long that lasts, ms, 0 to 60,000, default 4,000. */
  afterKeyMs: z.number().min(0).max(60_000).default(4_000),
  /** The same while the call is armed (payment mode), default 2: three times as much speech lost. */
  armedThreshold: z.number().min(1).max(12).default(2),
  /** Evidence at which a digit is reported for consent and star codes, 3 to 48, default 12: 30 ms of a clean key. */
  reportThreshold: z.number().min(3).max(48).default(12),
  /** How far before the newest sample a mask may start, ms, 20 to 100, default 40; hold-back must exceed it by a hop. */
  reachBackMs: z.number().min(20).max(100).default(40),
  /** Masked before the first window that shows the key, ms, 0 to 40, default 10; within the reach-back. */
  padBeforeMs: z.number().min(0).max(40).default(10),
  /** Masked after the last window that shows the key, ms, 5 to 100, default 20. */
  padAfterMs: z.number().min(HOP_MS).max(100).default(20),
})

export type DtmfOptions = z.infer<typeof dtmfOptionsSchema>
