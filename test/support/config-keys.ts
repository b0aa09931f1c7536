import { configJsonSchema } from '../../proxy/config/schema.js'

/** One row of docs/config.md, as the schema has it. */
export interface ConfigKey {
  readonly key: string
  readonly range: string
  readonly fallback: string
}

interface Node {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Node | boolean
  readonly items?: Node
  readonly minimum?: number
  readonly maximum?: number
  readonly multipleOf?: number
  readonly format?: string
  readonly default?: unknown
  readonly $ref?: string
}

/** Keys that every fork has alike, and what each dialect adds to them. */
export interface ConfigKeys {
  readonly common: readonly ConfigKey[]
  readonly byDialect: ReadonlyMap<string, readonly ConfigKey[]>
}

const DIALECTS_OWN = /^forks\[\]\.(auth|recorder\.auth|options)\b/

/** Every key that the schema knows, in its order. */
export const configKeys = (): ConfigKeys => {
  const { properties } = configJsonSchema() as Node
  const { forks, ...rest } = properties!
  const byDialect = new Map(
    forks!.items!.oneOf!.map((fork) => [
      String(fork.properties!['dialect']!.const),
      keysOf({ forks: { type: 'array', items: fork } }, [], ''),
    ]),
  )
  const ofForks = merged([...byDialect.values()].flat()).filter(({ key }) => !DIALECTS_OWN.test(key))
  return {
    common: [...keysOf(rest, [], ''), ...ofForks],
    byDialect: new Map(
      [...byDialect].map(([name, keys]) => [name, keys.filter(({ key }) => DIALECTS_OWN.test(key))]),
    ),
  }
}

const keysOf = (
  properties: Readonly<Record<string, Node>>,
  required: readonly string[],
  prefix: string,
): ConfigKey[] =>
  merged(
    Object.entries(properties).flatMap(([name, node]) => [
      ...ownKey(`${prefix}${name}`, node, required.includes(name)),
      ...keysBelow(`${prefix}${name}`, node),
    ]),
  )

/** A row for what is written at the key itself; none where only mappings may stand. */
const ownKey = (key: string, node: Node, isRequired: boolean): ConfigKey[] => {
  const ranges = rangesOf(node)
  if (ranges.every((range) => range === 'mapping' || range === 'mappings')) return []
  const fallback =
    node.default === undefined ? (isRequired ? 'required' : 'none') : `\`${JSON.stringify(node.default)}\``
  return [{ key, range: ranges.join(', '), fallback: fallback.replaceAll('"', '') }]
}

const keysBelow = (key: string, node: Node): ConfigKey[] => {
  const choices = node.anyOf ?? node.oneOf
  if (choices !== undefined) return choices.flatMap((choice) => keysBelow(key, asBridge(choice)))
  if (node.items !== undefined) return keysBelow(`${key}[]`, node.items)
  if (typeof node.additionalProperties === 'object')
    return [
      ...ownKey(`${key}.NAME`, node.additionalProperties, false),
      ...keysBelow(`${key}.NAME`, node.additionalProperties),
    ]
  return keysOf(node.properties ?? {}, node.required ?? [], `${key}.`)
}

/** A recorder of another dialect: its `auth` is that dialect's own and stands there, and the fork's own needs no `dialect`. */
const asBridge = (node: Node): Node => {
  const { properties, required } = node
  if (properties?.['url'] === undefined || properties['dialect'] === undefined) return node
  const { auth: _, ...rest } = properties
  return { ...node, properties: rest, required: (required ?? []).filter((key) => key !== 'dialect') }
}

const rangesOf = (node: Node): string[] => {
  const choices = node.anyOf ?? node.oneOf
  if (choices !== undefined) return [...new Set(choices.filter(({ $ref }) => !$ref).flatMap(rangesOf))]
  if (node.const !== undefined) return [`\`${node.const}\``]
  if (node.enum !== undefined) return node.enum.map((word) => `\`${word}\``)
  switch (node.type) {
    case 'integer':
    case 'number':
      return [`${node.minimum} to ${node.maximum}${node.multipleOf ? ` by ${node.multipleOf}` : ''}`]
    case 'boolean':
      return ['`true`', '`false`']
    case 'null':
      return ['`null`']
    case 'array': {
      const entries = rangesOf(node.items!)
      return entries[0] === 'mapping' ? ['mappings'] : [`list of ${entries.join(', ')}`]
    }
    case 'object':
      return ['mapping']
    default:
      return [node.format === 'uri' ? 'URL' : 'text']
  }
}

/** Ways to write one key, joined: a key that means different things in different mappings still has one row. */
const merged = (keys: readonly ConfigKey[]): ConfigKey[] => {
  const byKey = new Map<string, ConfigKey>()
  for (const next of keys) {
    const known = byKey.get(next.key)
    const ranges = new Set([...(known?.range.split(', ') ?? []), ...next.range.split(', ')])
    byKey.set(next.key, { ...next, range: [...ranges].join(', ') })
  }
  return [...byKey.values()]
}
