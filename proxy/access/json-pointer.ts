/** JSON pointers (RFC 6901): where in a provider's message something stands. */

/** What a pointer looks like: empty, or parts that each begin with a slash; `~` only as `~0` and `~1`. */
export const JSON_POINTER_PATTERN = /^(\/([^~/]|~[01])*)*$/

/** What stands there; undefined when nothing does. Only an object's own members and an array's elements count. */
export const valueAt = (document: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(memberOf, document)

const memberOf = (value: unknown, name: string): unknown => {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}
