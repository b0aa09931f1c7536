/** What dialects with JSON texts of no fixed grammar have in common: text without secrets, keys that text tells. */
import { scrubJsonText } from '../scrub/json.js'
import { scrubNamedSecrets } from '../scrub/named.js'
import type { JsonMessage, JsonObject } from './json-object.js'

/**
 * Text, JSON or not, with its secrets masked in place: card numbers, and digits that their own name gives away (`"cvv":"737"`,
 * "pin 4711"). Card numbers under `exemptKeys` stay.
 */
export const scrubText = (text: string, exemptKeys: ReadonlySet<string>): string =>
  scrubNamedSecrets(scrubJsonText(text, exemptKeys))

/** A document without its secrets, as it was spelled unless a key comes twice in it; `exemptKeys` as in scrubText. */
export const cleanText = (
  { text, value, isFaithful }: JsonMessage,
  exemptKeys: ReadonlySet<string>,
): string => scrubText(isFaithful ? text : JSON.stringify(value), exemptKeys)

/** A key of a dialled telephone, RFC 4733 events 0 to 15. */
export const isDigit = (char: string): boolean => /^[0-9*#A-Da-d]$/.test(char)

/** Whether a key may be told somewhere in a document, at any depth. */
export const hidesDigit = (value: JsonObject): boolean =>
  /"(?:dtmf|digits?)":|"(?:event|type|name)":"(?:websocket:)?dtmf"/i.test(JSON.stringify(value))
