/**
 * Metrics, health and the API, on a port of their own that PBXs do not reach.
 *
 *   GET  /metrics /healthz /readyz         no credentials: keep the port inside, or hand on no more than the paths below
 *   GET  /payment-page.js                  the script, and POST /v1/payment, where it reports (http/payment-page.ts)
 *   POST /v1/webhooks/{name}               payment providers, by their signature (http/webhooks.ts)
 *   GET  /v1/openapi.json                  what there is
 *   *    /v1/...                           by key, token or certificate (http/api.ts)
 */
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Clock } from '../base/clock.js'
import { RedactError } from '../base/errors.js'
import { CALLS_MAX, HANDSHAKE_MS_MAX } from '../base/limits.js'
import { type TlsServer, underTls } from './certificates.js'
import type { ControlService } from './control-service.js'
import { registerApi } from './http/api.js'
import { openApiText } from './http/openapi.js'
import { registerPaymentPage } from './http/payment-page.js'
import { registerWebhooks } from './http/webhooks.js'
import { errorCodeOf } from './log.js'
import { turns } from './turns.js'

/** Certificate and key, PEM, and who signs client certificates; without the latter none is asked for. */
export interface AdminTls {
  readonly cert: Buffer
  readonly key: Buffer
  readonly ca: Buffer | null
}

/** What Prometheus is handed: a registry of prom-client, or what stands for several. */
/** Whether new calls are welcome, and if not, why: it goes, or nobody would listen to them where somebody has to. */
export type Readiness = 'ready' | 'draining' | 'nobody-listens'

export interface MetricsPage {
  readonly contentType: string
  metrics(): Promise<string>
}

export interface AdminServerOptions {
  readonly service: ControlService
  /** Pages that may read the answers to their payment script. */
  readonly origins: readonly string[]
  readonly tls: AdminTls | null
  readonly clock: Clock
  readonly prometheus: MetricsPage
  readonly version: string
  /** While it is not `ready`, /readyz says 503. */
  readiness(): Readiness
}

/** Bytes of a request body: a signal needs 400, a page's with its token 1,500. */
const BODY_BYTES_MAX = 8 * 1024
/** Longest from a request's first byte, or from the connection, to its last, ms: whoever takes longer holds a socket for nothing. */
const REQUEST_MS_MAX = HANDSHAKE_MS_MAX
/** How often Node looks for those, ms; left to itself it does every 30 s. */
const REQUEST_CHECK_MS = 500
/** Connections at once: a page of every call keeps one, and as many again for desks. Beyond it new ones are closed. */
const CONNECTIONS_MAX = 2 * CALLS_MAX

/** What to do about what Fastify refuses before the API has seen it. */
const remedies: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'send JSON, as content-type: application/json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the content-length is not that of the body',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'send JSON: there is no body',
  FST_ERR_CTP_INVALID_JSON_BODY: 'send JSON: this body is none',
  FST_ERR_CTP_BODY_TOO_LARGE: 'a body has 8 kB at most, a webhook 256 kB',
}

/** What every process says of itself over HTTP. */
export type HealthServerOptions = Pick<AdminServerOptions, 'tls' | 'prometheus' | 'readiness'>

/** Metrics and health, and nothing else. */
export const createHealthServer = (options: HealthServerOptions): FastifyInstance => {
  const { prometheus } = options
  const app = createApp(options.tls)

  app.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500
    const isTheirs = status >= 400 && status < 500
    if (!isTheirs) return reply.code(500).send({ error: 'INTERNAL' })
    const code = errorCodeOf(error)
    return reply.code(status).send({ error: code, ...(remedies[code] && { detail: remedies[code] }) })
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'NOT_FOUND' }))
  app.addHook('onRequest', async (_request, reply) => {
    reply
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .header('x-content-type-options', 'nosniff')
  })

  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', prometheus.contentType).send(await prometheus.metrics()),
  )
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const status = options.readiness()
    return reply.code(status === 'ready' ? 200 : 503).send({ status })
  })
  return app
}

export const createAdminServer = (options: AdminServerOptions): FastifyInstance => {
  const { clock, service } = options
  const app = createHealthServer(options)
  const document = openApiText(options.version)
  app.get('/v1/openapi.json', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(document),
  )

  app.register(async (scope) => registerApi(scope, service))
  app.register(async (scope) => registerPaymentPage(scope, service, options.origins))
  app.register(async (scope) => registerWebhooks(scope, service, clock))
  return app
}

const createApp = (tls: AdminTls | null): FastifyInstance => {
  const app = Fastify({
    // What the router itself refuses, before there is a route: Fastify's own answer would quote the path.
    frameworkErrors: (error, _request, reply) =>
      (reply as unknown as FastifyReply).code(error.statusCode ?? 400).send({ error: errorCodeOf(error) }),
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    requestTimeout: REQUEST_MS_MAX,
    routerOptions: { maxParamLength: 256 },
    ...(tls === null ? { http: patience } : { https: { ...patience, ...httpsOptionsOf(tls) } }),
  }) as unknown as FastifyInstance
  app.server.maxConnections = CONNECTIONS_MAX
  if (tls !== null) underTls(tls, app.server as unknown as TlsServer)
  return app
}

const patience = { headersTimeout: REQUEST_MS_MAX, connectionsCheckingInterval: REQUEST_CHECK_MS }

/** A client without a certificate, or with one that nobody vouches for, is let in to show a key instead. */
const httpsOptionsOf = ({ cert, key, ca }: AdminTls) => ({
  cert,
  key,
  handshakeTimeout: HANDSHAKE_MS_MAX,
  ...(ca !== null && { ca, requestCert: true, rejectUnauthorized: false }),
})

/** Listens; returns the port, which is another than asked for when that was 0. */
export const listenAdmin = async (app: FastifyInstance, host: string, port: number): Promise<number> => {
  app.server.on('connection', () => turns.lookAgain())
  // A route that cannot be made, for want of a file of ours, is no fault of the port's.
  await app.ready()
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
