/** From the configuration to those who are let in: keys by their hash, certificates, mint keys, webhooks. */
import { Authenticator } from '../access/authenticator.js'
import { hashOf } from '../access/key-hash.js'
import { KeyRing } from '../access/key-ring.js'
import type { MintKey } from '../access/token.js'
import type { Config } from '../config/load.js'
import { isLoopback } from '../config/loopback.js'
import type { KeyInForce } from '../ledger/entry.js'
import type { Webhook } from './http/webhooks.js'

/** The section `admin` of the configuration. */
export type AdminConfig = Config['admin']

/** Who is let in, and by what. */
export interface Access {
  readonly authenticator: Authenticator
  /** The first that may make what is wanted signs it. */
  readonly mintKeys: readonly MintKey[]
  readonly webhooks: readonly Webhook[]
}

export const accessOf = (admin: AdminConfig): Access => ({
  authenticator: authenticatorOf(admin),
  mintKeys: admin.mintKeys,
  webhooks: webhooksOf(admin),
})

/** A key is forgotten once its hash is known. */
const authenticatorOf = ({ host, apiKeys, mintKeys, certificates }: AdminConfig): Authenticator =>
  new Authenticator({
    keys: new KeyRing(apiKeys.map(({ key, hash, ...client }) => ({ ...client, hash: hash ?? hashOf(key!) }))),
    mintKeys,
    certificates,
    isLoopback: isLoopback(host),
  })

/** Everybody who may use the API, for the ledger. */
export const keysInForce = (admin: AdminConfig): KeyInForce[] => {
  const holders = [
    ...admin.apiKeys.map((client) => ({ ...client, proof: client.hash ?? hashOf(client.key!) })),
    ...admin.mintKeys.map((client) => ({ ...client, proof: hashOf(client.secret) })),
    ...admin.certificates.map((client) => ({ ...client, proof: client.subject })),
    ...webhooksOf(admin).map(({ client, signing }) => ({
      ...client,
      proof: hashOf(signing.secrets.join(' ')),
    })),
  ]
  return holders.map(({ name, scopes, tenants, proof }) => ({
    name,
    scopes,
    tenants: tenants === '*' ? ['*'] : tenants,
    proof,
  }))
}

const webhooksOf = ({ webhooks }: AdminConfig): readonly Webhook[] =>
  webhooks.map(({ name, tenants, scheme, secrets, windowSeconds, headers, signal, ...mapping }) => ({
    client: { name, tenants, scopes: [signal === 'payment' ? 'signal:payment' : 'signal:manual'] },
    signing: {
      name,
      scheme,
      secrets,
      windowSeconds,
      signatureHeader: headers.signature,
      timestampHeader: headers.timestamp,
    },
    mapping: { kind: signal, ...mapping },
  }))
