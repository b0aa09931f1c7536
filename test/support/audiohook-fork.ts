import { AudioHookConnection } from '../../proxy/dialects/audiohook/connection.js'
import { audiohookSchema } from '../../proxy/dialects/audiohook/options.js'
import type { ForkEvent, HeldMessage } from '../../proxy/dialects/dialect.js'
import type { CallStart, MediaFrame } from '../../proxy/media/frame.js'
import { textMessage, textOf, type WireMessage } from '../../proxy/media/wire.js'

export const SESSION = 'e160e428-53e2-487c-977d-96989bf5c99d'
export const ORGANIZATION = 'd7934305-0972-4844-938e-9060eef73d05'
export const CORRELATION = '30b0e395-84d3-4570-ac13-9a62d8f514c0'
export const CONVERSATION = '7b2f1c3e-5a44-4d5e-9a0e-2f1f6f7a9b10'
export const PARTICIPANT = 'c3a1d2b4-0f6e-4c7d-8b9a-1e2d3c4b5a69'

export const identity = {
  'audiohook-organization-id': ORGANIZATION,
  'audiohook-session-id': SESSION,
  'audiohook-correlation-id': CORRELATION,
}

export const stereo = { type: 'audio', format: 'PCMU', channels: ['external', 'internal'], rate: 8000 }
export const external = { type: 'audio', format: 'PCMU', channels: ['external'], rate: 8000 }

export const openParameters = {
  organizationId: ORGANIZATION,
  conversationId: CONVERSATION,
  participant: { id: PARTICIPANT, ani: '+441632960001', aniName: 'A. Caller', dnis: '+441632960099' },
  media: [stereo, external],
  language: 'en-GB',
}

// biome-ignore lint/suspicious/noExplicitAny: what a test reads of a message is the test's own affair
export type Json = any

/** A message's JSON, or its bytes when it is audio. */
export const heardAs = (message: WireMessage): Json =>
  message.isBinary ? message.data : JSON.parse(textOf(message))

const texts = (said: Json[]): number => said.filter((message) => 'seq' in message).length

/** What the proxy's session would do, in a few lines: a queue for what waits, and both peers' views of what they were sent. */
export class Fork {
  readonly connection: AudioHookConnection
  readonly toPbx: Json[] = []
  readonly toRecorder: Json[] = []
  readonly frames: MediaFrame[] = []
  readonly events: ForkEvent[] = []
  nowMs = 0
  /** Whether what is held leaves at once; else release() says when. */
  isHolding = false
  #waiting: (MediaFrame | HeldMessage)[] = []
  #isEnded = false
  #pbxSeq = 0
  #recorderSeq = 0

  constructor(options: object = {}, headers: Record<string, string> = identity) {
    this.connection = new AudioHookConnection(audiohookSchema.parse({ options }), {
      handshake: { target: '/', headers, subprotocols: [] },
      randomUuid: () => SESSION,
    })
  }

  get started(): CallStart | undefined {
    return this.events.flatMap((event) => (event.kind === 'started' ? [event.call] : []))[0]
  }

  get violations(): string[] {
    return this.events.flatMap((event) => (event.kind === 'violation' ? [`${event.side} ${event.code}`] : []))
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind)
  }

  /** The PBX says this, with its next number; `over` replaces any field of the envelope. */
  pbx(type: string, parameters: object = {}, over: object = {}): ForkEvent[] {
    const seq = ++this.#pbxSeq
    const serverseq = texts(this.toPbx)
    const envelope = { version: '2', type, id: SESSION, seq, serverseq, position: 'PT0S', parameters }
    return this.pbxSends(textMessage(JSON.stringify({ ...envelope, ...over })))
  }

  audio(data: Uint8Array): ForkEvent[] {
    return this.pbxSends({ data, isBinary: true })
  }

  pbxSends(message: WireMessage): ForkEvent[] {
    return this.#carryOut((out) => this.connection.receive(message, this.nowMs, out))
  }

  /** The recorder says this, with its next number. */
  recorder(type: string, parameters: object = {}, over: object = {}): ForkEvent[] {
    const seq = ++this.#recorderSeq
    const clientseq = texts(this.toRecorder)
    const envelope = { version: '2', type, id: SESSION, seq, clientseq, parameters }
    return this.recorderSends(textMessage(JSON.stringify({ ...envelope, ...over })))
  }

  recorderSends(message: WireMessage): ForkEvent[] {
    return this.#carryOut((out) => this.connection.receiveFromRecorder(message, this.nowMs, out))
  }

  recorderLost(): ForkEvent[] {
    return this.#carryOut((out) => this.connection.recorderClosed(false, this.nowMs, out))
  }

  pbxLost(wasClean = false): ForkEvent[] {
    return this.#carryOut((out) => this.connection.pbxClosed(wasClean, this.nowMs, out))
  }

  /** Time passes in steps of 20 ms, as the session makes it. */
  pass(ms: number): ForkEvent[] {
    const end = this.nowMs + ms
    return this.#carryOut((out) => {
      for (; this.nowMs < end; this.nowMs += 20) this.connection.tick(this.nowMs, out)
      this.connection.tick(this.nowMs, out)
    })
  }

  /** Opens the call with these media chosen. */
  opened(media: object | null = stereo): this {
    this.pbx('open', openParameters)
    this.recorder('opened', { media: media === null ? [] : [media] })
    return this
  }

  release(): void {
    for (const item of this.#waiting.splice(0)) {
      const message =
        'payload' in item ? this.connection.encodeMedia(item) : this.connection.encodeMessage(item)
      this.toRecorder.push(heardAs(message))
    }
    if (!this.#isEnded) return
    this.#isEnded = false
    this.#carryOut((out) => this.connection.drained(this.nowMs, out))
  }

  #carryOut(step: (out: ForkEvent[]) => void): ForkEvent[] {
    const out: ForkEvent[] = []
    step(out)
    this.events.push(...out)
    for (const event of out) this.#carryOutOne(event)
    if (!this.isHolding) this.release()
    return out
  }

  #carryOutOne(event: ForkEvent): void {
    if (event.kind === 'to-pbx') this.toPbx.push(heardAs(event.message))
    else if (event.kind === 'to-recorder') this.toRecorder.push(heardAs(event.message))
    else if (event.kind === 'media') this.#hold(event.frame)
    else if ('held' in event && event.held !== null) this.#waiting.push(event.held)
    if (event.kind === 'ended') this.#isEnded = true
  }

  #hold(frame: MediaFrame): void {
    this.frames.push(frame)
    this.#waiting.push(frame)
  }
}
