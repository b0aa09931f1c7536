/**
 * What Twilio says, one JSON object per text message, as far as the proxy looks at it. Numbers come as strings; numbers
 * that are numbers are understood as well. Source: Twilio, "Media Streams: WebSocket messages"; see WIRE.md.
 */
import { z } from 'zod'
import { textOf, type WireMessage } from '../../media/wire.js'
import { type JsonMessage, parseObject } from '../json-object.js'

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = [
  'binary-message',
  'dialect-mismatch',
  'digit-malformed',
  'event-unknown',
  'format-unsupported',
  'malformed-json',
  'media-ambiguous',
  'message-misplaced',
  'payload-malformed',
  'recorder-message-dropped',
  'start-malformed',
  'stream-mismatch',
  'timestamp-malformed',
  'track-unknown',
] as const

export type Violation = (typeof violations)[number]

/** A message as a JSON object; null when it is none. */
export const parse = (message: WireMessage): JsonMessage | null =>
  message.isBinary ? null : parseObject(textOf(message))

const id = z.union([z.string().min(1), z.number()]).transform(String)

export const startSchema = z.object({
  streamSid: id.optional(),
  start: z.object({
    streamSid: id.optional(),
    accountSid: id.optional(),
    callSid: id,
    tracks: z.array(z.string()).min(1),
    customParameters: z.record(z.string(), z.unknown()).catch({}),
    mediaFormat: z
      .object({ encoding: z.string(), sampleRate: z.coerce.number(), channels: z.coerce.number() })
      .prefault({ encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 }),
  }),
})

export type StartMessage = z.infer<typeof startSchema>

/** A sequence number, chunk or timestamp as it may be sent on: digits, as a number or a string; anything else is left out. */
export const numeral = (value: unknown): string | number | undefined =>
  (typeof value === 'string' || typeof value === 'number') && /^\d{1,12}$/.test(`${value}`)
    ? value
    : undefined

/** A key of a dialled telephone, RFC 4733 events 0 to 15. */
export const isDigit = (char: string): boolean => /^[0-9*#A-D]$/.test(char)

/** Ids that Twilio makes; they may look like a card number by chance and are never one. */
export const idKeys: ReadonlySet<string> = new Set(['accountSid', 'callSid', 'streamSid'])
