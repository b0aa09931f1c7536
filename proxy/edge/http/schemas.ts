/** Every body of the API, asked and answered; the OpenAPI document is written from these. */
import { z } from 'zod'
import { type RefusalReason, refusals } from '../../access/refusal.js'
import { tokenScopes } from '../../access/scopes.js'
import { TOKEN_SECONDS, TOKEN_SECONDS_MAX, tokenCallSchema, tokenIdSchema } from '../../access/token.js'
import { SIGNAL_TTL_SECONDS_MAX } from '../../base/limits.js'
import { consentStates, stepKinds } from '../../policy/signal.js'
import { signalResults } from '../../session/signal.js'
import { takeResults } from '../pbx-dialer.js'

/** The API's own bound for ids, characters. */
const id = z.string().min(1).max(200)
const instant = z.iso.datetime({ offset: true })
const sample = z.number().describe('Position at the clock rate of the call, per track.')

const signalFacts = {
  signalId: id.describe('Names the step: the same in its start, its heartbeats and its end.'),
  ttlSeconds: z
    .number()
    .int()
    .min(1)
    .max(SIGNAL_TTL_SECONDS_MAX)
    .optional()
    .describe(
      "Lease of a start, and how long it waits for its call. Default: the policy's lease, and two minutes.",
    ),
  actor: id.optional().describe('On whose behalf: an agent, a desk. It stands behind the name of your key.'),
  issuedAt: instant
    .optional()
    .describe(
      'When the signal was made: an older one never undoes a newer one, and a start looks back from then.',
    ),
}

const stream = z.strictObject({
  callId: z.string(),
  streamId: z.string(),
  firstSilentSample: sample.optional(),
  firstSilentAt: instant.optional(),
  lateMs: z.number().optional().describe('Of what should be silent, this much had already left.'),
  clearFromSample: sample
    .optional()
    .describe('From here on the call is heard, unless something else keeps it silent.'),
  lifted: z.boolean().optional().describe('An emergency is open, which lifts this silence until it ends.'),
})

const callStream = z.strictObject({
  callId: z.string(),
  streamId: z.string(),
  dialect: z.string(),
  tenant: z.string(),
  tracks: z.array(z.string()),
  payment: z.enum(['on', 'off']),
  paymentSeconds: z.number().optional(),
  openSeconds: z
    .partialRecord(z.enum(stepKinds), z.number())
    .describe('For how long each kind of step has been open.'),
})

export const schemas = {
  Step: z.strictObject({ state: z.enum(['started', 'ended']), ...signalFacts }),
  Consent: z.strictObject({ state: z.enum(consentStates), ...signalFacts }),
  PageSignal: z.strictObject({
    token: z.string().min(1).max(4096).describe('From POST /v1/tokens, or of your own making.'),
    state: z.enum(['started', 'ended']),
    view: tokenIdSchema.optional().describe('Names the page view, where a step has several: tabs, reloads.'),
    ttlSeconds: signalFacts.ttlSeconds,
    issuedAt: signalFacts.issuedAt,
  }),
  SignalAnswer: z.strictObject({
    result: z.enum(signalResults),
    detail: z.string().optional(),
    signalId: z.string(),
    ...stream.partial().shape,
    streams: z.array(stream),
    repeated: z.boolean(),
  }),
  Refusal: z.strictObject({
    result: z.enum(['forbidden', 'unavailable']),
    reason: z.enum(Object.keys(refusals) as [RefusalReason, ...RefusalReason[]]),
    detail: z.string(),
  }),
  Problem: z.strictObject({
    error: z.string(),
    detail: z.string().optional(),
    problems: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  }),
  Unknown: z.strictObject({ result: z.literal('unknown') }),
  Ignored: z.strictObject({ result: z.literal('ignored') }),
  CallList: z.strictObject({ calls: z.array(callStream) }),
  Call: z.strictObject({ callId: z.string(), streams: z.array(callStream) }),
  CallLedger: z.strictObject({
    callId: z.string(),
    entries: z
      .array(
        z.looseObject({
          seq: z.number().describe('Counts over the whole ledger.'),
          at: instant,
          kind: z.string().describe('docs/ledger.md says what there is, and what stands in each.'),
          prev: z.string(),
          hash: z.string(),
        }),
      )
      .describe('As they stand in the ledger, oldest first.'),
    damaged: z
      .number()
      .describe('Lines that name the call and are not as they were written: see `hushfork ledger verify`.'),
    complete: z.boolean().describe('False: the ledger goes farther back, or on, than was read.'),
  }),
  TakeRequest: z.strictObject({
    path: z.string().min(1).max(256).describe('The fork, by its path in the configuration.'),
    id: id.describe("The PBX's own name for the fork that waits: Asterisk's MEDIA_WEBSOCKET_CONNECTION_ID."),
  }),
  Take: z.strictObject({ result: z.enum(takeResults) }),
  Drain: z.strictObject({ result: z.literal('draining'), calls: z.number() }),
  TokenRequest: z.strictObject({
    call: tokenCallSchema.describe(
      'The call by its id, or by metadata that the policy lists in `payment.addressBy`.',
    ),
    signalId: tokenIdSchema.optional().describe("The step, and the token's `jti`. Default: a new UUID."),
    seconds: z.number().int().min(10).max(TOKEN_SECONDS_MAX).default(TOKEN_SECONDS),
    scopes: z.array(z.enum(tokenScopes)).min(1).default(['signal:payment']),
    tenants: z
      .array(z.string().min(1).max(32))
      .min(1)
      .max(256)
      .optional()
      .describe('Default: those of your key.'),
  }),
  Token: z.strictObject({ token: z.string(), signalId: z.string(), expiresAt: instant }),
} as const

export type SchemaName = keyof typeof schemas
