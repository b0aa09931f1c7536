/**
 * Takes a fork that waits to be asked for: some PBXs do not dial us, they answer. Whoever has made the PBX wait names the
 * fork to us (POST /v1/forks/take); from then on it is a connection like any other. The PBX is at an address of the
 * configuration, and the certificate there is its credentials.
 */
import type { Tenants } from '../access/principal.js'
import { hasTenant } from '../access/principal.js'
import { transportOf } from '../dialects/transport.js'
import type { Handshake } from '../media/wire.js'
import { type ClientSocket, dial } from './client-socket.js'
import type { Fork } from './fork-connection.js'
import { CLOSE_MS_MAX, type ForkGate, type ForkSocket, type ForkSocketHandler } from './fork-socket.js'

/**
 * `taken`: the call is here. `unknown`: no fork at that path, or none that dials, or no id that its PBX could have given.
 * `unreachable`: the PBX does not answer, or does not know the id. `unavailable`: this process takes no more calls.
 */
export const takeResults = ['taken', 'unknown', 'unreachable', 'unavailable'] as const
export type TakeResult = (typeof takeResults)[number]

export interface ForkTaker {
  /** @param id the PBX's own name for the waiting fork */
  take(path: string, id: string, tenants: Tenants): Promise<TakeResult>
}

export const forkTaker = (forks: readonly Fork[], gate: ForkGate): ForkTaker => ({
  async take(path, id, tenants) {
    const fork = forks.find((candidate) => 'path' in candidate && candidate.path === path)
    const isTheirs = fork !== undefined && hasTenant({ scopes: [], tenants }, fork.tenant)
    return isTheirs ? takeFrom(fork, id, gate) : 'unknown'
  },
})

const takeFrom = (fork: Fork, id: string, gate: ForkGate): Promise<TakeResult> | TakeResult => {
  const { dialect, dialectOptions } = fork
  const address = dialect.pbxAddress?.(id, dialectOptions) ?? null
  if (address === null) return 'unknown'
  if (gate.refusalOf(fork, null) !== null) return 'unavailable'
  const { url, handshake } = address
  return new Promise((resolve) => {
    let handler: ForkSocketHandler | null = null
    const socket = dial(transportOf(dialect), url, handshake, {
      opened() {
        handler = gate.take(fork, requestOf(url, handshake.subprotocols), forkSocketOf(socket))
        resolve(handler === null ? 'unavailable' : 'taken')
      },
      message(message) {
        handler?.message(message)
        handler?.settle()
      },
      written: () => undefined,
      closed(wasClean) {
        handler?.closed(wasClean)
        resolve('unreachable')
      },
    })
  })
}

/** What the dialect is shown of the hop: nothing of ours is in it but where it went. */
const requestOf = ({ pathname }: URL, subprotocols: readonly string[]): Handshake => ({
  target: pathname,
  headers: {},
  subprotocols,
})

const forkSocketOf = (socket: ClientSocket): ForkSocket => ({
  get bufferedBytes() {
    return socket.bufferedBytes
  },
  send: (message) => socket.send(message),
  close(code) {
    socket.close(code)
    setTimeout(() => socket.destroy(), CLOSE_MS_MAX).unref()
  },
  destroy: () => socket.destroy(),
  catchUp: () => 0,
  waitedMs: () => 0,
})
