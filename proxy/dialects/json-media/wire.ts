/**
 * What a protocol of this family looks like, as a table. They are all alike: text messages of one JSON object each, an
 * event's name in it, audio as base64, one payload a message and one track a payload. A dialect's folder holds its table, its
 * credentials and its words; how such a protocol is read, held, silenced and written is told once, here.
 */
import type { AudioFormat, TrackRole } from '../../media/frame.js'
import type { JsonObject } from '../json-object.js'

/** What an event is to us. `text` is held in its place, scrubbed. */
export type EventMeaning = 'hello' | 'start' | 'media' | 'digit' | 'text' | 'stop'

/** What the value of a key in a media message is. `number`: a count that says nothing about the audio. */
export type FieldKind =
  | 'event'
  | 'stream-id'
  | 'body'
  | 'track'
  | 'timestamp'
  | 'counter'
  | 'number'
  | 'payload'
  | 'constant'

/** A key of a media message. Every key but `number`, `counter`, `constant` and those said to be optional must be there. */
export interface Field {
  readonly key: string
  readonly kind: FieldKind
  readonly isOptional?: boolean
}

/**
 * A media message key by key. `timestamp` is in ms. `counter` counts the messages of a track, or of all. `constant` is a text
 * that every message repeats as `start` had it. The payload is in `body` where there is one.
 */
export interface MediaLayout {
  /** The name of the event, as the wire spells it. */
  readonly event: string
  readonly top: readonly Field[]
  readonly body: readonly Field[]
}

/** A message about a key: `{ [body]: { [digit]: "4", [track]: …, [duration]: ms } }`. */
export interface DigitLayout {
  readonly body: string
  readonly digit: string
  readonly track: string | null
  readonly duration: string | null
  /** Further keys beside the body whose value is an instant in RFC 3339. */
  readonly instants: readonly string[]
}

export interface ForkTrack {
  /** Its name on the wire. */
  readonly name: string
  readonly role: TrackRole
  readonly format: AudioFormat
}

/** What a start message says. */
export interface ForkStart {
  readonly callId: string
  readonly streamId: string
  readonly tracks: readonly ForkTrack[]
  /** Tracks were announced that nobody knows. */
  readonly hasStrangeTracks: boolean
  /** What a policy may address the call by: parameters of the caller's own making, and ids, which no parameter replaces. */
  readonly parameters: JsonObject
  readonly ids: Readonly<Record<string, string>>
}

export type StartRefusal = 'start-malformed' | 'format-unsupported'

export interface JsonMediaWire {
  readonly eventKey: string
  /** Events by their names on the wire; any other is unknown. */
  readonly events: Readonly<Record<string, EventMeaning>>
  readonly media: MediaLayout
  readonly digits: DigitLayout | null
  /** Every name that a track can have. */
  readonly trackNames: readonly string[]
  /** Keys of ids that the PBX makes: those may look like a card number by chance. */
  readonly idKeys: readonly string[]
  /** A timestamp this much ahead of the audio received means that some is missing, ms; less is jitter. */
  readonly gapMs: number
  /** Where timestamps count from: the stream's beginning, or whatever the first one says. */
  readonly timestampZero: 'stream' | 'first'
  /** How much audio of a track is waited for when a message of it is missing, ms; 0: messages are taken as they come. */
  readonly reorderMs: number
  /** One printable ASCII character that JSON need not escape. */
  readonly digitMask: string
  /** Whether a socket that closes by the protocol ends the call, as `stop` does. */
  readonly endsByClosing: boolean
  /** How many `stop` messages end a call of that many tracks. */
  stopsOf(trackCount: number): number
  /** Whether the first message comes from whom the credentials were asked of; left out: there is nothing to see. */
  isGenuine?(hello: JsonObject): boolean
  readStart(value: JsonObject): ForkStart | StartRefusal
  /**
   * The message as far as the recorder may see it, before card numbers are masked; the very same object when that is all of
   * it. Asked for every message but digits and plain audio.
   */
  forRecorder(value: JsonObject, meaning: EventMeaning | 'unknown'): JsonObject
}

/** Bad input, by the code under which it is counted; each dialect's WIRE.md says what it means there. */
const always = [
  'binary-message',
  'dialect-mismatch',
  'event-unknown',
  'format-unsupported',
  'malformed-json',
  'media-ambiguous',
  'message-misplaced',
  'payload-malformed',
  'recorder-message-dropped',
  'start-malformed',
  'track-unknown',
] as const

const sometimes = [
  'credentials-mismatch',
  'digit-malformed',
  'media-late',
  'stream-mismatch',
  'timestamp-malformed',
] as const

export type Violation = (typeof always)[number] | (typeof sometimes)[number]

/** Every violation that can be in a dialect: those that all have, and those of what only some have. */
export function violationsOf(wire: JsonMediaWire): Violation[] {
  const kinds = new Set([...wire.media.top, ...wire.media.body].map(({ kind }) => kind))
  return [
    ...always,
    ...(wire.isGenuine === undefined ? [] : (['credentials-mismatch'] as const)),
    ...(wire.digits === null ? [] : (['digit-malformed'] as const)),
    ...(wire.reorderMs === 0 ? [] : (['media-late'] as const)),
    ...(kinds.has('stream-id') ? (['stream-mismatch'] as const) : []),
    ...(kinds.has('timestamp') ? (['timestamp-malformed'] as const) : []),
  ].sort()
}

/** The key of a kind in a layout, and whether it stands in the body; null when there is none. */
export function fieldOf({ top, body }: MediaLayout, kind: FieldKind): Field | null {
  return [...top, ...body].find((field) => field.kind === kind) ?? null
}
