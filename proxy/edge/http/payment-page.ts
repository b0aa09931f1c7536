/**
 * The payment page: its script, and where that script reports. The page holds a token for one step of one call, and sends
 * it in the body, as plain text: no preflight before the first silent sample, and `sendBeacon`, which has no headers,
 * when the page goes. No credential of the browser's own counts here, so nothing is gained by forging such a request.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { inPackage } from '../../base/package-file.js'
import type { ControlService } from '../control-service.js'
import { sendInvalidBody, sendRefusal, sendSignalAnswer } from './answers.js'
import { schemas } from './schemas.js'

/** The script, as it is served. */
export const paymentPageScript = (): Buffer => readFileSync(inPackage('public/payment-page.js'))

/** What goes into `integrity` (Subresource Integrity), and is the script's ETag. */
export const integrityOf = (script: Buffer): string =>
  `sha384-${createHash('sha384').update(script).digest('base64')}`

/** How long a browser keeps the script before it asks again, seconds. */
const SCRIPT_SECONDS = 300

export const registerPaymentPage = (
  app: FastifyInstance,
  service: ControlService,
  origins: readonly string[],
): void => {
  const script = paymentPageScript()
  const etag = `"${integrityOf(script)}"`

  app.get('/payment-page.js', async (request, reply) => {
    reply
      .header('etag', etag)
      .header('cache-control', `public, max-age=${SCRIPT_SECONDS}`)
      // Anybody may read the script; with `integrity` a browser asks for this.
      .header('access-control-allow-origin', '*')
      .header('cross-origin-resource-policy', 'cross-origin')
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    return reply.type('text/javascript; charset=utf-8').send(script)
  })

  app.addContentTypeParser('text/plain', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'))

  app.options('/v1/payment', async (request, reply) => {
    if (allowOrigin(request, reply, origins))
      reply
        .header('access-control-allow-methods', 'POST')
        .header('access-control-allow-headers', 'content-type')
        .header('access-control-max-age', '600')
    return reply.code(204).send()
  })

  app.post('/v1/payment', async (request, reply) => {
    allowOrigin(request, reply, origins)
    const body = schemas.PageSignal.safeParse(request.body)
    if (!body.success) return sendInvalidBody(reply, body.error)
    const { token, state, view, ttlSeconds, issuedAt } = body.data
    const principal = await service.identify({ bearer: token, certificate: null }, 'page')
    if (principal.kind === 'refused') return sendRefusal(reply, principal)
    if (principal.kind !== 'token') return sendRefusal(reply, service.refuseStranger('token-invalid', 'page'))
    const { id, call: address } = principal.token
    const signalId = view === undefined ? id : `${id}.${view}`
    const answer = await service.signal(
      principal,
      {
        kind: 'payment',
        state,
        address,
        signalId,
        ttlMs: ttlSeconds === undefined ? null : ttlSeconds * 1000,
        actor: null,
        issuedAtMs: issuedAt === undefined ? null : Date.parse(issuedAt),
      },
      'page',
    )
    return sendSignalAnswer(reply, answer, address, signalId)
  })
}

/** Lets pages of the configured origins read the answer. What the others send counts all the same: silence first. */
const allowOrigin = (request: FastifyRequest, reply: FastifyReply, origins: readonly string[]): boolean => {
  reply.header('vary', 'origin')
  const { origin } = request.headers
  if (origin === undefined || !origins.includes(origin)) return false
  reply.header('access-control-allow-origin', origin)
  return true
}
