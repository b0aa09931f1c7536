/**
 * Metrics, health and the signal API, on a port of their own that PBXs do not reach.
 *
 *   GET  /metrics /healthz /readyz                       no credentials: keep the port inside
 *   GET  /v1/calls, /v1/calls/{callId}                   what is here
 *   POST /v1/calls/{callId}/payment                      { state, signalId, ttlSeconds?, actor?, issuedAt? }
 *   POST /v1/calls/by/{key}/{value}/payment              the same, by metadata of the call's start message
 */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Registry } from 'prom-client'
import { z } from 'zod'
import type { Clock } from '../base/clock.js'
import { RedactError } from '../base/errors.js'
import { SIGNAL_TTL_SECONDS_MAX } from '../base/limits.js'
import { equalSecrets } from '../base/secret.js'
import type { ProxyMetrics } from '../metrics/metrics.js'
import type { CallAddress, CallRegistry, LiveStream } from '../session/call-registry.js'
import type { ControlPlane } from '../session/control-plane.js'
import type { SignalAnswer, StreamAnswer } from '../session/signal.js'
import { errorCodeOf } from './log.js'

export interface ApiKey {
  readonly name: string
  readonly key: string
}

export interface AdminServerOptions {
  /** Without keys the API answers only on loopback: `isLoopback` says whether the server listens there. */
  readonly apiKeys: readonly ApiKey[]
  readonly isLoopback: boolean
  readonly clock: Clock
  readonly metrics: ProxyMetrics
  readonly prometheus: Registry
  readonly registry: CallRegistry
  readonly control: ControlPlane
  /** Whether new calls are welcome; while not, /readyz says 503. */
  isReady(): boolean
}

/** Bytes of a request body: a signal needs 400. */
const BODY_BYTES_MAX = 8 * 1024

const id = z.string().min(1).max(200)

const paymentSchema = z.strictObject({
  state: z.enum(['started', 'ended']),
  signalId: id,
  ttlSeconds: z.number().int().min(1).max(SIGNAL_TTL_SECONDS_MAX).optional(),
  actor: id.optional(),
  issuedAt: z.iso.datetime({ offset: true }).optional(),
})

const statusOf = {
  applied: 200,
  late: 200,
  pending: 202,
  ambiguous: 409,
  unknown: 404,
  forbidden: 403,
  unavailable: 503,
} as const

export const createAdminServer = (options: AdminServerOptions): FastifyInstance => {
  const { clock, control, metrics, prometheus, registry } = options
  const app = Fastify({
    // What the router itself refuses, before there is a route: Fastify's own answer would quote the path.
    frameworkErrors: (error, _request, reply) =>
      (reply as FastifyReply).code(error.statusCode ?? 400).send({ error: errorCodeOf(error) }),
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 256 },
  })

  app.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500
    const isTheirs = status >= 400 && status < 500
    return reply.code(isTheirs ? status : 500).send({ error: isTheirs ? errorCodeOf(error) : 'INTERNAL' })
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'NOT_FOUND' }))

  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', prometheus.contentType).send(await prometheus.metrics()),
  )
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) =>
    options.isReady() ? { status: 'ready' } : reply.code(503).send({ status: 'draining' }),
  )

  app.register(async (api) => {
    api.addHook('onRequest', async (request, reply) => {
      if (isAuthorised(request, options)) return
      metrics.signal('forbidden', 0)
      return refuse(reply, options)
    })
    api.get('/v1/calls', async () => ({
      calls: [...registry.streams].map((stream) => callJson(stream, clock)),
    }))
    api.get<{ Params: { callId: string } }>('/v1/calls/:callId', async (request, reply) => {
      const streams = registry.find({ kind: 'call', callId: request.params.callId }, null)
      if (streams.length === 0) return reply.code(404).send({ result: 'unknown' })
      return { callId: request.params.callId, streams: streams.map((stream) => callJson(stream, clock)) }
    })
    api.post<{ Params: { callId: string } }>('/v1/calls/:callId/payment', async (request, reply) =>
      pay({ kind: 'call', callId: request.params.callId }, request, reply),
    )
    api.post<{ Params: { key: string; value: string } }>(
      '/v1/calls/by/:key/:value/payment',
      async (request, reply) =>
        pay({ kind: 'alias', key: request.params.key, value: request.params.value }, request, reply),
    )
  })

  const pay = (address: CallAddress, request: FastifyRequest, reply: FastifyReply): unknown => {
    const startedMs = clock.nowMs()
    const body = paymentSchema.safeParse(request.body)
    if (!body.success)
      return reply.code(400).send({ error: 'INVALID_BODY', problems: problemsOf(body.error) })
    const { state, signalId, ttlSeconds, actor, issuedAt } = body.data
    const answer = control.signal(
      {
        kind: 'payment',
        address,
        tenants: null,
        origin: 'api',
        mayEnd: 'own',
        state,
        signalId,
        ttlMs: ttlSeconds === undefined ? null : ttlSeconds * 1000,
        actor: actor ?? null,
        issuedAtMs: issuedAt === undefined ? null : Date.parse(issuedAt),
      },
      startedMs,
    )
    metrics.signal(answer.result, clock.nowMs() - startedMs)
    return reply.code(statusOf[answer.result]).send(answerJson(answer, address, signalId))
  }

  return app
}

/** Listens; returns the port, which is another than asked for when that was 0. */
export const listenAdmin = async (app: FastifyInstance, host: string, port: number): Promise<number> => {
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw new RedactError(
      'REDACT_ERR_LISTEN',
      `cannot listen on ${host}:${port} (${errorCodeOf(error)}): choose another port`,
    )
  }
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

const isAuthorised = (request: FastifyRequest, { apiKeys, isLoopback }: AdminServerOptions): boolean => {
  if (apiKeys.length === 0) return isLoopback
  const [scheme, token] = (request.headers.authorization ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined) return false
  // Every key is compared, so that the time does not tell which one it was.
  return apiKeys.filter(({ key }) => equalSecrets(key, token)).length > 0
}

const refuse = (reply: FastifyReply, { apiKeys }: AdminServerOptions): FastifyReply => {
  const detail =
    apiKeys.length === 0
      ? 'no API key is configured and this port is not on loopback: set admin.apiKeys'
      : 'send a configured key as "Authorization: Bearer KEY"'
  return reply.code(401).header('www-authenticate', 'Bearer').send({ result: 'forbidden', detail })
}

/** Paths and what is wrong there; never what was sent. */
const problemsOf = (error: z.ZodError): { path: string; message: string }[] =>
  error.issues.map(({ path, code, message }) => ({
    path: path.join('.'),
    message: code === 'unrecognized_keys' ? 'there are keys that this call does not know' : message,
  }))

const isoOf = (epochMs: number): string => new Date(epochMs).toISOString()

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
const answerJson = (
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

const callJson = (
  { session, callId, streamId, dialect, tenant }: LiveStream,
  clock: Clock,
): Record<string, unknown> => {
  const openSinceMs = session.openSinceMs('payment')
  return {
    callId,
    streamId,
    dialect,
    tenant,
    tracks: session.call?.tracks.map(({ role }) => role) ?? [],
    payment: openSinceMs === Infinity ? 'off' : 'on',
    ...(openSinceMs !== Infinity && { paymentSeconds: Math.round((clock.nowMs() - openSinceMs) / 1000) }),
  }
}
