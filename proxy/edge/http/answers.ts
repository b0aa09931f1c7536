/** Answers as HTTP has them: which status, and which JSON. Nothing that a peer has sent comes back but the ids that name a call. */
import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import { type Refused, refusals } from '../../access/refusal.js'
import type { CallView } from '../../directory/call-view.js'
import type { CallEntries } from '../../ledger/call-reader.io.js'
import type { CallAddress } from '../../session/call-registry.js'
import type { SignalAnswer, SignalResult, StreamAnswer } from '../../session/signal.js'

export const statusOf: Readonly<Record<SignalResult, number>> = {
  applied: 200,
  late: 200,
  pending: 202,
  ambiguous: 409,
  unknown: 404,
  forbidden: 403,
  unavailable: 503,
}

/** `result` tells apart what will never be let through from what may be tried again. */
export const sendRefusal = (reply: FastifyReply, { reason }: Refused): FastifyReply => {
  const { status, detail } = refusals[reason]
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  if (status === 429) reply.header('retry-after', '1')
  return reply.code(status).send({ result: status === 429 ? 'unavailable' : 'forbidden', reason, detail })
}

export const sendSignalAnswer = (
  reply: FastifyReply,
  answer: SignalAnswer | Refused,
  address: CallAddress,
  signalId: string,
): FastifyReply =>
  'kind' in answer
    ? sendRefusal(reply, answer)
    : reply.code(statusOf[answer.result]).send(signalJson(answer, address, signalId))

const historyProblems = {
  'no-ledger': { error: 'NO_LEDGER', detail: 'no ledger is kept: set ledger.enabled' },
  unreadable: { error: 'LEDGER_UNREADABLE', detail: 'the files of the ledger cannot be read now: try again' },
} as const

/** A call of another tenant, and one that the ledger does not know, are answered alike. */
export const sendHistory = (
  reply: FastifyReply,
  callId: string,
  answer: CallEntries | Refused | keyof typeof historyProblems,
): FastifyReply => {
  if (typeof answer === 'string') return reply.code(503).send(historyProblems[answer])
  if ('kind' in answer) return sendRefusal(reply, answer)
  const { entries, damaged, isPart } = answer
  if (entries.length === 0 && damaged === 0) return reply.code(404).send({ result: 'unknown' })
  return reply.send({ callId, entries, damaged, complete: !isPart })
}

export const sendInvalidBody = (reply: FastifyReply, error: z.ZodError): FastifyReply =>
  reply.code(400).send({ error: 'INVALID_BODY', problems: problemsOf(error) })

/** Paths and what is wrong there; never what was sent. */
const problemsOf = (error: z.ZodError): { path: string; message: string }[] =>
  error.issues.map(({ path, code, message }) => ({
    path: path.join('.'),
    message: code === 'unrecognized_keys' ? 'there are keys that this call does not know' : message,
  }))

export const isoOf = (epochMs: number): string => new Date(epochMs).toISOString()

const streamJson = (answer: StreamAnswer): Record<string, unknown> => ({
  callId: answer.callId,
  streamId: answer.streamId,
  ...(answer.firstSilentSample !== undefined && {
    firstSilentSample: answer.firstSilentSample,
    firstSilentAt: isoOf(answer.firstSilentEpochMs ?? 0),
    lateMs: answer.lateMs ?? 0,
  }),
  ...(answer.clearFromSample !== undefined && { clearFromSample: answer.clearFromSample }),
  ...(answer.isLifted !== undefined && { lifted: answer.isLifted }),
})

/** The answer, with the first stream's facts at the top: most calls have one stream. */
export const signalJson = (
  answer: SignalAnswer,
  address: CallAddress,
  signalId: string,
): Record<string, unknown> => ({
  result: answer.result,
  ...(answer.detail !== undefined && { detail: answer.detail }),
  signalId,
  ...(address.kind === 'call' && { callId: address.callId }),
  ...(answer.streams[0] !== undefined && streamJson(answer.streams[0])),
  streams: answer.streams.map(streamJson),
  repeated: answer.isRepeated,
})

export const callJson = ({
  openSeconds,
  spans: _,
  detectorLagMs: __,
  ...view
}: CallView): Record<string, unknown> => ({
  ...view,
  payment: openSeconds.payment === undefined ? 'off' : 'on',
  ...(openSeconds.payment !== undefined && { paymentSeconds: openSeconds.payment }),
  openSeconds,
})
