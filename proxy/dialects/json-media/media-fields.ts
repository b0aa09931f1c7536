/** A media message read by its table, once it has been parsed: for every spelling that is not plain. */
import { textMessage, type WireMessage } from '../../media/wire.js'
import { type JsonMessage, type JsonObject, objectAt, scalarText } from '../json-object.js'
import type { MediaEnvelope } from './order.js'
import { idsIn, numeral, scrubText } from './text.js'
import { type Field, type ForkTrack, fieldOf, type JsonMediaWire } from './wire.js'

export class MediaFields {
  /** Keys that hold audio or digits: nothing of the kind goes on in any other event. */
  readonly audioKeys: readonly string[]
  readonly constantKey: string | null
  /** Bytes behind the payload in what `rewrite` writes. */
  readonly rewrittenTailLength: number
  readonly #body: Field | null
  readonly #track: Field | null
  readonly #timestamp: Field | null
  readonly #counter: Field | null
  readonly #streamId: Field | null
  readonly #payload: Field
  readonly #place: RegExp

  constructor(private readonly wire: JsonMediaWire) {
    const find = (kind: Field['kind']): Field | null => fieldOf(wire.media, kind)
    this.#body = find('body')
    this.#track = find('track')
    this.#timestamp = find('timestamp')
    this.#counter = find('counter')
    this.#streamId = find('stream-id')
    this.#payload = find('payload')!
    this.constantKey = find('constant')?.key ?? null
    this.audioKeys = [(this.#body ?? this.#payload).key, ...(wire.digits === null ? [] : [wire.digits.body])]
    this.rewrittenTailLength = this.#body === null ? '"}'.length : '"}}'.length
    this.#place = new RegExp(`"${this.#payload.key}"\\s*:\\s*"`, 'g')
  }

  streamId(value: JsonObject): unknown {
    return this.#streamId === null ? undefined : value[this.#streamId.key]
  }

  /** Index of the message's track; -1 when it names none of them. */
  track(value: JsonObject, tracks: readonly ForkTrack[]): number {
    if (this.#track === null) return 0
    const name = this.#bodyOf(value)[this.#track.key]
    if (name === undefined && this.#track.isOptional === true && tracks.length === 1) return 0
    return tracks.findIndex((track) => track.name === name)
  }

  /** The payload's base64; empty when there is no text. */
  payload(value: JsonObject): Buffer {
    const payload = this.#bodyOf(value)[this.#payload.key]
    return Buffer.from(typeof payload === 'string' ? payload : '')
  }

  /** The timestamp in ms; null when there is none to be. */
  timestamp(value: JsonObject): number | 'malformed' | null {
    if (this.#timestamp === null) return null
    const timestamp = this.#bodyOf(value)[this.#timestamp.key]
    if (timestamp === undefined && this.#timestamp.isOptional === true) return null
    return numeral(timestamp) === undefined ? 'malformed' : Number(timestamp)
  }

  counter(value: JsonObject): unknown {
    return this.#counter === null ? undefined : this.#holderOf(value, this.#counter)[this.#counter.key]
  }

  /**
   * Where the payload lies in the text that the recorder may see; null unless there is only one place for it. `allowed` is
   * the parsed value, or what is left of it.
   */
  envelope(parsed: JsonMessage, allowed: JsonObject, message: WireMessage): MediaEnvelope | null {
    const { digits } = this.wire
    if (!parsed.isFaithful || (digits !== null && digits.body in parsed.value)) return null
    const text = allowed === parsed.value ? parsed.text : JSON.stringify(allowed)
    const places = [...text.matchAll(this.#place)]
    if (places.length !== 1 || /\\u/.test(text)) return null
    const start = places[0]!.index + places[0]![0].length
    const end = text.indexOf('"', start)
    // Base64 is no text: what looks like a secret in it is audio.
    const ids = idsIn(parsed.value, this.wire.idKeys)
    const around = scrubText(text.slice(0, start) + text.slice(end), ids)
    const clean = around.slice(0, start) + text.slice(start, end) + around.slice(start)
    return {
      message: clean === parsed.text ? message : textMessage(clean),
      payloadStart: Buffer.byteLength(clean.slice(0, start)),
      payloadEnd: Buffer.byteLength(clean.slice(0, end)),
    }
  }

  /** A media message of known keys, the payload last. */
  rewrite(value: JsonObject, streamId: string, base64: string): string {
    const { top, body } = this.wire.media
    const written = this.#known(value, top, streamId)
    if (this.#body === null) return JSON.stringify({ ...written, [this.#payload.key]: base64 })
    const inner = this.#known(objectAt(value, this.#body.key), body, streamId)
    return JSON.stringify({ ...written, [this.#body.key]: { ...inner, [this.#payload.key]: base64 } })
  }

  #known(value: JsonObject, fields: readonly Field[], streamId: string): Record<string, unknown> {
    const known: Record<string, unknown> = {}
    for (const { key, kind } of fields) {
      if (kind === 'event') known[key] = this.wire.media.event
      else if (kind === 'stream-id') known[key] = streamId
      else if (kind === 'track' && this.#isTrack(value[key])) known[key] = value[key]
      else if (kind === 'number' || kind === 'counter' || kind === 'timestamp') {
        const number = numeral(value[key])
        if (number !== undefined) known[key] = number
      }
    }
    return known
  }

  #isTrack(name: unknown): boolean {
    return this.wire.trackNames.includes(scalarText(name))
  }

  #bodyOf(value: JsonObject): JsonObject {
    return this.#body === null ? value : objectAt(value, this.#body.key)
  }

  #holderOf(value: JsonObject, field: Field): JsonObject {
    return this.wire.media.body.includes(field) ? this.#bodyOf(value) : value
  }
}
