/**
 * What mod_audio_fork says in text. The module has no grammar of its own: metadata and texts are the application's. What is
 * recognised here is jambonz' (`listen` verb), and what any application may send with `send_text`. See WIRE.md.
 */
import { isObject, type JsonObject, objectAt, scalarText } from '../json-object.js'

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = [
  'dialect-mismatch',
  'digit-malformed',
  'format-implausible',
  'malformed-text',
  'odd-length',
  'payment-state-unknown',
  'recorder-message-dropped',
  'text-after-metadata',
] as const

export type Violation = (typeof violations)[number]

export type MixType = 'mono' | 'mixed' | 'stereo'

export interface Metadata {
  /** The application's id of the call, or null. */
  readonly callId: string | null
  /** Hz; null when not said, undefined when what was said cannot be. */
  readonly sampleRate: number | null | undefined
  /** Null when not said, undefined when what was said cannot be. */
  readonly mixType: MixType | null | undefined
}

/** Ids and numbers of telephones, which may look like a card number by chance: the sender's own, under the keys of jambonz. */
export const idKeys: ReadonlySet<string> = new Set([
  'accountSid',
  'applicationSid',
  'callId',
  'callSid',
  'callerId',
  'from',
  'parentCallSid',
  'sbcCallid',
  'to',
  'traceId',
  'uuid',
])

const callIdKeys = ['callSid', 'callId', 'uuid']

export function readMetadata(value: JsonObject): Metadata {
  const callId = callIdKeys.map((key) => value[key]).find((id) => typeof id === 'string' && id !== '')
  return {
    callId: typeof callId === 'string' ? callId : null,
    sampleRate: value['sampleRate'] === undefined ? null : plausibleRate(value['sampleRate']),
    mixType: value['mixType'] === undefined ? null : mixTypes.find((mixType) => mixType === value['mixType']),
  }
}

const mixTypes: readonly MixType[] = ['mono', 'mixed', 'stereo']

/** The module takes multiples of 8,000 up to 64,000 Hz. */
const plausibleRate = (said: unknown): number | undefined => {
  const rateHz = Number(scalarText(said))
  return rateHz % 8000 === 0 && rateHz >= 8000 && rateHz <= 64_000 ? rateHz : undefined
}

/** Metadata as flat texts, one level of objects deep: `customerData.queue`. */
export function flatten(value: JsonObject): Record<string, string> {
  const texts: [string, string][] = []
  for (const [key, inner] of Object.entries(value)) {
    texts.push([key, scalarText(inner)])
    for (const [innerKey, deep] of Object.entries(objectAt(value, key)))
      texts.push([`${key}.${innerKey}`, scalarText(deep)])
  }
  return Object.fromEntries(texts.filter(([, text]) => text !== ''))
}

/** What a document says it is, in lower case; empty when it does not. */
const kindOf = (value: JsonObject): string => scalarText(value['event'] ?? value['type']).toLowerCase()

export const isPayment = (value: JsonObject): boolean => kindOf(value) === 'payment'

/** `on` and `started`, `off` and `ended`; null for anything else. */
export function paymentState(value: JsonObject): 'started' | 'ended' | null {
  const state = value['state']
  if (state === 'on' || state === 'started') return 'started'
  return state === 'off' || state === 'ended' ? 'ended' : null
}

export const isDigitEvent = (value: JsonObject): boolean => kindOf(value) === 'dtmf'

const digitKeys = ['dtmf', 'digit', 'digits']

/** Whether a document behind the metadata tells a key, under whatever name. */
export const hasDigit = (value: JsonObject): boolean =>
  isDigitEvent(value) || digitKeys.some((key) => Object.hasOwn(value, key))

/** The keys that a document tells; a character that is none stays in, for the caller to see. */
export const digitsOf = (value: JsonObject): string[] => {
  const told = digitKeys.map((key) => value[key]).find((digit) => digit !== undefined)
  return [...scalarText(told)]
}

/** Longest key press that is believed, in samples at 8,000 Hz: a minute. */
const DURATION_SAMPLES_MAX = 60 * 8000

/** jambonz counts a key's duration in RTP samples at 8,000 Hz, as text or number; 0 when it is not said. */
export function durationSamplesAt(value: JsonObject, clockRateHz: number): number {
  const duration = Number(scalarText(value['duration']))
  const isSane = duration > 0 && duration <= DURATION_SAMPLES_MAX
  return isSane ? Math.round((duration * clockRateHz) / 8000) : 0
}

/** Whether a first text opens a call in another dialect: then this is not the PBX that the configuration speaks of. */
export function isOtherDialect(text: string, value: JsonObject): boolean {
  if (text.startsWith('MEDIA_START')) return true
  switch (kindOf(value)) {
    case 'connected':
    case 'media_start':
    case 'session.initiate':
    case 'websocket:connected':
      return true
    case 'start':
      return isObject(value['start'])
    case 'open':
      return value['version'] === '2'
    default:
      return false
  }
}
