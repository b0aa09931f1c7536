/**
 * One dialect in, another one out. What the session hands over, silenced and in order, is heard as a recorder of the fork's
 * own dialect would hear it, and said again as a PBX of the recorder's dialect would say it:
 *
 *   session -> message of the fork's dialect -> its recorder end -> PCM, track by track -> the other dialect's PBX end -> recorder
 *
 * Only audio, the call's id and the roles of its tracks cross: no text of the PBX, and no metadata. A sample that left silent
 * arrives silent, since every codec that a bridge may write has a code for it.
 */
import type {
  AuthContext,
  DialectPbx,
  DialectRecorder,
  PbxScript,
  RecorderEvent,
  RecordingForm,
} from '../dialects/dialect.js'
import type { CallStart } from '../media/frame.js'
import type { WireMessage } from '../media/wire.js'
import { SideBySide } from './side-by-side.js'

/** Why a call cannot be bridged; a static word for the log, and where the fault lies for whoever reads it. */
export type BridgeFault =
  /** The call's audio has another rate than the recorder's dialect can carry: a bridge does not resample. */
  | 'rate'
  /** The fork has both parties on one track, and the recorder's dialect names a party for each. */
  | 'mixed-track'
  /** More tracks than the recorder's dialect has. */
  | 'track-count'

/** What a bridge has to say; the edge carries it out in order. */
export type BridgeEvent =
  /** For the fork's own session: what its recorder would answer. */
  | { readonly kind: 'reply'; readonly message: WireMessage }
  /** The call is known: dial the recorder with what its PBX would ask. */
  | { readonly kind: 'dial'; readonly pbx: DialectPbx }
  /** For the recorder; `samples` per track, 0 for text. */
  | { readonly kind: 'message'; readonly message: WireMessage; readonly samples: number }
  /** Audio given up because the recorder did not take the call in time, samples per track; it is told as silence. */
  | { readonly kind: 'gap'; readonly samples: number }
  /** The call cannot be said in the recorder's dialect. */
  | { readonly kind: 'refused'; readonly fault: BridgeFault }
  /** The recorder has been told that the call is over, and has answered what it had to. */
  | { readonly kind: 'done' }

export interface BridgeOptions {
  /** Hears what the session hands over. */
  readonly endpoint: DialectRecorder
  /** What the recorder's dialect can carry. */
  readonly form: RecordingForm
  /** One of `form.codecs`. */
  readonly codec: string
  readonly url: URL
  readonly auth: AuthContext
  simulate(script: PbxScript): DialectPbx
}

/** Audio kept for a recorder that has not opened the call yet, seconds. AudioHook allows 5 s for it. */
const WAITING_SECONDS_MAX = 30

export class Bridge {
  #pbx: DialectPbx | null = null
  #tracks: SideBySide | null = null
  /** Not said yet, because the recorder is not ready. */
  #waiting: (readonly Int16Array[])[] = []
  #waitingSamples = 0
  /** Given up, and still to be told as silence. */
  #lostSamples = 0
  #trackCount = 0
  #out: BridgeEvent[] = []
  #isOpen = false
  #hasEnded = false
  #hasHungUp = false
  #isDone = false
  readonly #heard: RecorderEvent[] = []
  readonly #said: WireMessage[] = []

  constructor(private readonly options: BridgeOptions) {}

  /** A message of the fork's dialect, borrowed until return. */
  receive(message: WireMessage, nowMs: number, out: BridgeEvent[]): void {
    this.#out = out
    this.options.endpoint.receive(message, nowMs, this.#heard)
    for (const event of this.#heard) this.#apply(event, nowMs, out)
    this.#heard.length = 0
  }

  /** The recorder's socket is open; what a redialled one must hear first is the link's to say. */
  opened(nowMs: number, out: BridgeEvent[]): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#pbx?.opened(nowMs, this.#said)
    this.#say(0, out)
    this.#catchUp(nowMs, out)
  }

  /** The recorder has said something. */
  hear(message: WireMessage, nowMs: number, out: BridgeEvent[]): void {
    this.#pbx?.receive(message, nowMs, this.#said)
    this.#say(0, out)
    this.#catchUp(nowMs, out)
  }

  /** Nothing more will come from the session. */
  end(nowMs: number, out: BridgeEvent[]): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#out = out
    this.#tracks?.end()
    this.#catchUp(nowMs, out)
  }

