import { createHmac } from 'node:crypto'
import { EPOCH_MS } from './admin-room.js'

const SECRET = 'secret-of-the-provider'

/** A provider that signs as Stripe does, and says `{ type, id, call }`. */
export const webhookConfig = {
  name: 'psp',
  scheme: 'stripe',
  secrets: [SECRET],
  call: { callId: '/call' },
  signalId: '/id',
  state: '/type',
  started: ['created'],
  ended: ['completed'],
} as const

/** A delivery as the provider sends it, made at `epochMs`. */
export const signedDelivery = (message: object | string, epochMs = EPOCH_MS) => {
  const body = typeof message === 'string' ? message : JSON.stringify(message)
  const seconds = Math.floor(epochMs / 1000)
  const signature = createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex')
  return {
    body,
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=${seconds},v1=${signature}` },
  }
}
