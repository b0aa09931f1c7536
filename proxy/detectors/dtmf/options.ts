import { z } from 'zod'
import { HOP_MS } from './tone-bank.js'

/**
 * Options of the in-band DTMF masker. The thresholds are evidence as key-judge.ts weighs it: a 10 ms window of a clean key counts
 * 3, a new window comes every 5 ms; of what lies under something else a unit is a factor of e in the odds that it is a key.
 * Speech lost was measured on 2.7 h of prompts in five languages, and on the same cut to 300-3400 Hz.
 */
export const dtmfOptionsSchema = z.strictObject({
  /** Evidence at which a key is masked, 1 to 12, default 2.4: bursts from 13 ms; 3 masks an hour in speech, 6 when cut. */
  maskThreshold: z.number().min(1).max(12).default(2.4),
  /** The same for `afterKeyMs` after a key on the track, when more keys are likely, default 1.25: bursts from 11 ms. */
  afterKeyThreshold: z.number().min(1).max(12).default(1.25),
  /** How long that lasts, ms, 0 to 60,000, default 4,000. */
  afterKeyMs: z.number().min(0).max(60_000).default(4_000),
  /** The same while the call is armed (payment mode), default 1.5: about three times as many masks in speech. */
  armedThreshold: z.number().min(1).max(12).default(1.5),
  /** Evidence at which a digit is reported for consent and star codes, 3 to 48, default 12: 30 ms of a clean key. */
  reportThreshold: z.number().min(3).max(48).default(12),
  /**
   * How far before the newest sample a mask may start, ms, 20 to 100, default 60: in noise at 2 dB a key's first windows are
   * recognised late, and 40 left 1 to 3 ms of three keys in 512. Hold-back must exceed it by a hop.
   */
  reachBackMs: z.number().min(20).max(100).default(60),
  /** Masked before the first window that shows the key, ms, 0 to 40, default 10; within the reach-back. */
  padBeforeMs: z.number().min(0).max(40).default(10),
  /** Masked after the last window that shows the key, ms, 5 to 100, default 20. */
  padAfterMs: z.number().min(HOP_MS).max(100).default(20),
})

export type DtmfOptions = z.infer<typeof dtmfOptionsSchema>
