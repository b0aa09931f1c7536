/**
 * What Vonage says in text: JSON objects with an `event`. The first one opens the call, with the NCCO's headers at its top
 * level. Source: Vonage, "WebSockets in the Vonage Voice API"; see WIRE.md.
 */
import { type JsonObject, objectAt, scalarText } from '../json-object.js'
import { isDigit } from '../text.js'

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = [
  'dialect-mismatch',
  'digit-malformed',
  'event-unknown',
  'format-unsupported',
  'malformed-json',
  'message-misplaced',
  'odd-length',
  'recorder-message-dropped',
] as const

export type Violation = (typeof violations)[number]

/** Linear PCM at a rate that Vonage documents; white space and further parameters do not matter. */
const CONTENT_TYPE = /^audio\/l16\s*;\s*rate=(8000|16000|24000)\s*(?:;|$)/i

/** The rate in Hz of a `content-type`, or null when it is none of Vonage's. */
export function rateOf(contentType: unknown): number | null {
  const rate = CONTENT_TYPE.exec(scalarText(contentType))?.[1]
  return rate === undefined ? null : Number(rate)
}

/** Longest key press that is believed, ms: a minute. */
const DURATION_MS_MAX = 60_000

export interface ToldKey {
  /** Keys of a telephone, upper case. */
  readonly digits: readonly string[]
  /** Whether there was none, or something else among them. */
  readonly isMalformed: boolean
  /** 0 when it is not said. */
  readonly durationMs: number
}

/** What a key event tells, in either form: `digit` at the top level, or in, or as, `dtmf`. */
export function toldKey(value: JsonObject): ToldKey {
  const inner = objectAt(value, 'dtmf')
  const told = [...scalarText(value['digit'] ?? inner['digit'] ?? value['dtmf'])]
  const digits = told.filter(isDigit).map((digit) => digit.toUpperCase())
  const duration = Number(scalarText(value['duration'] ?? inner['duration']))
  return {
    digits,
    isMalformed: digits.length === 0 || digits.length < told.length,
    durationMs: duration > 0 && duration <= DURATION_MS_MAX ? duration : 0,
  }
}

/** The event with its digit masked, written anew in the form in which it came. */
export function maskedKey(value: JsonObject, mask: string, durationMs: number): string {
  const duration = durationMs > 0 ? durationMs : undefined
  const isNested = value['digit'] === undefined && value['dtmf'] !== undefined
  const key = isNested ? { dtmf: { digit: mask, duration } } : { digit: mask, duration }
  return JSON.stringify({ event: 'websocket:dtmf', ...key })
}

/** Headers that hold telephone numbers by the custom of Vonage's own examples. */
const telephoneHeaders = ['caller-id', 'from', 'to']

/** A telephone number: of 13 digits at most, as all in use are; E.164 would allow the 15 of some cards. */
const TELEPHONE = /^\+?\d{5,13}$/

/** The headers that hold a telephone number, which may look like a card number of 13 digits by chance. */
export const exemptHeaders = (value: JsonObject): ReadonlySet<string> =>
  new Set(telephoneHeaders.filter((name) => TELEPHONE.test(scalarText(value[name]))))
