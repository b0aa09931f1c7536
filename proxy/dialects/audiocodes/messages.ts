/**
 * What VoiceAI Connect says, one JSON object per text message with a `type`. Sources: AudioCodes, "Bot API, streaming mode";
 * audiocodes/ac-bot-api c81e45f. See WIRE.md.
 */
import type { AudioFormat } from '../../media/frame.js'
import { textMessage, textOf, type WireMessage } from '../../media/wire.js'
import { type JsonMessage, type JsonObject, parseObject, scalarText } from '../json-object.js'
import { scrubText } from '../text.js'
import { type MediaFormat, mediaFormats } from './options.js'

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = [
  'binary-message',
  'dialect-mismatch',
  'digit-malformed',
  'event-unknown',
  'format-unsupported',
  'malformed-json',
  'message-misplaced',
  'payload-malformed',
  'recorder-message-dropped',
  'track-unknown',
] as const

export type Violation = (typeof violations)[number]

const formats: Readonly<Record<MediaFormat, AudioFormat>> = {
  'raw/lpcm16': { codec: 'l16', clockRateHz: 16_000, channelCount: 1 },
  'raw/lpcm16_24': { codec: 'l16', clockRateHz: 24_000, channelCount: 1 },
  'raw/mulaw': { codec: 'pcmu', clockRateHz: 8000, channelCount: 1 },
}

export const formatOf = (name: MediaFormat): AudioFormat => formats[name]

/** The format's name for audio of this rate, for a simulated VoiceAI Connect; undefined when there is none. */
export const formatAt = (sampleRateHz: number): MediaFormat | undefined =>
  mediaFormats.find((name) => formats[name].clockRateHz === sampleRateHz)

/** A message as a JSON object; null when it is none. */
export const parse = (message: WireMessage): JsonMessage | null =>
  message.isBinary ? null : parseObject(textOf(message))

/** Telephone numbers, and the id that VoiceAI Connect makes. */
const ownKeys = ['conversationId', 'caller', 'callee']
const TELEPHONE_OR_ID = /^\+?\d{5,13}$|^(?=.*[A-Za-z])\S+$/

/** Text without secrets; a telephone's number, and an id of letters and digits without a space, is none. */
export const cleanValue = (value: JsonObject): string =>
  scrubText(
    JSON.stringify(value),
    new Set(ownKeys.filter((key) => TELEPHONE_OR_ID.test(scalarText(value[key])))),
  )

export const jsonMessage = (value: object): WireMessage => textMessage(JSON.stringify(value))

/** An activity about a key: an event of the name `DTMF`, in any case. */
export const isKeyActivity = (activity: JsonObject): boolean =>
  activity['type'] === 'event' && scalarText(activity['name']).toLowerCase() === 'dtmf'

/** The activity with its keys masked one by one, and nothing else of it but what it is, when and for whom. */
export function maskedActivity(activity: JsonObject, mask: string): JsonObject {
  const { type, name, id, timestamp, participant, value } = activity
  const masked = [...scalarText(value)].map(() => mask).join('')
  return { type, name, id, timestamp, participant, value: masked }
}
