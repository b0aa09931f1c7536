/**
 * The way to a recorder of another dialect: a bridge between the session's messages and a recorder client. Like every link
 * it answers as a peer, never from within send().
 */
import type { Clock } from '../base/clock.js'
import type { Dialect, DialectPbx } from '../dialects/dialect.js'
import { transportOf } from '../dialects/transport.js'
import type { WireMessage } from '../media/wire.js'
import { Bridge, type BridgeEvent, type BridgeFault } from '../session/bridge.js'
import type { RecorderLink } from '../session/recorder-link.js'
import { authContext } from './auth-context.js'
import { RecorderClient, type RecorderClientHandler } from './recorder-client.js'

/** A recorder of another dialect than the fork's. */
export interface BridgeTarget {
  readonly dialect: Dialect
  /** As the target dialect's own schema has parsed them; `recorderAuth` is what the recorder is shown. */
  readonly dialectOptions: unknown
  readonly codec: string
}

export interface BridgeLinkOptions {
  readonly url: URL
  readonly redialSeconds: number
  readonly target: BridgeTarget
  /** The fork's own dialect, and its options. */
  readonly dialect: Dialect
  readonly dialectOptions: unknown
  readonly clock: Clock
  readonly handler: RecorderClientHandler & {
    /** The call cannot be told in the recorder's dialect. */
    impossible(fault: BridgeFault): void
  }
}

export class BridgeLink implements RecorderLink {
  readonly #bridge: Bridge
  readonly #events: BridgeEvent[] = []
  #client: RecorderClient | null = null
  #state: 'waiting' | 'closed' = 'waiting'
  #closeCode = 1000
  /** What was said before the recorder answered, to be said again to a redialled one. */
  readonly #opening: WireMessage[] = []
  #canResume = false
  #isOpening = false

  constructor(private readonly options: BridgeLinkOptions) {
    const { dialect, dialectOptions, target, url, clock } = options
    this.#bridge = new Bridge({
      endpoint: dialect.record(dialectOptions),
      form: target.dialect.recording!,
      codec: target.codec,
      url,
      auth: authContext(clock),
      simulate: (script) => target.dialect.simulate(script),
    })
    setImmediate(() => {
      if (this.#state === 'waiting') options.handler.opened()
    })
  }

  get state(): RecorderLink['state'] {
    return this.#client?.state ?? (this.#state === 'closed' ? 'closed' : 'open')
  }

  get queuedBytes(): number {
    return this.#client?.queuedBytes ?? 0
  }

  send(message: WireMessage, samples: number): void {
    if (this.#state === 'closed') {
      if (samples > 0) this.options.handler.gap(samples)
      return
    }
    this.#bridge.receive(message, this.#nowMs, this.#events)
    this.#carryOut()
  }

  /** The session has said all: the recorder is told that the call is over, and closed when it has answered. */
  close(code: number): void {
    this.#closeCode = code
    this.#bridge.end(this.#nowMs, this.#events)
    this.#carryOut()
    if (this.#client === null) setImmediate(() => this.#leave(true))
  }

  tick(nowMs: number): void {
    this.#client?.tick(nowMs)
  }

  get #nowMs(): number {
    return this.options.clock.nowMs()
  }

  #carryOut(): void {
    for (const event of this.#events.splice(0)) this.#apply(event)
  }

  #apply(event: BridgeEvent): void {
    const { handler } = this.options
    switch (event.kind) {
      case 'reply':
        setImmediate(() => handler.message(event.message))
        return
      case 'dial':
        this.#dial(event.pbx)
        return
      case 'message':
        if (this.#isOpening) this.#opening.push(copyOf(event.message))
        this.#client?.send(event.message, event.samples)
        return
      case 'gap':
        handler.gap(event.samples)
        return
      case 'refused':
        setImmediate(() => {
          handler.impossible(event.fault)
          this.#leave(false)
        })
        return
      case 'done':
        this.#client?.close(this.#closeCode)
        return
      default: {
        const never: never = event
        throw new Error(String(never))
      }
    }
  }

  /** The recorder is asked for what the simulated PBX would ask for, signed with what the configuration gives for it. */
  #dial(pbx: DialectPbx): void {
    const { url, redialSeconds, target, clock, handler } = this.options
    const handshake = {
      target: url.pathname + url.search,
      ...pbx.handshake,
      headers: lowerCase(pbx.handshake.headers),
    }
    this.#client = new RecorderClient({
      transport: transportOf(target.dialect),
      url,
      redialSeconds,
      handshake: () =>
        target.dialect.recorderHandshake(handshake, url, target.dialectOptions, authContext(clock)),
      preamble: () => (this.#canResume ? this.#opening.map(copyOf) : null),
      clock,
      handler: {
        opened: () => this.#opened(pbx),
        message: (message) => {
          this.#bridge.hear(message, this.#nowMs, this.#events)
          this.#carryOut()
        },
        lost: () => handler.lost(),
        gone: (wasClean) => this.#leave(wasClean),
        gap: (samples) => handler.gap(samples),
      },
    })
  }

  /** A PBX that sends audio without waiting for an answer says the same to every recorder: a call can be resumed with it. */
  #opened(pbx: DialectPbx): void {
    this.#canResume = pbx.isReady
    this.#isOpening = this.#opening.length === 0
    this.#bridge.opened(this.#nowMs, this.#events)
    this.#carryOut()
    this.#isOpening = false
  }

  #leave(wasClean: boolean): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.options.handler.gone(wasClean)
  }
}

const copyOf = ({ data, isBinary }: WireMessage): WireMessage => ({ data: data.slice(), isBinary })

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
