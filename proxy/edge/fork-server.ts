/**
 * Takes forks, whatever they come over. WebSocket forks share one port and have a path each; every other fork has a port.
 * Credentials and limits are checked here, for all of them, before any recorder is dialled.
 */
import { randomBytes } from 'node:crypto'
import { RateLimit } from '../access/rate-limit.js'
import { HANDSHAKE_MS_MAX } from '../base/limits.js'
import { pauseMsWithin } from '../config/hold-back.js'
import type { Handshake } from '../media/wire.js'
import { admits } from '../policy/schedule.js'
import { AddressList } from './address-list.js'
import { authContext } from './auth-context.js'
import { type Fork, ForkConnection, type ForkServices } from './fork-connection.js'
import { type EngineOptions, forkUrlOf, listenerOf, sharedListenerOf } from './fork-listener.js'
import {
  CLOSE_MS_MAX,
  type ForkGate,
  type ForkListener,
  type ForkSocket,
  type ForkSocketHandler,
  type Refusal,
} from './fork-socket.js'
import { errorCodeOf } from './log.js'
import { turns } from './turns.js'

export interface ForkServerOptions {
  readonly forks: readonly Fork[]
  readonly callsMax: number
  /** New calls are refused while nothing can be written to the ledger. */
  readonly refusesWithoutLedger: boolean
  /** Where the WebSocket forks are, and with what certificate all of them. */
  readonly listen: EngineOptions & {
    readonly host: string
    readonly port: number
    /** How long each call is left unread, ms, where every policy has room for it; left out: it is read whenever something comes. */
    readonly pauseMs?: number
  }
}

/** Time passes for every call at this pace, ms, or twice a pause: the resolution of deadlines. One timer per process. */
const TICK_MS = 20

/** Lines about refused forks, at once and a second: all of them are counted. A disk is not a stranger's to fill. */
const LINES_BURST = 20
const LINES_PER_SECOND = 1

export class ForkServer implements ForkGate {
  readonly #connections = new Set<ForkConnection>()
  readonly #listeners: ForkListener[] = []
  readonly #allowed: ReadonlyMap<Fork, AddressList>
  readonly #lines = new RateLimit(LINES_BURST, LINES_PER_SECOND, 1)
  #timer: NodeJS.Timeout | undefined
  #lastExpiryMs = 0
  #isDraining = false
  readonly #services: ForkServices

