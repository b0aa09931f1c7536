/**
 * A media message as its PBX writes it, read without a JSON parser: a call sends a hundred of them a second.
 *
 * What is accepted is a subset of JSON in which nothing can hide: the known keys and no others, each at most once, in any
 * order; this stream's own id, an announced track, counts and timestamps bare or in quotes; white space between tokens.
 * A message of the same shape as one that was read so is read by its shape (media-shape.ts).
 * Everything else (an escape, another key, a key twice) is left to the parser. Whoever widens this subset must not let two
 * readers of the same bytes see different payloads.
 */
import { mediaMemory } from './media-memory.js'
import { endOfDigits, isCount, MediaShape, numberIn, type ShapeValue } from './media-shape.js'
import { type Field, type FieldKind, fieldOf, type MediaLayout } from './wire.js'

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN = 0x7b
const CLOSE = 0x7d

/** Counts and constants say nothing about the audio, and may be missing. */
const mayBeMissing: ReadonlySet<FieldKind> = new Set(['number', 'counter', 'constant'])

/** The keys of one object, ready to be compared with bytes. */
interface KeyTable {
  readonly names: readonly Uint8Array[]
  readonly kinds: readonly FieldKind[]
  /** A bit for each key that must be there. */
  readonly required: number
}

const tableOf = (fields: readonly Field[]): KeyTable => ({
  names: fields.map(({ key }) => textOf(key)),
  kinds: fields.map(({ kind }) => kind),
  required: fields.reduce(
    (bits, { kind, isOptional }, i) =>
      mayBeMissing.has(kind) || isOptional === true ? bits : bits | (1 << i),
    0,
  ),
})

const textOf = (text: string): Uint8Array => Buffer.from(JSON.stringify(text))

export class PlainMediaReader {
  /** Index into the tracks that the reader was made with. */
  track = 0
  timestampMs = 0
  /** The counter's value; -1 when the message has none. */
  counter = -1
  /** The payload's base64 without its quotes, as a range of the message's bytes. */
  payloadStart = 0
  payloadEnd = 0

  readonly #top: KeyTable
  readonly #body: KeyTable
  readonly #event: Uint8Array
  readonly #streamId: Uint8Array
  readonly #tracks: readonly Uint8Array[]
  readonly #constant: Uint8Array | null
  #bytes: Uint8Array
  #at = 0
  #number = 0
  /** The numbers and the payload of the message that is being read. */
  #values: ShapeValue[] = []
  /** By track, what its last message that was read key by key looked like. */
  readonly #shapes: (MediaShape | undefined)[]
  /** The track whose message is expected. */
  #expected = 0

  /**
   * @param tracks the announced ones by their names on the wire, none when no message is plain; where the layout lets a message leave its track out, only a
   *   single one may be left out
   * @param constant what the layout's constant must read, null when no message with it is plain
   * @param memory where messages are read
   */
  constructor(
    layout: MediaLayout,
    streamId: string,
    tracks: readonly string[],
    constant: string | null = null,
    private readonly memory = mediaMemory,
  ) {
    const isTrackNeeded = tracks.length > 1 && fieldOf(layout, 'track') !== null
    const needed = (fields: readonly Field[]): Field[] =>
      fields.map((field) =>
        field.kind === 'track' && isTrackNeeded ? { ...field, isOptional: false } : field,
      )
    this.#top = tableOf(needed(layout.top))
    this.#body = tableOf(needed(layout.body))
    this.#event = textOf(layout.event)
    this.#streamId = textOf(streamId)
    this.#tracks = tracks.map(textOf)
    this.#constant = constant === null ? null : textOf(constant)
    this.#bytes = this.#event
    this.#shapes = tracks.map(() => undefined)
  }

