import { readFileSync } from 'node:fs'
import { credsAuthenticator, type NodeConnectionOptions } from '@nats-io/transport-node'
import type { NatsKeys } from './options.js'

/** Where to dial and what to show: what is the same for every connection to NATS. Reads the credentials' file. */
export const credentialsOf = ({
  servers,
  credentialsFile,
  user,
  password,
  tls,
}: NatsKeys): NodeConnectionOptions =>
  ({
    servers: [...servers],
    name: 'hushfork',
    ...(credentialsFile !== undefined && {
      authenticator: credsAuthenticator(readFileSync(credentialsFile)),
    }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { pass: password }),
    ...(tls !== undefined && { tls: { ...tls } }),
  }) as NodeConnectionOptions
