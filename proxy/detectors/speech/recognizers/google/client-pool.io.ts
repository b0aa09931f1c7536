/**
 * The vendor's client, loaded when the first stream is opened and never where Google is not configured: it is large, and
 * looks for credentials on its own.
 */

import type { v2 } from '@google-cloud/speech'
import { credentials, logVerbosity, setLogVerbosity } from '@grpc/grpc-js'
import type { GoogleOptions } from './options.js'
import { endpointOf } from './requests.js'

/** Streams on one connection: Google allows 100, and the library would let further ones wait (gRPC's performance guide). */
const STREAMS_PER_CONNECTION = 90

type Client = v2.SpeechClient

/** A connection and how many streams are on it. */
export interface PooledClient {
  readonly client: Promise<Client>
  streams: number
}

/** Connections to one place with one key. */
const pools = new Map<string, PooledClient[]>()

/** A connection with room for one more stream, which is counted at once; give it back with `release`. */
export const acquireClient = (options: GoogleOptions): PooledClient => {
  const key = JSON.stringify([endpointOf(options).href, options.keyFile ?? ''])
  const pool = pools.get(key) ?? []
  pools.set(key, pool)
  const roomy = pool.find(({ streams }) => streams < STREAMS_PER_CONNECTION)
  if (roomy !== undefined) {
    roomy.streams++
    return roomy
  }
  const made: PooledClient = { client: connect(options), streams: 1 }
  pool.push(made)
  // Without credentials there is no client; the next stream looks for them again.
  made.client.catch(() => pool.splice(pool.indexOf(made), 1))
  return made
}

/** Closes the connection with the last of its streams, unless it is the only one. */
export const releaseClient = (pooled: PooledClient): void => {
  pooled.streams--
  if (pooled.streams > 0) return
  for (const pool of pools.values()) {
    const at = pool.indexOf(pooled)
    if (at > 0) {
      pool.splice(at, 1)
      void pooled.client.then((client) => client.close()).catch(() => undefined)
    }
  }
}

/** Closes every connection, for a process that ends. */
export const closeClients = async (): Promise<void> => {
  const open = [...pools.values()].flat()
  pools.clear()
  await Promise.allSettled(open.map(async ({ client }) => (await client).close()))
}

const connect = async (options: GoogleOptions): Promise<Client> => {
  // Both libraries would write requests, credentials and peers' words to standard error where these ask them to.
  delete process.env['GOOGLE_SDK_NODE_LOGGING']
  setLogVerbosity(logVerbosity.NONE)
  const { v2 } = await import('@google-cloud/speech')
  const { protocol, hostname, port } = endpointOf(options)
  const client = new v2.SpeechClient({
    apiEndpoint: hostname,
    ...(port !== '' && { port: Number(port) }),
    ...(options.keyFile !== undefined && { keyFilename: options.keyFile }),
    ...(protocol === 'http:' && withoutCredentials()),
    ...({ 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_retries': 0 } as object),
  })
  // Its own way to open a stream would leave a failure of this to the process.
  await client.initialize()
  return client
}

/** For a server on this machine: nobody is asked who we are. */
const withoutCredentials = () => ({
  sslCreds: credentials.createInsecure(),
  credentials: { client_email: 'nobody', private_key: 'none' },
})
