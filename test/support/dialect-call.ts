import type {
  DialectConnection,
  DialectPbx,
  DialectRecorder,
  ForkEvent,
  PbxScript,
  RecorderEvent,
  Side,
} from '../../proxy/dialects/dialect.js'
import type { MediaFrame } from '../../proxy/media/frame.js'
import type { WireMessage } from '../../proxy/media/wire.js'
import { copyOf } from './dialect-fixture.js'

export const script: PbxScript = {
  callId: '7b2f1c3e-5a44-4d5e-9a0e-2f1f6f7a9b10',
  roles: ['caller', 'agent'],
  sampleRateHz: 8000,
  metadata: { queue: 'billing' },
  credentials: null,
  url: new URL('wss://fork.example.net/calls'),
  auth: {
    epochMs: 1_767_225_600_000,
    rememberNonce: () => true,
    randomBytes: (count) => new Uint8Array(count).fill(7),
  },
}

/** 200 ms of two tones, one per role. */
export const twoTones = [440, 600].map((hz) =>
  Int16Array.from({ length: 1600 }, (_, i) => 6000 * Math.sin((2 * Math.PI * hz * i) / 8000)),
)

/** Everything a dialect does with one call when nothing is held back and nothing is sensitive. */
export class DialectCall {
  nowMs = 0
  readonly fromPbx: WireMessage[] = []
  readonly toRecorder: WireMessage[] = []
  readonly toPbx: WireMessage[] = []
  readonly heard: RecorderEvent[] = []
  readonly events: ForkEvent[] = []
  /** What each frame's message was when it came, before anyone could write to it. */
  readonly arrivals: { readonly frame: MediaFrame; readonly message: WireMessage }[] = []
  readonly closed: { side: Side; code: number }[] = []

  constructor(
    readonly connection: DialectConnection,
    readonly pbx: DialectPbx | null,
    readonly recorder: DialectRecorder | null,
  ) {}

  /** Lets the simulated PBX open, speak, press a key and hang up. */
  play(): void {
    this.#fromPbx((out) => this.pbx!.opened(this.nowMs, out))
    this.#apply((out) => this.connection.recorderOpened(this.nowMs, out))
    for (let i = 0; i < 5; i++) this.#fromPbx((out) => this.pbx!.audio(twoTones, this.nowMs, out))
    this.#fromPbx((out) => this.pbx!.digit(0, '5', 100, this.nowMs, out))
    this.#fromPbx((out) => this.pbx!.audio(twoTones, this.nowMs, out))
    this.#fromPbx((out) => this.pbx!.hangUp(this.nowMs, out))
    this.#apply((out) => this.connection.pbxClosed(true, this.nowMs, out))
    for (let i = 0; i < 200; i++) this.tick()
  }

  tick(): void {
    this.nowMs += 20
    this.#apply((out) => this.connection.tick(this.nowMs, out))
  }

  receive(message: WireMessage): void {
    this.fromPbx.push(copyOf(message))
    this.#apply((out) => this.connection.receive(message, this.nowMs, out))
  }

  receiveFromRecorder(message: WireMessage): void {
    this.#apply((out) => this.connection.receiveFromRecorder(message, this.nowMs, out))
  }

  #fromPbx(speak: (out: WireMessage[]) => void): void {
    const said: WireMessage[] = []
    speak(said)
    for (const message of said) this.receive(message)
    this.nowMs += 200
  }

  #apply(act: (out: ForkEvent[]) => void): void {
    const out: ForkEvent[] = []
    act(out)
    for (const event of out) this.#carryOut(event)
  }

  #carryOut(event: ForkEvent): void {
    this.events.push(event)
    if ('held' in event && event.held !== null) this.#send(this.connection.encodeMessage(event.held))
    if (event.kind === 'media') {
      this.arrivals.push({ frame: event.frame, message: this.fromPbx.at(-1)! })
      this.#send(this.connection.encodeMedia(event.frame, false))
    }
    if (event.kind === 'to-recorder') this.#send(event.message)
    if (event.kind === 'close') this.closed.push({ side: event.side, code: event.code })
    if (event.kind === 'to-pbx') {
      this.toPbx.push(event.message)
      this.#fromPbx((out) => this.pbx?.receive(event.message, this.nowMs, out))
    }
    if (event.kind === 'ended') this.#apply((out) => this.connection.drained(this.nowMs, out))
  }

  #send(message: WireMessage): void {
    this.toRecorder.push(copyOf(message))
    const heard: RecorderEvent[] = []
    this.recorder?.receive(copyOf(message), this.nowMs, heard)
    this.heard.push(...heard)
    for (const event of heard) if (event.kind === 'reply') this.receiveFromRecorder(event.message)
  }
}
