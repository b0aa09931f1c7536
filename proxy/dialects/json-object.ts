/** JSON objects from peers: parsed without exceptions, and compared with the text that they came from. */

export type JsonObject = Readonly<Record<string, unknown>>

export interface JsonMessage {
  readonly text: string
  readonly value: JsonObject
  /**
   * Parsing lost nothing: no key came twice, no number was rounded. Only then do two JSON readers see the same in the
   * text, and only then may it be sent on as it came; white space and escapes do not matter.
   */
  readonly isFaithful: boolean
}

/** Deepest nesting of a message; jambonz needs 3. JSON.parse follows any depth, JSON.stringify runs out of stack at some thousand. */
const DEPTH_MAX = 64

/** Text as a JSON object; null when it is none, or is nested too deeply. */
export function parseObject(text: string): JsonMessage | null {
  if (isTooDeep(text)) return null
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? { text, value, isFaithful: compact(text) === JSON.stringify(value) } : null
  } catch {
    return null
  }
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object under a key; an empty one when there is none. */
export const objectAt = (value: JsonObject, key: string): JsonObject => {
  const inner = value[key]
  return isObject(inner) ? inner : {}
}

/** A scalar as text, anything else as nothing: an object of a peer's making can refuse to become a string. */
export const scalarText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''

const stringOrSpace = /"[^"\\]*(?:\\.[^"\\]*)*"|\s+/gs

/** Valid JSON without white space between tokens, its strings spelled as JSON.stringify spells them. */
const compact = (text: string): string =>
  text.replace(stringOrSpace, (token) => (token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : ''))

const stringOrBracket = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/gs

function isTooDeep(text: string): boolean {
  let depth = 0
  for (const [token] of text.matchAll(stringOrBracket)) {
    if (token === '[' || token === '{') depth++
    else if (token === ']' || token === '}') depth--
    if (depth > DEPTH_MAX) return true
  }
  return false
}
