/** A configuration as it was written: mappings, lists and plain values, nothing checked yet. */
export type Mapping = Readonly<Record<string, unknown>>

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A copy with `change` applied to the value at a path; mappings on the way are made where there are none. Where something
 * else is in the way it is left alone: the schema will say what is wrong with it.
 */
export const changedAt = (
  tree: unknown,
  [key, ...rest]: readonly string[],
  change: (value: unknown) => unknown,
): unknown => {
  if (key === undefined) return change(tree)
  const mapping = tree ?? {}
  if (!isMapping(mapping)) return tree
  return { ...mapping, [key]: changedAt(mapping[key], rest, change) }
}
