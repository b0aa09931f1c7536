/**
 * Signed deliveries of payment providers: HMAC-SHA256 over the time and the very bytes of the body.
 *
 *   stripe              Stripe-Signature: t=SECONDS,v1=HEX[,v1=HEX]               over  SECONDS.BODY
 *   standard-webhooks   webhook-id, webhook-timestamp, webhook-signature: v1,BASE64[ v1,BASE64]
 *                                                                                 over  ID.SECONDS.BODY
 *   timestamped         two headers of the provider's own: SECONDS, and HEX or BASE64, perhaps behind `sha256=`
 *                                                                                 over  SECONDS.BODY
 *
 * Sources: docs.stripe.com/webhooks/signature; the Standard Webhooks specification, 1.0.0, "Signature scheme".
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { type Refused, refused } from './refusal.js'

export const webhookSchemes = ['stripe', 'standard-webhooks', 'timestamped'] as const
export type WebhookScheme = (typeof webhookSchemes)[number]

export interface WebhookSigning {
  readonly name: string
  readonly scheme: WebhookScheme
  /** Each may sign: two while one replaces the other. Standard Webhooks write theirs in base64, behind `whsec_`. */
  readonly secrets: readonly string[]
  /** How far the delivery's time may be from ours, either way, seconds. */
  readonly windowSeconds: number
  /** For `timestamped`: in which headers they are, in lower case. */
  readonly signatureHeader: string
  readonly timestampHeader: string
}

/** One header of a request; undefined when it is not there. */
export type HeaderOf = (name: string) => string | undefined

interface Signed {
  readonly seconds: string
  /** What is signed before the body. */
  readonly prefix: string
  readonly signatures: readonly Buffer[]
}

/** Signatures of one delivery that are looked at: two secrets, and one to spare. */
const SIGNATURES_MAX = 4

/** A delivery that is the provider's, and was made now. */
export interface Delivery {
  readonly kind: 'delivery'
  /** Of what was signed: whoever has taken it takes it no more. */
  readonly id: string
  /** By when it was made, ms since 1970: signatures name the second, and this is its end. */
  readonly madeByMs: number
}

export const checkDelivery = (
  signing: WebhookSigning,
  headerOf: HeaderOf,
  body: Uint8Array,
  epochMs: number,
): Delivery | Refused => {
  const signed = signedOf(signing, headerOf)
  if (signed === null || !isSigned(signing, signed, body)) return refused('webhook-signature')
  const madeAtMs = Number(signed.seconds) * 1000
  const windowMs = signing.windowSeconds * 1000
  if (Math.abs(epochMs - madeAtMs) > windowMs) return refused('webhook-clock')
  const digest = createHash('sha256').update(signed.prefix).update(body).digest('base64')
  return { kind: 'delivery', id: `${signing.name}:${digest}`, madeByMs: madeAtMs + 999 }
}

const signedOf = (signing: WebhookSigning, headerOf: HeaderOf): Signed | null => {
  const signed = readers[signing.scheme](headerOf, signing)
  if (signed === null || !/^\d{1,12}$/.test(signed.seconds)) return null
  return { ...signed, signatures: signed.signatures.slice(0, SIGNATURES_MAX) }
}

const readers: Readonly<
  Record<WebhookScheme, (headerOf: HeaderOf, signing: WebhookSigning) => Signed | null>
> = {
  stripe(headerOf) {
    const parts = (headerOf('stripe-signature') ?? '').split(',').map((part) => part.trim().split('='))
    const valuesOf = (name: string) => parts.filter(([key]) => key === name).map(([, value]) => value ?? '')
    const [seconds] = valuesOf('t')
    return seconds === undefined ? null : timed(seconds, valuesOf('v1').map(fromHex))
  },
  'standard-webhooks'(headerOf) {
    const id = headerOf('webhook-id')
    const seconds = headerOf('webhook-timestamp')
    if (id === undefined || seconds === undefined) return null
    const signatures = (headerOf('webhook-signature') ?? '')
      .split(' ')
      .flatMap((part) => (part.startsWith('v1,') ? [Buffer.from(part.slice(3), 'base64')] : []))
    return { seconds, prefix: `${id}.${seconds}.`, signatures }
  },
  timestamped(headerOf, { signatureHeader, timestampHeader }) {
    const seconds = headerOf(timestampHeader)
    const signature = headerOf(signatureHeader)?.replace(/^sha256=/i, '')
    if (seconds === undefined || signature === undefined) return null
    return timed(seconds, [isHex(signature) ? fromHex(signature) : Buffer.from(signature, 'base64')])
  },
}

const timed = (seconds: string, signatures: readonly Buffer[]): Signed => ({
  seconds,
  prefix: `${seconds}.`,
  signatures,
})

const isHex = (text: string): boolean => /^[0-9a-f]{64}$/i.test(text)
const fromHex = (text: string): Buffer => Buffer.from(text, 'hex')

const isSigned = (
  { scheme, secrets }: WebhookSigning,
  { prefix, signatures }: Signed,
  body: Uint8Array,
): boolean => {
  const expected = secrets.map((secret) =>
    createHmac('sha256', keyOf(scheme, secret)).update(prefix).update(body).digest(),
  )
  return expected.some((own) =>
    signatures.some((theirs) => theirs.length === own.length && timingSafeEqual(theirs, own)),
  )
}

/** Stripe's secrets begin with `whsec_` too, and sign as they are written. */
const keyOf = (scheme: WebhookScheme, secret: string): Buffer =>
  scheme === 'standard-webhooks'
    ? Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    : Buffer.from(secret, 'utf8')
