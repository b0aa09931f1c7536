/**
 * What chan_websocket says in text, as channels/chan_websocket.c of Asterisk 23.4 writes it: one event a message, as a JSON
 * object or as a plain line. Only what is listed here is understood, and only what is understood goes on.
 */
import { scrubNamedSecrets } from '../../scrub/named.js'
import { scrubCardNumbers } from '../../scrub/pan.js'
import { isObject, type JsonObject, objectAt, parseObject, scalarText } from '../json-object.js'
import { scrubText } from '../text.js'

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = [
  'digit-malformed',
  'early-message-dropped',
  'event-unknown',
  'format-unsupported',
  'odd-length',
  'recorder-message-dropped',
  'start-malformed',
  'start-repeated',
] as const

export type Violation = (typeof violations)[number]

/** Every event with its fields, in the order in which either form has them. */
const fieldsOf = {
  DTMF_END: ['digit', 'channel_id'],
  ERROR: ['channel_id', 'error_text'],
  MEDIA_BUFFERING_COMPLETED: ['channel_id', 'correlation_id'],
  MEDIA_MARK_PROCESSED: ['channel_id', 'correlation_id'],
  MEDIA_START: ['connection_id', 'channel', 'channel_id', 'format', 'optimal_frame_size', 'ptime'],
  MEDIA_XOFF: ['channel_id'],
  MEDIA_XON: ['channel_id'],
  QUEUE_DRAINED: ['channel_id'],
  STATUS: [
    'channel_id',
    'queue_length',
    'xon_level',
    'xoff_level',
    'queue_full',
    'bulk_media',
    'media_paused',
  ],
} as const satisfies Record<string, readonly string[]>

export type EventName = keyof typeof fieldsOf

/** Events whose plain form is the name and, perhaps, the id alone. */
const bareInPlain: ReadonlySet<EventName> = new Set([
  'MEDIA_BUFFERING_COMPLETED',
  'MEDIA_MARK_PROCESSED',
  'MEDIA_XOFF',
  'MEDIA_XON',
  'QUEUE_DRAINED',
])

/** Fields whose value may hold spaces in the plain form. */
const freeText: ReadonlySet<string> = new Set(['connection_id', 'channel', 'error_text'])

/** Asterisk's own ids, which may look like a card number by chance. */
const idKeys: ReadonlySet<string> = new Set(['connection_id', 'channel', 'channel_id'])
const noKeys: ReadonlySet<string> = new Set()

export interface AsteriskEvent {
  readonly name: EventName
  readonly form: 'json' | 'plain'
  /** What is known of it; text, numbers and booleans as they were told. */
  readonly fields: JsonObject
  /** The channel's variables (`MEDIA_START` in JSON), by their names as told: `_` and `__` mark what is inherited. */
  readonly variables: Readonly<Record<string, string>>
}

/** A text as an event; null when it is none that is known. Linear in the length. */
export const readEvent = (text: string): AsteriskEvent | null =>
  text.startsWith('{') ? readJson(text) : readPlain(text)

function readJson(text: string): AsteriskEvent | null {
  const value = parseObject(text)?.value ?? {}
  const { event: name } = value
  if (!isEventName(name)) return null
  const known = fieldsOf[name].map((key) => [key, value[key]] as const).filter(([, field]) => isScalar(field))
  const variables = name === 'MEDIA_START' ? Object.entries(objectAt(value, 'channel_variables')) : []
  return {
    name,
    form: 'json',
    fields: inOrderOf(value, Object.fromEntries(known)),
    variables: Object.fromEntries(variables.map(([key, inner]) => [key, scalarText(inner)])),
  }
}

/** The known fields in the order in which the peer told them, so that what is whole is written as it came. */
const inOrderOf = (value: JsonObject, known: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.keys(value).flatMap((key) => (Object.hasOwn(known, key) ? [[key, known[key]]] : [])),
  )

function readPlain(text: string): AsteriskEvent | null {
  const nameEnd = text.indexOf(' ')
  const name = nameEnd < 0 ? text : text.slice(0, nameEnd)
  if (!isEventName(name)) return null
  const rest = nameEnd < 0 ? null : text.slice(nameEnd + 1)
  const fields = bareInPlain.has(name) ? readId(name, rest) : readPairs(fieldsOf[name], rest)
  return fields === null ? null : { name, form: 'plain', fields, variables: {} }
}

/** `MEDIA_MARK_PROCESSED 7`: all that follows the name is the id that the recorder gave. */
function readId(name: EventName, rest: string | null): JsonObject | null {
  if (rest === null) return {}
  return (fieldsOf[name] as readonly string[]).includes('correlation_id') ? { correlation_id: rest } : null
}

/** `key:value key:value`, of known keys; null when something else stands between. */
function readPairs(keys: readonly string[], rest: string | null): JsonObject | null {
  const fields: Record<string, string> = {}
  let current = ''
  for (const word of rest === null ? [] : rest.split(' ')) {
    const colon = word.indexOf(':')
    const key = word.slice(0, Math.max(0, colon))
    if (keys.includes(key) && !Object.hasOwn(fields, key)) {
      current = key
      fields[key] = word.slice(colon + 1)
    } else if (freeText.has(current)) fields[current] += ` ${word}`
    else return null
  }
  return fields
}

const isEventName = (name: unknown): name is EventName =>
  typeof name === 'string' && Object.hasOwn(fieldsOf, name)

const isScalar = (value: unknown): boolean =>
  value !== undefined && value !== null && !isObject(value) && !Array.isArray(value)

/**
 * The event as the recorder may hear it, in its own form: the fields that are known, the channel variables of `allowed`
 * (without leading underscores), and no secret. An event of Asterisk's own spelling comes back as it was.
 */
export function textForRecorder(event: AsteriskEvent, allowed: ReadonlySet<string>): string {
  return event.form === 'json' ? jsonForRecorder(event, allowed) : plainForRecorder(event)
}

function jsonForRecorder({ name, fields, variables }: AsteriskEvent, allowed: ReadonlySet<string>): string {
  const kept = Object.entries(variables).filter(([key]) => allowed.has(plainNameOf(key)))
  const rest = name === 'MEDIA_START' ? { channel_variables: Object.fromEntries(kept) } : {}
  return scrubText(JSON.stringify({ event: name, ...fields, ...rest }), idKeys)
}

function plainForRecorder({ name, fields }: AsteriskEvent): string {
  const words = Object.entries(fields).map(([key, value]) => {
    const text = scalarText(value)
    const clean = idKeys.has(key) ? text : scrubNamedSecrets(scrubCardNumbers(text))
    return bareInPlain.has(name) ? clean : `${key}:${clean}`
  })
  return [name, ...words].join(' ')
}

/** The name under which a dial plan reads a variable: inherited ones are kept with one or two underscores before it. */
const plainNameOf = (variable: string): string => variable.replace(/^__?/, '')

/** Flat texts of a `MEDIA_START`: variables without secrets, and Asterisk's ids, which none of them can replace. */
export function metadataOf({ fields, variables }: AsteriskEvent): Record<string, string> {
  const clean: Record<string, string> = JSON.parse(scrubText(JSON.stringify(variables), noKeys))
  const own = Object.entries(clean).map(([key, value]) => [plainNameOf(key), value])
  const ids = ['connection_id', 'channel', 'channel_id'].map((key) => [key, scalarText(fields[key])])
  return Object.fromEntries([...own, ...ids].filter(([, text]) => text !== ''))
}
