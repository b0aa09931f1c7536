/**
 * The vendor's client, loaded when the first stream is opened and never where Google is not configured: it is large, and
 * looks for credentials on its own.
 */
import type { v2 } from '@google-cloud/speech'
import { credentials, logVerbosity, setLogVerbosity } from '@grpc/grpc-js'
import { ConnectionPool, type Pooled } from '../remote/connection-pool.js'
import type { GoogleOptions } from './options.js'
import { endpointOf } from './requests.js'

type Client = v2.SpeechClient

const clients = new ConnectionPool<Promise<Client>>((client) => {
  client.then((ready) => ready.close()).catch(() => undefined)
})

export type PooledClient = Pooled<Promise<Client>>

/** A client whose connection has room for one more stream. It rejects where there are no credentials; the next looks again. */
export const acquireClient = (options: GoogleOptions): PooledClient => {
  const pooled = clients.acquire(JSON.stringify([endpointOf(options).href, options.keyFile]), () =>
    connect(options),
  )
  pooled.connection.catch(() => clients.retire(pooled))
  return pooled
}

export const releaseClient = (pooled: PooledClient): void => clients.release(pooled)

export const retireClient = (pooled: PooledClient): void => clients.retire(pooled)

/** Closes every connection, for a process that ends. */
export const closeClients = (): void => clients.closeAll()

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
