/** Which keys of the API the ledger knows of: what a start compares with those of its configuration. */
import type { KeyInForce, LedgerEntry, LedgerRecord } from './entry.js'
import { lastRunLines } from './lost-calls.io.js'

/** A text of a peer cannot hold it: its quotes are escaped. */
const CONFIG = '"kind":"config-changed"'

/** The keys that were in force when the ledger was last begun, as it writes them; none when it has never said so. */
export const keysToldIn = async (directory: string): Promise<readonly string[]> => {
  let told: readonly string[] = []
  for await (const line of lastRunLines(directory)) if (line.includes(CONFIG)) told = keysIn(line)
  return told
}

const keysIn = (line: string): readonly string[] => {
  try {
    const { keys } = JSON.parse(line) as LedgerRecord
    return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : []
  } catch {
    return []
  }
}

/**
 * What has become of keys since `told`: gone first, then new ones. Under another signing key the marks of all are others, and
 * names alone are compared.
 */
export const keyChanges = (
  told: readonly string[],
  keys: readonly KeyInForce[],
  markOf: (key: KeyInForce) => string,
  isSameSigningKey: boolean,
): LedgerEntry[] => {
  const essence = (mark: string): string => (isSameSigningKey ? mark : nameIn(mark))
  const before = new Set(told.map(essence))
  const now = new Set(keys.map((key) => essence(markOf(key))))
  const created = keys.filter((key) => !before.has(essence(markOf(key))))
  return [
    ...told
      .filter((mark) => !now.has(essence(mark)))
      .map((mark) => ({ kind: 'key-revoked', name: nameIn(mark) }) as const),
    ...created.map(({ name, scopes, tenants }) => ({ kind: 'key-created', name, scopes, tenants }) as const),
  ]
}

const nameIn = (mark: string): string => mark.split(' ', 1)[0]!
