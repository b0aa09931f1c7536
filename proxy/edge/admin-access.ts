/** From the configuration to those who are let in: keys by their hash, certificates, mint keys, webhooks. */
import { Authenticator } from '../access/authenticator.js'
import { hashOf } from '../access/key-hash.js'
import { KeyRing } from '../access/key-ring.js'
import type { Config } from '../config/load.js'
import { isLoopback } from '../config/loopback.js'
import type { Webhook } from './http/webhooks.js'

/** The section `admin` of the configuration. */
export type AdminConfig = Config['admin']

/** A key is forgotten once its hash is known. */
export const authenticatorOf = ({ host, apiKeys, mintKeys, certificates }: AdminConfig): Authenticator =>
  new Authenticator({
    keys: new KeyRing(apiKeys.map(({ key, hash, ...client }) => ({ ...client, hash: hash ?? hashOf(key!) }))),
    mintKeys,
    certificates,
    isLoopback: isLoopback(host),
  })

export const webhooksOf = ({ webhooks }: AdminConfig): readonly Webhook[] =>
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
