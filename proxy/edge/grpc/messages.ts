/** Between the messages of control.proto, as proto-loader gives and takes them, and the service's own words. */
import { z } from 'zod'
import { TOKEN_SECONDS, TOKEN_SECONDS_MAX, tokenIdSchema } from '../../access/token.js'
import { SIGNAL_TTL_SECONDS_MAX } from '../../base/limits.js'
import type { CallView } from '../../directory/call-view.js'
import { consentStates, stepKinds } from '../../policy/signal.js'
import type { CallAddress } from '../../session/call-registry.js'
import type { SignalAnswer, StreamAnswer } from '../../session/signal.js'
import type { Minted, SignalRequest } from '../control-service.js'
import type { CallChange } from './call-watch.js'

/** The API's own bound for ids, characters; as over HTTP. */
const id = z.string().min(1).max(200)

/** proto3 has no absence for plain fields: empty is not said. */
const orNull = <T extends z.ZodType>(schema: T) =>
  z.union([z.literal('').transform(() => null), schema.transform((value) => value)])

const addressSchema = z
  .object({ call_id: id.optional(), alias: z.object({ key: id, value: id }).optional() })
  .transform((given, context): CallAddress => {
    if (given.alias !== undefined) return { kind: 'alias', ...given.alias }
    if (given.call_id !== undefined) return { kind: 'call', callId: given.call_id }
    context.addIssue({ code: 'custom', message: 'must name the call: call_id or alias' })
    return z.NEVER
  })

const prefixed = <const T extends string>(prefix: string, names: readonly T[]) =>
  z
    .enum(names.map((name) => `${prefix}_${name.toUpperCase()}`) as [string, ...string[]])
    .transform((name) => name.slice(prefix.length + 1).toLowerCase() as T)

const factsShape = {
  address: addressSchema,
  signal_id: id,
  ttl_seconds: z.number().int().max(SIGNAL_TTL_SECONDS_MAX),
  actor: orNull(id),
  issued_at_ms: z.number().min(0),
}

const signalSchema = z.union([
  z.object({
    ...factsShape,
    kind: prefixed('KIND', stepKinds),
    state: prefixed('STATE', ['started', 'ended']),
  }),
  z.object({ ...factsShape, kind: prefixed('KIND', ['consent']), state: prefixed('STATE', consentStates) }),
])

const requests = {
  signal: signalSchema.transform(({ kind, state, address, ...facts }) => {
    const signal = {
      kind,
      state,
      address,
      signalId: facts.signal_id,
      ttlMs: facts.ttl_seconds === 0 ? null : facts.ttl_seconds * 1000,
      actor: facts.actor,
      issuedAtMs: facts.issued_at_ms === 0 ? null : facts.issued_at_ms,
    }
    return signal as SignalRequest
  }),
  getCall: z.object({ call_id: id }),
  watchCalls: z.object({ call_id: orNull(id) }),
  mintToken: z.object({
    address: addressSchema,
    signal_id: orNull(tokenIdSchema),
    seconds: z.union([
      z.literal(0).transform(() => TOKEN_SECONDS),
      z.number().int().min(10).max(TOKEN_SECONDS_MAX),
    ]),
  }),
} as const

type Requests = { readonly [K in keyof typeof requests]: z.output<(typeof requests)[K]> }

/** What was asked, or the names of the fields that are wrong: their values are not repeated. */
export const parseRequest = <K extends keyof Requests>(
  name: K,
  message: unknown,
): { readonly value: Requests[K] } | { readonly wrong: string } => {
  const parsed = requests[name].safeParse(message)
  if (parsed.success) return { value: parsed.data as Requests[K] }
  const fields = new Set(
    parsed.error.issues.map(({ path }) => (path.length > 0 ? path.join('.') : 'kind, state')),
  )
  return { wrong: `not as control.proto has it: ${[...fields].join(', ')}` }
}

export const answerMessage = ({ result, detail, streams, isRepeated }: SignalAnswer) => ({
  result: `RESULT_${result.toUpperCase()}`,
  detail: detail ?? '',
  streams: streams.map(streamMessage),
  repeated: isRepeated,
})

const streamMessage = (answer: StreamAnswer) => ({
  call_id: answer.callId,
  stream_id: answer.streamId,
  ...(answer.firstSilentSample !== undefined && { first_silent_sample: answer.firstSilentSample }),
  ...(answer.firstSilentEpochMs !== undefined && {
    first_silent_at_ms: Math.round(answer.firstSilentEpochMs),
  }),
  ...(answer.lateMs !== undefined && { late_ms: answer.lateMs }),
  ...(answer.clearFromSample !== undefined && { clear_from_sample: answer.clearFromSample }),
  lifted: answer.isLifted ?? false,
})

export const callMessage = ({
  callId,
  streamId,
  dialect,
  tenant,
  tracks,
  openSeconds,
  ...rest
}: CallView) => ({
  call_id: callId,
  stream_id: streamId,
  dialect,
  tenant,
  tracks,
  open_seconds: openSeconds,
  spans: rest.spans.map(({ track, startSample, endSample, reason }) => ({
    ...(track !== null && { track }),
    start_sample: startSample,
    end_sample: endSample,
    reason,
  })),
  detector_lag_ms: rest.detectorLagMs,
})

export const eventMessage = ({ change, call }: CallChange) => ({
  change: `CHANGE_${change}`,
  call: callMessage(call),
})

export const mintedMessage = ({ token, signalId, expiresAtMs }: Minted) => ({
  token,
  signal_id: signalId,
  expires_at_ms: expiresAtMs,
})
