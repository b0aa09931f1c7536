import { pcmu } from '../../codecs/pcmu/pcmu.js'
import type { TrackRole } from '../../media/frame.js'
import { joined } from '../../media/mix.js'
import { samplesOf } from '../../media/time.js'
import type { WireMessage } from '../../media/wire.js'
import type { DialectPbx, PbxScript, RecorderHandshake } from '../dialect.js'
import { encodeFields } from '../protobuf.js'
import * as webex from './messages.js'

/** Webex promises no fixed length; its frames are small. ms. */
const PTIME_MS = 20

const roleNumbers: Readonly<Record<TrackRole, number>> = {
  caller: webex.roles.caller,
  agent: webex.roles.agent,
  mixed: webex.roles.caller,
}

/** A simulated Webex Contact Center: mu-law, a message for each leg in turn, each with the time of its capture. */
export class WebexPbx implements DialectPbx {
  readonly isReady = true
  /** Whoever plays it ends the stream then, and waits for the answer. */
  isDone = false
  readonly #frameSamples: number
  readonly #rest: Int16Array[]
  #positionSamples = 0

  constructor(
    private readonly script: PbxScript,
    readonly handshake: RecorderHandshake,
  ) {
    this.#frameSamples = samplesOf(PTIME_MS, script.sampleRateHz)
    this.#rest = script.roles.map(() => new Int16Array(0))
  }

  opened(): void {}

  receive(): void {}

  audio(pcm: readonly Int16Array[], _nowMs: number, out: WireMessage[]): void {
    for (const [index, samples] of pcm.entries()) this.#rest[index] = joined(this.#rest[index]!, samples)
    while (this.#rest[0]!.length >= this.#frameSamples) this.#frames(out)
  }

  /** Webex has no message for keys. */
  digit(): void {}

  hangUp(_nowMs: number, out: WireMessage[]): void {
    if (this.#rest[0]!.length > 0) this.#frames(out)
    this.isDone = true
  }

  #frames(out: WireMessage[]): void {
    const capturedMs = this.script.auth.epochMs + (this.#positionSamples * 1000) / this.script.sampleRateHz
    const sampleCount = Math.min(this.#rest[0]!.length, this.#frameSamples)
    for (const [index, role] of this.script.roles.entries()) {
      const samples = this.#rest[index]!.subarray(0, this.#frameSamples)
      this.#rest[index] = this.#rest[index]!.slice(this.#frameSamples)
      out.push(this.#frame(`leg-${index + 1}`, role, samples, capturedMs))
    }
    this.#positionSamples += sampleCount
  }

  #frame(leg: string, role: TrackRole, samples: Int16Array, capturedMs: number): WireMessage {
    const seconds = Math.floor(capturedMs / 1000)
    const captured = encodeFields(
      [webex.timestamp.seconds, seconds],
      [webex.timestamp.nanos, Math.round((capturedMs - seconds * 1000) * 1e6)],
    )
    const audio = encodeFields(
      [webex.audio.data, pcmu.encode(samples)],
      [webex.audio.encoding, webex.encodings.mulaw],
      [webex.audio.sampleRate, this.script.sampleRateHz],
      [webex.audio.timestamp, captured],
      [webex.audio.role, roleNumbers[role]],
      [webex.audio.roleId, leg],
    )
    const info = Object.entries(this.script.metadata).map(
      ([key, value]) =>
        [
          webex.request.additionalInfo,
          encodeFields([webex.entry.key, key], [webex.entry.value, value]),
        ] as const,
    )
    const data = encodeFields(
      [webex.request.conversationId, this.script.callId],
      [webex.request.customerOrgId, 'org-1'],
      [webex.request.audio, audio],
      ...info,
    )
    return { data, isBinary: true }
  }
}
