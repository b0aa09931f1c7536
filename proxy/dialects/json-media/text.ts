/** What of a message's text may go on: values without secrets, and only where two readers read the same. */
import { z } from 'zod'
import { textOf, type WireMessage } from '../../media/wire.js'
import { scrubJsonText } from '../../scrub/json.js'
import { scrubNamedSecrets } from '../../scrub/named.js'
import { isObject, type JsonMessage, type JsonObject, parseObject, scalarText } from '../json-object.js'

/** An id, which some peers write as a number. */
export const idSchema = z.union([z.string().min(1), z.number()]).transform(String)

/** A message as a JSON object; null when it is none. */
export const parse = (message: WireMessage): JsonMessage | null =>
  message.isBinary ? null : parseObject(textOf(message))

/**
 * A sequence number, chunk or timestamp as it may be sent on, as a number or a string; anything else is left out. 12 digits
 * are no card number; neither are the 13 of a time in ms, which begin with 1.
 */
export const numeral = (value: unknown): string | number | undefined =>
  (typeof value === 'string' || typeof value === 'number') && /^(\d{1,12}|1\d{12})$/.test(`${value}`)
    ? value
    : undefined

/** An instant in RFC 3339, as it may be sent on. */
export const instant = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(value)
    ? value
    : undefined

/** Whether two objects have the same keys with the very same values. */
export const isSame = (a: JsonObject, b: JsonObject): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.keys(a).every((key) => Object.hasOwn(b, key) && a[key] === b[key])

/**
 * JSON text with its secrets masked in place: card numbers, and digits that their own name gives away (`"cvv":"737"`, "pin
 * 4711"). Values of `exempt` keys stay.
 */
export const scrubText = (text: string, exempt: ReadonlySet<string>): string =>
  scrubNamedSecrets(scrubJsonText(text, exempt))

/** What a PBX makes an id of: no spaces, and not digits alone, which could be somebody's number. */
const idShape = /^(?=.*[A-Za-z])[\w:.@~+/=-]+$/

/** An id as it may be told: itself when it looks like one, else without secrets. */
export const cleanId = (id: string): string => (idShape.test(id) ? id : scrubText(id, new Set()))

/** Those of `keys` whose every value in the message looks like an id: only those may look like a card number by chance. */
export function idsIn(value: JsonObject, keys: readonly string[]): ReadonlySet<string> {
  const ids = new Set(keys)
  const visit = (object: JsonObject): void => {
    for (const [key, inner] of Object.entries(object)) {
      if (isObject(inner)) visit(inner)
      else if (ids.has(key) && !idShape.test(scalarText(inner))) ids.delete(key)
    }
  }
  visit(value)
  return ids
}

/** The same object without what a key press may hide under: keys that speak of digits, at any depth. */
export function withoutDigits(value: JsonObject): JsonObject {
  let isChanged = false
  const kept: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    if (/dtmf|digit|keypress/i.test(key)) {
      isChanged = true
      continue
    }
    kept[key] = isObject(inner) ? withoutDigits(inner) : inner
    isChanged ||= kept[key] !== inner
  }
  return isChanged ? kept : value
}

/** `value` without some of its keys; the very same object when it has none of them. */
export const without = (value: JsonObject, keys: readonly string[]): JsonObject =>
  keys.some((key) => Object.hasOwn(value, key))
    ? Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))
    : value

/** Flat texts: parameters without secrets, and the ids, which none of them can replace. */
export function metadataOf(
  parameters: JsonObject,
  ids: Readonly<Record<string, string>>,
): Record<string, string> {
  const clean: unknown = JSON.parse(scrubText(JSON.stringify(parameters), new Set()))
  const texts = Object.entries(clean as object).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const cleanIds = Object.entries(ids).map(([name, id]) => [name, cleanId(id)])
  return Object.fromEntries([...texts, ...cleanIds])
}
