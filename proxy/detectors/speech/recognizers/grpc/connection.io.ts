import { readFileSync } from 'node:fs'
import { type ChannelCredentials, Client, credentials, logVerbosity, setLogVerbosity } from '@grpc/grpc-js'
import { ConnectionPool, type Pooled } from '../remote/connection-pool.js'
import type { GrpcOptions } from './options.js'
import { RESPONSE_BYTES_MAX } from './protocol.js'

/** A peer that is asked whether it is there, and does not say so, is gone, ms. Servers on the C core allow no more than this often. */
const KEEP_ALIVE_MS = 300_000
const PING_MS_MAX = 10_000

const connections = new ConnectionPool<Client>((client) => client.close())

export type PooledConnection = Pooled<Client>

/** A connection with room for one more stream. @throws what reading its certificates throws */
export const acquireConnection = (options: GrpcOptions): PooledConnection =>
  connections.acquire(JSON.stringify([options.url, options.tls]), () => connect(options))

export const releaseConnection = (pooled: PooledConnection): void => connections.release(pooled)

export const retireConnection = (pooled: PooledConnection): void => connections.retire(pooled)

/** Closes every connection, for a process that ends. */
export const closeConnections = (): void => connections.closeAll()

const connect = (options: GrpcOptions): Client => {
  // The library writes peers' words to standard error.
  setLogVerbosity(logVerbosity.NONE)
  return new Client(new URL(options.url).host, credentialsFor(options), {
    'grpc.max_receive_message_length': RESPONSE_BYTES_MAX,
    'grpc.keepalive_time_ms': KEEP_ALIVE_MS,
    'grpc.keepalive_timeout_ms': PING_MS_MAX,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_channelz': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.initial_reconnect_backoff_ms': 250,
    'grpc.max_reconnect_backoff_ms': 8_000,
  })
}

const credentialsFor = ({ url, tls }: GrpcOptions): ChannelCredentials => {
  if (url.startsWith('grpc:')) return credentials.createInsecure()
  const read = (file: string | undefined): Buffer | null => (file === undefined ? null : readFileSync(file))
  return credentials.createSsl(read(tls?.caFile), read(tls?.keyFile), read(tls?.certFile))
}