  #apply(event: RecorderEvent, nowMs: number, out: BridgeEvent[]): void {
    switch (event.kind) {
      case 'started':
        this.#begin(event.call, out)
        return
      case 'media':
        this.#tracks?.write(event.frame)
        this.#catchUp(nowMs, out)
        return
      case 'reply':
        out.push(event)
        return
      case 'ended':
      case 'close':
        this.end(nowMs, out)
        return
      case 'violation':
        return
      default: {
        const never: never = event
        throw new Error(String(never))
      }
    }
  }

  /** A connection test carries no call: there is nobody to tell of it. */
  #begin(call: CallStart, out: BridgeEvent[]): void {
    if (call.isProbe || this.#pbx !== null) return
    const tracks = new SideBySide(call, (pcm) => this.#wait(pcm, this.#out))
    const fault = faultOf(call, tracks.sampleRateHz, this.options)
    if (fault !== null) {
      out.push({ kind: 'refused', fault })
      return
    }
    this.#tracks = tracks
    this.#trackCount = call.tracks.length
    const { url, auth, codec, simulate } = this.options
    this.#pbx = simulate({
      callId: call.callId,
      roles: call.tracks.map(({ role }) => role),
      sampleRateHz: tracks.sampleRateHz,
      codec,
      metadata: {},
      credentials: null,
      url,
      auth,
    })
    out.push({ kind: 'dial', pbx: this.#pbx })
  }

  /** Keeps audio until the recorder takes it; beyond the limit the oldest becomes silence of the same duration. */
  #wait(pcm: readonly Int16Array[], out: BridgeEvent[]): void {
    this.#waiting.push(pcm)
    this.#waitingSamples += pcm[0]!.length
    const limit = WAITING_SECONDS_MAX * this.#tracks!.sampleRateHz
    while (this.#waitingSamples > limit) {
      const samples = this.#waiting.shift()![0]!.length
      this.#waitingSamples -= samples
      this.#lostSamples += samples
      out.push({ kind: 'gap', samples })
    }
  }

  #catchUp(nowMs: number, out: BridgeEvent[]): void {
    const pbx = this.#pbx
    if (pbx === null || !this.#isOpen) return
    if (pbx.isReady) {
      this.#sayLost(pbx, nowMs, out)
      for (const pcm of this.#waiting) {
        pbx.audio(pcm, nowMs, this.#said)
        this.#say(pcm[0]!.length, out)
      }
      this.#waiting = []
      this.#waitingSamples = 0
      if (this.#hasEnded && !this.#hasHungUp) {
        this.#hasHungUp = true
        pbx.hangUp(nowMs, this.#said)
        this.#say(0, out)
      }
    }
    if (this.#hasHungUp && pbx.isDone && !this.#isDone) {
      this.#isDone = true
      out.push({ kind: 'done' })
    }
  }

  /** What had to be given up is told as silence: what follows keeps its place. */
  #sayLost(pbx: DialectPbx, nowMs: number, out: BridgeEvent[]): void {
    const pieceMax = this.#tracks!.sampleRateHz
    while (this.#lostSamples > 0) {
      const samples = Math.min(this.#lostSamples, pieceMax)
      this.#lostSamples -= samples
      pbx.audio(this.#silence(samples), nowMs, this.#said)
      this.#say(0, out)
    }
  }

  #silence(samples: number): Int16Array[] {
    return Array.from({ length: this.#trackCount }, () => new Int16Array(samples))
  }

  /** What was said goes out; the audio is counted with the last message that came of it. */
  #say(samples: number, out: BridgeEvent[]): void {
    this.#said.forEach((message, i) => {
      out.push({ kind: 'message', message, samples: i === this.#said.length - 1 ? samples : 0 })
    })
    this.#said.length = 0
  }
}

/** G.711 is sampled at 8,000 Hz and at no other rate. */
const G711_RATE_HZ = 8000

const faultOf = (
  { tracks }: CallStart,
  sampleRateHz: number,
  { form, codec }: Pick<BridgeOptions, 'form' | 'codec'>,
): BridgeFault | null => {
  const isG711 = codec === 'pcmu' || codec === 'pcma'
  if (!form.sampleRatesHz.includes(sampleRateHz) || (isG711 && sampleRateHz !== G711_RATE_HZ)) return 'rate'
  if (tracks.length > form.tracksMax) return 'track-count'
  if (!form.takesMixed && tracks.some(({ role }) => role === 'mixed')) return 'mixed-track'
  return null
}
