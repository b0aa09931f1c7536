/** Payment providers that tell of their payments themselves: `POST /v1/webhooks/NAME`, signed. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Client } from '../../access/principal.js'
import { type WebhookEvent, type WebhookMapping, webhookEvent } from '../../access/webhook-event.js'
import { checkDelivery, type Delivery, type WebhookSigning } from '../../access/webhook-signature.js'
import type { Clock } from '../../base/clock.js'
import type { ControlService } from '../control-service.js'
import { sendRefusal, signalJson } from './answers.js'

/** One provider: who it is to us, how it signs, and where its messages say what. */
export interface Webhook {
  readonly client: Client
  readonly signing: WebhookSigning
  readonly mapping: WebhookMapping
}

/** Bytes of a delivery: providers send whole objects, some of 20 kB. */
const DELIVERY_BYTES_MAX = 256 * 1024

/** Lifetime of a step that a provider starts is the policy's: providers do not beat. */
const FACTS = { ttlMs: null, actor: null } as const

export const registerWebhooks = (app: FastifyInstance, service: ControlService, clock: Clock): void => {
  // The signature is over the bytes: they are read as they came, whatever they claim to be.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.post<{ Params: { name: string } }>(
    '/v1/webhooks/:name',
    { bodyLimit: DELIVERY_BYTES_MAX },
    async (request, reply) => {
      const webhook = service.webhook(request.params.name)
      if (webhook === undefined)
        return sendRefusal(reply, service.refuseStranger('webhook-unknown', 'webhook'))
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const delivery = checkDelivery(webhook.signing, headerOf(request), body, clock.epochMs())
      if (delivery.kind === 'refused')
        return sendRefusal(reply, service.refuseStranger(delivery.reason, 'webhook'))
      const event = eventOf(webhook.mapping, body)
      if (event === null) return reply.code(400).send({ error: 'INVALID_BODY' })
      return answer(webhook, delivery, event, reply)
    },
  )

  /** What was understood is answered 200, whatever came of it: a provider would repeat anything else for days. */
  const answer = async (
    { client }: Webhook,
    delivery: Delivery,
    event: WebhookEvent,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    if (event.kind === 'ignored') return reply.send({ result: 'ignored' })
    if (event.kind === 'incomplete')
      return reply.code(422).send({
        error: 'INCOMPLETE_EVENT',
        detail: 'its call or its payment is not where admin.webhooks says',
      })
    const { signal, state, address, signalId } = event
    const told = await service.signal(
      { kind: 'webhook', ...client, deliveryId: delivery.id },
      { kind: signal, state, address, signalId, issuedAtMs: delivery.madeByMs, ...FACTS },
      'webhook',
    )
    if ('kind' in told) return sendRefusal(reply, told)
    return reply.code(told.result === 'unavailable' ? 503 : 200).send(signalJson(told, address, signalId))
  }
}

/** A header that stands there twice comes joined by a comma, and signs nothing. */
const headerOf =
  ({ headers }: FastifyRequest) =>
  (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === 'string' ? value : undefined
  }

/** Null when the body is no JSON. */
const eventOf = (mapping: WebhookMapping, body: Buffer): WebhookEvent | null => {
  try {
    return webhookEvent(mapping, JSON.parse(body.toString('utf8')))
  } catch {
    return null
  }
}
