import { isObject, type JsonObject } from '../json-object.js'
import type { Parameters } from './options.js'

/** The parameters that the recorder may see; the very same object when that is all of them. */
export function allowedParameters(parameters: JsonObject, rule: Parameters): JsonObject {
  if (rule === 'scrub') return parameters
  const allowed = rule === 'drop' ? [] : rule.allow
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => allowed.includes(name)))
}

/**
 * `value` with the object at `path` (one key or more) replaced by what `change` makes of it; the very same object when there
 * is no object at that path, or nothing has changed.
 */
export function changedAt(
  value: JsonObject,
  [key, ...rest]: readonly string[],
  change: (inner: JsonObject) => JsonObject,
): JsonObject {
  if (key === undefined) return change(value)
  const inner = value[key]
  if (!isObject(inner)) return value
  const changed = changedAt(inner, rest, change)
  return changed === inner ? value : { ...value, [key]: changed }
}
