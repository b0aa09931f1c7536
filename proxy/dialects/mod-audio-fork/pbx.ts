import { l16 } from '../../codecs/l16/l16.js'
import { samplesOf } from '../../media/time.js'
import { textMessage, type WireMessage } from '../../media/wire.js'
import type { DialectPbx, PbxScript, RecorderHandshake } from '../dialect.js'

/** How this PBX behaves; every one of these has been seen. */
export interface Quirks {
  /** Audio per message in ms; 2,000 is what comes after a stalled connection. Default 20. */
  readonly messageMs?: number
  /** Whether the application gave metadata. Default true. */
  readonly hasMetadata?: boolean
  /** Whether texts queued at the same time leave as one message (drachtio's module does). Default false. */
  readonly joinsTexts?: boolean
  /** Whether keys are told, as jambonz does. Default true. */
  readonly tellsKeys?: boolean
  /** `graceful`: an empty binary message ends the audio; `abrupt`: audio not yet written is lost. Default graceful. */
  readonly stop?: 'graceful' | 'abrupt'
}

/** A simulated FreeSWITCH with mod_audio_fork, driven by jambonz: metadata, L16, keys as text. */
export class ModAudioForkPbx implements DialectPbx {
  readonly isReady = true
  isDone = false
  readonly #messageSamples: number
  /** Interleaved samples that do not fill a message yet. */
  #rest = new Int16Array(0)
  #texts = ''

  constructor(
    private readonly script: PbxScript,
    readonly handshake: RecorderHandshake,
    private readonly quirks: Quirks = {},
  ) {
    this.#messageSamples = samplesOf(quirks.messageMs ?? 20, script.sampleRateHz) * script.roles.length
  }

  opened(_nowMs: number, out: WireMessage[]): void {
    if (this.quirks.hasMetadata === false) return
    const { roles, sampleRateHz, callId, metadata } = this.script
    const mixType = roles.length === 2 ? 'stereo' : roles[0] === 'mixed' ? 'mixed' : 'mono'
    const call = { sampleRate: sampleRateHz, mixType, callSid: callId, direction: 'inbound' }
    out.push(textMessage(JSON.stringify({ ...call, customerData: metadata })))
  }

  receive(): void {}

  audio(pcm: readonly Int16Array[], _nowMs: number, out: WireMessage[]): void {
    this.#flushTexts(out)
    this.#rest = interleavedBehind(this.#rest, pcm)
    for (; this.#rest.length >= this.#messageSamples; this.#rest = this.#rest.slice(this.#messageSamples))
      out.push(linear16(this.#rest.subarray(0, this.#messageSamples)))
  }

  /** Told when the key is let go, its duration in RTP samples as text. */
  digit(_role: number, digit: string, durationMs: number, _nowMs: number, out: WireMessage[]): void {
    if (this.quirks.tellsKeys === false) return
    this.#texts += JSON.stringify({ event: 'dtmf', dtmf: digit, duration: `${samplesOf(durationMs, 8000)}` })
    if (this.quirks.joinsTexts !== true) this.#flushTexts(out)
  }

  hangUp(_nowMs: number, out: WireMessage[]): void {
    this.#flushTexts(out)
    this.isDone = true
    if (this.quirks.stop === 'abrupt') return
    if (this.#rest.length > 0) out.push(linear16(this.#rest))
    out.push({ data: new Uint8Array(0), isBinary: true })
  }

  #flushTexts(out: WireMessage[]): void {
    if (this.#texts !== '') out.push(textMessage(this.#texts))
    this.#texts = ''
  }
}

function interleavedBehind(rest: Int16Array, pcm: readonly Int16Array[]): Int16Array<ArrayBuffer> {
  const channels = pcm.length
  const all = new Int16Array(rest.length + channels * pcm[0]!.length)
  all.set(rest)
  for (const [channel, samples] of pcm.entries())
    for (const [i, sample] of samples.entries()) all[rest.length + i * channels + channel] = sample
  return all
}

const linear16 = (samples: Int16Array): WireMessage => ({ data: l16.encode(samples), isBinary: true })