  constructor(
    private readonly options: ForkServerOptions,
    private readonly services: Omit<ForkServices, 'pauseMs'>,
  ) {
    const { forks, listen } = options
    const policies = forks.map(({ policy }) => policy)
    this.#allowed = new Map(
      forks.flatMap((fork) =>
        fork.allowFrom === undefined ? [] : [[fork, new AddressList(fork.allowFrom)] as const],
      ),
    )
    this.#services = { ...services, pauseMs: pauseMsWithin(listen.pauseMs ?? 0, policies) }
  }

  get connections(): ReadonlySet<ForkConnection> {
    return this.#connections
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  /** Listens; returns each fork's address with the port that it has got. Rejects with REDACT_ERR_LISTEN. */
  async listen(): Promise<URL[]> {
    const { forks, listen } = this.options
    const sharing = forks.filter((fork) => 'path' in fork)
    const sharedPort =
      sharing.length === 0
        ? 0
        : await this.#listen(sharedListenerOf(sharing, listen, this, this.services), listen)
    const urls: URL[] = []
    for (const fork of forks) {
      const port =
        'path' in fork
          ? sharedPort
          : await this.#listen(listenerOf(fork, listen.tls, this, this.services), fork)
      urls.push(forkUrlOf(fork, listen.host, listen.tls, port))
    }
    this.#timer = setInterval(() => this.#tick(), Math.max(TICK_MS, this.#services.pauseMs / 2))
    this.#tellOfNoPause()
    return urls
  }

  /** One policy whose hold-back has nothing to spare costs every call of the process several times as much. */
  #tellOfNoPause(): void {
    const { forks, listen } = this.options
    const { pauseMs = 0 } = listen
    if (pauseMs === 0 || this.#services.pauseMs > 0) return
    const narrow = forks.filter(({ policy }) => pauseMsWithin(pauseMs, [policy]) === 0)
    this.services.log.warn(
      { policies: [...new Set(narrow.map(({ policyName }) => policyName))].join(', ') },
      'no room for listen.pauseMs, so that every frame costs its own wake: hold back longer, or look back less',
    )
  }

  async #listen(listener: ForkListener, { host, port }: { host: string; port: number }): Promise<number> {
    const bound = await listener.listen(host, port)
    this.#listeners.push(listener)
    return bound
  }

  /**
   * Takes no new call, waits for the live ones up to a bound, then ends them: judged, handed over, closed. Where another
   * process takes what comes (`isReplaced`), whoever is connected already, and in the middle of a handshake, is not refused.
   */
  async drain(waitMs: number, isReplaced = false): Promise<void> {
    this.#isDraining = !isReplaced
    for (const listener of this.#listeners) listener.stop()
    const handshakeEndMs = this.services.clock.nowMs() + (isReplaced ? HANDSHAKE_MS_MAX : 0)
    const isEmpty = (): boolean =>
      this.#connections.size === 0 && this.services.clock.nowMs() >= handshakeEndMs
    await this.#until(isEmpty, waitMs)
    this.#isDraining = true
    for (const connection of this.#connections) connection.shutDown()
    await this.#until(() => this.#connections.size === 0, CLOSE_MS_MAX)
    clearInterval(this.#timer)
    for (const listener of this.#listeners) listener.destroy()
  }

  refusesAddress(fork: Fork, address: string | undefined): boolean {
    const isRefused = this.#allowed.get(fork)?.has(address) === false
    if (isRefused) this.#noteRefused(fork, 'address')
    return isRefused
  }

  refusalOf(fork: Fork, handshake: Handshake | null): Refusal | null {
    const refusal = this.#refusalOf(fork, handshake)
    if (refusal !== null) this.#noteRefused(fork, refusal.kind)
    return refusal
  }

  #noteRefused(fork: Fork, reason: Refusal['kind'] | 'address'): void {
    this.services.metrics.refused(reason)
    this.services.ledger.append({ kind: 'refusal', source: 'fork', reason, tenant: fork.tenant })
  }

  #refusalOf(fork: Fork, handshake: Handshake | null): Refusal | null {
    if (this.#isDraining) return { kind: 'draining' }
    if (this.#connections.size >= this.options.callsMax) return { kind: 'too-many-calls' }
    if (turns.isBehind) return { kind: 'overloaded' }
    if (!admits(fork.policy, this.services.clock.epochMs())) return { kind: 'outside-hours' }
    if (this.options.refusesWithoutLedger && !this.services.ledger.isWritable) return { kind: 'ledger' }
    if (handshake === null) return null
    const { dialect, dialectOptions } = fork
    const verdict = dialect.authenticate(handshake, dialectOptions, authContext(this.services.clock))
    if (verdict.kind === 'accepted') return null
    if (this.#lines.take('', this.services.clock.nowMs()))
      this.services.log.warn({ dialect: dialect.name, reason: verdict.reason }, 'fork refused')
    return { kind: 'credentials', status: verdict.status }
  }

  take(fork: Fork, handshake: Handshake, socket: ForkSocket): ForkSocketHandler | null {
    const id = randomBytes(4).toString('hex')
    try {
      const over = (done: ForkConnection): void => {
        this.#connections.delete(done)
        turns.end()
      }
      const connection = new ForkConnection(id, fork, handshake, socket, this.#services, over)
      this.#connections.add(connection)
      turns.begin(this.#services.pauseMs)
      return connection
    } catch (error) {
      this.services.log.error({ connection: id, code: errorCodeOf(error) }, 'a fork could not be taken')
      socket.close(1011)
      return null
    }
  }

  async #until(isDone: () => boolean, waitMs: number): Promise<void> {
    const endMs = this.services.clock.nowMs() + waitMs
    while (!isDone() && this.services.clock.nowMs() < endMs)
      await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  }

  #tick(): void {
    const nowMs = this.services.clock.nowMs()
    // Time has passed for whoever was read in their turn.
    const sinceMs = nowMs - this.#services.pauseMs - TICK_MS
    for (const connection of this.#connections) connection.tick(nowMs, sinceMs)
    if (nowMs - this.#lastExpiryMs < 1000) return
    this.#lastExpiryMs = nowMs
    this.services.control.expire(nowMs)
  }
}
