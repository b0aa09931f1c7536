import { RedactError } from '../../base/errors.js'
import { codecNamed } from '../../codecs/index.js'
import type { AudioFormat, TrackRole } from '../../media/frame.js'
import { msOf, samplesOf } from '../../media/time.js'
import { textMessage, type WireMessage } from '../../media/wire.js'
import type { DialectPbx, PbxScript, RecorderHandshake } from '../dialect.js'
import type { JsonObject } from '../json-object.js'
import { parse } from './text.js'

/** One stretch of audio of one track, ready to be told. */
export interface SpokenMedia {
  readonly track: string
  /** Counts the messages of each track, from 1. */
  readonly chunk: number
  /** Since the stream's beginning, lost audio included. */
  readonly timestampMs: number
  readonly payload: string
}

/** How a simulated PBX of this family speaks. Messages are objects; `sequence` counts them from 1, the first ones included. */
export interface PbxVoice {
  /** The script's rate says which: all of these PBXs have narrowband and linear audio. Null for a rate it has not. */
  formatOf(sampleRateHz: number): AudioFormat | null
  /** Audio per message, ms. */
  readonly frameMs: number
  /** Names of the tracks, one for each role of the script; a single one when it mixes them. */
  readonly tracks: readonly string[]
  opening(format: AudioFormat): readonly JsonObject[]
  media(media: SpokenMedia, sequence: number): JsonObject
  /** Null where keys are not told. */
  digit(role: number, digit: string, durationMs: number, sequence: number): JsonObject | null
  closing(sequence: number): readonly JsonObject[]
  /** What it says to a message from the other side; null: nothing. */
  answer(value: JsonObject, sequence: number): JsonObject | null
}

/** The names that most of these PBXs have for tracks, after what they hear of the leg and what they play to it. */
export const directionOf: Readonly<Record<TrackRole, string>> = {
  caller: 'inbound',
  agent: 'outbound',
  mixed: 'inbound',
}

/** A simulated PBX: one message of audio per track, the tracks in turn. */
export class JsonMediaPbx implements DialectPbx {
  readonly isReady = true
  isDone = false
  readonly #format: AudioFormat
  readonly #encode: (pcm: Int16Array) => Uint8Array
  /** Per track, samples that do not fill a message yet. */
  readonly #rest: Int16Array[]
  #sequence = 0
  #chunk = 0
  #positionSamples = 0

  /** @throws RedactError REDACT_ERR_INVARIANT for a rate that the PBX has not */
  constructor(
    script: Pick<PbxScript, 'sampleRateHz' | 'codec'>,
    readonly handshake: RecorderHandshake,
    private readonly voice: PbxVoice,
  ) {
    const usual = voice.formatOf(script.sampleRateHz)
    const format = usual && { ...usual, codec: script.codec ?? usual.codec }
    const encode = format === null ? undefined : codecNamed(format.codec)?.encode
    if (format === null || encode === undefined)
      throw new RedactError('REDACT_ERR_INVARIANT', 'this PBX forks no audio of that rate')
    this.#format = format
    this.#encode = encode
    this.#rest = voice.tracks.map(() => new Int16Array(0))
  }

  opened(_nowMs: number, out: WireMessage[]): void {
    for (const message of this.voice.opening(this.#format)) this.#say(message, out)
  }

  receive(message: WireMessage, _nowMs: number, out: WireMessage[]): void {
    const value = parse(message)?.value
    const answer = value === undefined ? null : this.voice.answer(value, this.#sequence + 1)
    if (answer !== null) this.#say(answer, out)
  }

  audio(pcm: readonly Int16Array[], _nowMs: number, out: WireMessage[]): void {
    const tracks = pcm.length === this.#rest.length ? pcm : [mixed(pcm)]
    for (const [track, samples] of tracks.entries()) this.#rest[track] = joined(this.#rest[track]!, samples)
    const frameSamples = samplesOf(this.voice.frameMs, this.#format.clockRateHz)
    while (this.#rest[0]!.length >= frameSamples) this.#sendFrame(frameSamples, out)
  }

  /** Audio that the PBX drops because its reader is slow: only the timestamps go on. */
  skip(durationMs: number): void {
    this.#positionSamples += samplesOf(durationMs, this.#format.clockRateHz)
  }

  digit(role: number, digit: string, durationMs: number, _nowMs: number, out: WireMessage[]): void {
    const message = this.voice.digit(role, digit, durationMs, this.#sequence + 1)
    if (message !== null) this.#say(message, out)
  }

  hangUp(_nowMs: number, out: WireMessage[]): void {
    const left = this.#rest[0]!.length
    if (left > 0) this.#sendFrame(left, out)
    for (const message of this.voice.closing(this.#sequence + 1)) this.#say(message, out)
    this.isDone = true
  }

  #sendFrame(sampleCount: number, out: WireMessage[]): void {
    this.#chunk++
    const timestampMs = Math.round(msOf(this.#positionSamples, this.#format.clockRateHz))
    for (const [index, track] of this.voice.tracks.entries()) {
      const payload = Buffer.from(this.#encode(this.#rest[index]!.subarray(0, sampleCount)))
      this.#rest[index] = this.#rest[index]!.slice(sampleCount)
      const media = { track, chunk: this.#chunk, timestampMs, payload: payload.toString('base64') }
      this.#say(this.voice.media(media, this.#sequence + 1), out)
    }
    this.#positionSamples += sampleCount
  }

  #say(message: JsonObject, out: WireMessage[]): void {
    this.#sequence++
    out.push(textMessage(JSON.stringify(message)))
  }
}

const joined = (a: Int16Array, b: Int16Array): Int16Array => {
  const both = new Int16Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

/** All parties as one, clipped. */
const mixed = ([first, ...others]: readonly Int16Array[]): Int16Array =>
  (first ?? new Int16Array(0)).map((sample, i) => {
    const sum = others.reduce((total, samples) => total + samples[i]!, sample)
    return Math.max(-32_768, Math.min(32_767, sum))
  })

/** G.711 or linear audio of 16 bits, by the rate, in the codec that the dialect calls it by. */
export const narrowbandOr =
  (narrowband: string, linear: string | null) =>
  (sampleRateHz: number): AudioFormat | null => {
    const codec = sampleRateHz === 8000 ? narrowband : linear
    return codec === null ? null : { codec, clockRateHz: sampleRateHz, channelCount: 1 }
  }
