import type { Parameters } from '../json-media/options.js'
import { allowedParameters } from '../json-media/parameters.js'
import { isObject, type JsonObject } from '../json-object.js'

/** `"case=4711;agent=7"`, as the reference has it, or `"{case: 4711, agent: 7}"`, as samples do. */
export const headersIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .replace(/^\s*\{|\}\s*$/g, '')
      .split(/[;,]/)
      .map((pair) => /^\s*([^=:]+?)\s*[=:]\s*(.*?)\s*$/.exec(pair))
      .flatMap((match) => (match === null ? [] : [[match[1]!, match[2]!]])),
  )

/** The message with those extra headers that the recorder may see; the very same object when that is all of them. */
export function withAllowedHeaders(value: JsonObject, rule: Parameters): JsonObject {
  const headers = value['extra_headers']
  if (rule === 'scrub' || headers === undefined) return value
  if (isObject(headers)) return { ...value, extra_headers: allowedParameters(headers, rule) }
  const allowed = allowedParameters(typeof headers === 'string' ? headersIn(headers) : {}, rule)
  const text = Object.entries(allowed).map(([name, header]) => `${name}=${header}`)
  return { ...value, extra_headers: text.join(';') }
}