  /** Whether the message is a plain one; only then the fields above are its own. `bytes` is borrowed until return. Hot. */
  read(bytes: Uint8Array): boolean {
    const shapes = this.#shapes
    for (let i = 0; i < shapes.length; i++) {
      const shape = shapes[this.#expected]
      this.#expected = this.#expected + 1 === shapes.length ? 0 : this.#expected + 1
      if (shape?.fits(bytes) !== true) continue
      this.track = shape.track
      this.timestampMs = shape.timestampMs
      this.counter = shape.counter
      this.payloadStart = shape.payloadStart
      this.payloadEnd = shape.payloadEnd
      return true
    }
    return shapes.length > 0 && this.#readByKey(bytes)
  }

  #readByKey(bytes: Uint8Array): boolean {
    this.#bytes = bytes
    this.#at = 0
    this.#values = []
    this.track = 0
    this.counter = -1
    if (!this.#readObject(this.#top)) return false
    this.#skipSpace()
    if (this.#at !== bytes.length) return false
    this.#shapes[this.track] = new MediaShape(bytes, this.#values, this.track, this.memory)
    return true
  }

  #readObject({ names, kinds, required }: KeyTable): boolean {
    if (!this.#take(OPEN)) return false
    let seen = 0
    do {
      const key = this.#takeOneOf(names)
      if (key < 0 || (seen & (1 << key)) !== 0 || !this.#take(COLON)) return false
      seen |= 1 << key
      if (!this.#readValue(kinds[key]!)) return false
    } while (this.#take(COMMA))
    return this.#take(CLOSE) && (seen & required) === required
  }

  #readValue(kind: FieldKind): boolean {
    switch (kind) {
      case 'payload':
        return this.#readPayload()
      case 'track':
        this.track = this.#takeOneOf(this.#tracks)
        return this.track >= 0
      case 'timestamp':
        if (!this.#readNumber(kind)) return false
        this.timestampMs = this.#number
        return true
      case 'counter':
        if (!this.#readNumber(kind)) return false
        this.counter = this.#number
        return true
      case 'number':
        return this.#readNumber(kind)
      case 'body':
        return this.#readObject(this.#body)
      case 'event':
        return this.#takeText(this.#event)
      case 'stream-id':
        return this.#takeText(this.#streamId)
      case 'constant':
        return this.#constant !== null && this.#takeText(this.#constant)
    }
  }

  /** Up to the next quote; whether it is base64 all through shows when it is decoded. */
  #readPayload(): boolean {
    if (!this.#take(QUOTE)) return false
    this.payloadStart = this.#at
    this.payloadEnd = this.#bytes.indexOf(QUOTE, this.#at)
    this.#at = this.payloadEnd + 1
    this.#values.push({ kind: 'payload', start: this.payloadStart, end: this.payloadEnd })
    return this.payloadEnd >= 0
  }

  #readNumber(kind: ShapeValue['kind']): boolean {
    const isQuoted = this.#take(QUOTE)
    const start = this.#at
    this.#at = endOfDigits(this.#bytes, start)
    this.#number = numberIn(this.#bytes, start, this.#at)
    this.#values.push({ kind, start, end: this.#at })
    return isCount(this.#bytes, start, this.#at, isQuoted) && (!isQuoted || this.#take(QUOTE))
  }

  #takeOneOf(texts: readonly Uint8Array[]): number {
    for (let i = 0; i < texts.length; i++) if (this.#takeText(texts[i]!)) return i
    return -1
  }

  #takeText(text: Uint8Array): boolean {
    this.#skipSpace()
    const bytes = this.#bytes
    const at = this.#at
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false
    this.#at = at + text.length
    return true
  }

  #take(char: number): boolean {
    this.#skipSpace()
    if (this.#bytes[this.#at] !== char) return false
    this.#at++
    return true
  }

  #skipSpace(): void {
    const bytes = this.#bytes
    let char = bytes[this.#at]
    while (char === 0x20 || char === 0x0a || char === 0x0d || char === 0x09) char = bytes[++this.#at]
  }
}
