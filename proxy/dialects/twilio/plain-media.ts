/**
 * The media message as Twilio writes it, read without a JSON parser: a call sends a hundred of them a second.
 *
 * What is accepted is a subset of JSON in which nothing can hide: the known keys and no others, each at most once, in any
 * order; this stream's own streamSid, an announced track, numbers of up to 12 digits bare or in quotes; white space between
 * tokens. Everything else (an escape, another key, a key twice) is left to the parser. Whoever widens this subset must not
 * let two readers of the same bytes see different payloads.
 */
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN = 0x7b
const CLOSE = 0x7d
const DIGITS_MAX = 12

const topKeys = ['event', 'sequenceNumber', 'streamSid', 'media'].map((key) => Buffer.from(`"${key}"`))
const mediaKeys = ['track', 'chunk', 'timestamp', 'payload'].map((key) => Buffer.from(`"${key}"`))
const mediaEvent = Buffer.from('"media"')

/** Every key but sequenceNumber and chunk, which say nothing about the audio. */
const REQUIRED_TOP = 0b1101
const REQUIRED_MEDIA = 0b1101

export class PlainMediaReader {
  /** Index into the tracks that the reader was made with. */
  track = 0
  timestampMs = 0
  /** The payload's base64 without its quotes, as a range of the message's bytes. */
  payloadStart = 0
  payloadEnd = 0

  readonly #streamSid: Uint8Array
  readonly #tracks: readonly Uint8Array[]
  #bytes: Uint8Array = mediaEvent
  #at = 0
  #number = 0

  /** @param tracks the announced ones by their names on the wire */
  constructor(streamSid: string, tracks: readonly string[]) {
    this.#streamSid = Buffer.from(JSON.stringify(streamSid))
    this.#tracks = tracks.map((track) => Buffer.from(JSON.stringify(track)))
  }

  /** Whether the message is a plain one; only then the fields above are its own. `bytes` is borrowed until return. Hot. */
  read(bytes: Uint8Array): boolean {
    this.#bytes = bytes
    this.#at = 0
    if (!this.#readObject(topKeys, REQUIRED_TOP)) return false
    this.#skipSpace()
    return this.#at === bytes.length
  }

  #readObject(keys: readonly Uint8Array[], required: number): boolean {
    if (!this.#take(OPEN)) return false
    let seen = 0
    do {
      const key = this.#takeOneOf(keys)
      if (key < 0 || (seen & (1 << key)) !== 0 || !this.#take(COLON)) return false
      seen |= 1 << key
      if (!(keys === topKeys ? this.#readTopValue(key) : this.#readMediaValue(key))) return false
    } while (this.#take(COMMA))
    return this.#take(CLOSE) && (seen & required) === required
  }

  #readTopValue(key: number): boolean {
    switch (key) {
      case 0:
        return this.#takeText(mediaEvent)
      case 1:
        return this.#readNumber()
      case 2:
        return this.#takeText(this.#streamSid)
      default:
        return this.#readObject(mediaKeys, REQUIRED_MEDIA)
    }
  }

  #readMediaValue(key: number): boolean {
    switch (key) {
      case 0:
        this.track = this.#takeOneOf(this.#tracks)
        return this.track >= 0
      case 1:
        return this.#readNumber()
      case 2:
        if (!this.#readNumber()) return false
        this.timestampMs = this.#number
        return true
      default:
        return this.#readPayload()
    }
  }

  /** Up to the next quote; whether it is base64 all through shows when it is decoded. */
  #readPayload(): boolean {
    if (!this.#take(QUOTE)) return false
    this.payloadStart = this.#at
    this.payloadEnd = this.#bytes.indexOf(QUOTE, this.#at)
    this.#at = this.payloadEnd + 1
    return this.payloadEnd >= 0
  }

  #readNumber(): boolean {
    const isQuoted = this.#take(QUOTE)
    const start = this.#at
    let number = 0
    for (let digit = this.#digit(); digit >= 0; digit = this.#digit()) {
      number = number * 10 + digit
      this.#at++
    }
    const count = this.#at - start
    this.#number = number
    return count > 0 && count <= DIGITS_MAX && (!isQuoted || this.#take(QUOTE))
  }

  /** The digit at the reading position, or -1. */
  #digit(): number {
    const digit = (this.#bytes[this.#at] ?? 0) - 0x30
    return digit >= 0 && digit <= 9 ? digit : -1
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
