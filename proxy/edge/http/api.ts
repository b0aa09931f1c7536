/** The API for whoever holds a key, a token or a certificate: signals, calls, tokens, drain. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { tokenCallOf } from '../../access/token.js'
import { consentStates, type StepKind, stepKinds } from '../../policy/signal.js'
import type { CallAddress } from '../../session/call-registry.js'
import type { ControlService, SignalRequest } from '../control-service.js'
import type { TakeResult } from '../pbx-dialer.js'
import { callJson, isoOf, sendHistory, sendInvalidBody, sendRefusal, sendSignalAnswer } from './answers.js'
import { identifyCaller, principalOf } from './caller.js'
import { schemas } from './schemas.js'

interface CallParams {
  readonly callId: string
}
interface AliasParams {
  readonly key: string
  readonly value: string
}

const byCall = ({ callId }: CallParams): CallAddress => ({ kind: 'call', callId })
const byAlias = ({ key, value }: AliasParams): CallAddress => ({ kind: 'alias', key, value })

export const registerApi = (app: FastifyInstance, service: ControlService): void => {
  app.addHook('onRequest', async (request, reply) => {
    const refusal = await identifyCaller(service, request)
    if (refusal !== null) return sendRefusal(reply, refusal)
  })

  app.get('/v1/calls', async (request, reply) => {
    const calls = await service.list(principalOf(request), 'http')
    return 'kind' in calls ? sendRefusal(reply, calls) : { calls: calls.map(callJson) }
  })
  app.get<{ Params: CallParams }>('/v1/calls/:callId', async (request, reply) => {
    const { callId } = request.params
    const streams = await service.find(principalOf(request), callId, 'http')
    if ('kind' in streams) return sendRefusal(reply, streams)
    if (streams.length === 0) return reply.code(404).send({ result: 'unknown' })
    return { callId, streams: streams.map(callJson) }
  })

  app.get<{ Params: CallParams }>('/v1/calls/:callId/ledger', async (request, reply) => {
    const { callId } = request.params
    return sendHistory(reply, callId, await service.history(principalOf(request), callId, 'http'))
  })

  for (const kind of stepKinds) {
    app.post<{ Params: CallParams }>(`/v1/calls/:callId/${kind}`, async (request, reply) =>
      step(kind, byCall(request.params), request, reply),
    )
    app.post<{ Params: AliasParams }>(`/v1/calls/by/:key/:value/${kind}`, async (request, reply) =>
      step(kind, byAlias(request.params), request, reply),
    )
  }
  app.post<{ Params: CallParams }>('/v1/calls/:callId/consent', async (request, reply) =>
    consent(byCall(request.params), request, reply),
  )
  app.post<{ Params: AliasParams }>('/v1/calls/by/:key/:value/consent', async (request, reply) =>
    consent(byAlias(request.params), request, reply),
  )

  app.post('/v1/tokens', async (request, reply) => {
    const body = schemas.TokenRequest.safeParse(request.body)
    if (!body.success) return sendInvalidBody(reply, body.error)
    const { call, signalId, seconds, scopes, tenants } = body.data
    const minted = await service.mint(
      principalOf(request),
      {
        call: tokenCallOf(call),
        signalId: signalId ?? null,
        seconds,
        rights: { scopes, tenants: tenants ?? null },
      },
      'http',
    )
    if (minted.kind === 'refused') return sendRefusal(reply, minted)
    if (minted.kind === 'unavailable')
      return reply
        .code(503)
        .send({ error: 'NO_MINT_KEY', detail: 'no mint key is configured: set admin.mintKeys' })
    const { token, expiresAtMs } = minted
    return reply.code(201).send({ token, signalId: minted.signalId, expiresAt: isoOf(expiresAtMs) })
  })

  app.post('/v1/forks/take', async (request, reply) => {
    const body = schemas.TakeRequest.safeParse(request.body)
    if (!body.success) return sendInvalidBody(reply, body.error)
    const result = await service.take(principalOf(request), body.data.path, body.data.id, 'http')
    return typeof result === 'string'
      ? reply.code(takeStatusOf[result]).send({ result })
      : sendRefusal(reply, result)
  })

  app.post('/v1/drain', async (request, reply) => {
    const calls = service.drain(principalOf(request), 'http')
    return typeof calls === 'number'
      ? reply.code(202).send({ result: 'draining', calls })
      : sendRefusal(reply, calls)
  })

  const step = async (
    kind: StepKind,
    address: CallAddress,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const body = schemas.Step.safeParse(request.body)
    if (!body.success) return sendInvalidBody(reply, body.error)
    return send({ kind, state: body.data.state, address, ...factsOf(body.data) }, request, reply)
  }

  const consent = async (
    address: CallAddress,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const body = schemas.Consent.safeParse(request.body)
    if (!body.success) return sendInvalidBody(reply, body.error)
    return send({ kind: 'consent', state: body.data.state, address, ...factsOf(body.data) }, request, reply)
  }

  const send = async (
    signal: SignalRequest,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> =>
    sendSignalAnswer(
      reply,
      await service.signal(principalOf(request), signal, 'http'),
      signal.address,
      signal.signalId,
    )
}

const takeStatusOf: Readonly<Record<TakeResult, number>> = {
  taken: 201,
  unknown: 404,
  unreachable: 502,
  unavailable: 503,
}

interface BodyFacts {
  readonly signalId: string
  readonly ttlSeconds?: number | undefined
  readonly actor?: string | undefined
  readonly issuedAt?: string | undefined
}

const factsOf = ({ signalId, ttlSeconds, actor, issuedAt }: BodyFacts) => ({
  signalId,
  ttlMs: ttlSeconds === undefined ? null : ttlSeconds * 1000,
  actor: actor ?? null,
  issuedAtMs: issuedAt === undefined ? null : Date.parse(issuedAt),
})

/** What may be signalled under `/v1/calls/…/{kind}`, and in which words; for the OpenAPI document. */
export const signalPaths: readonly { readonly kind: string; readonly states: readonly string[] }[] = [
  ...stepKinds.map((kind) => ({ kind, states: ['started', 'ended'] })),
  { kind: 'consent', states: consentStates },
]
