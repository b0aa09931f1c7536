import { equalHashes, hashOf } from './key-hash.js'
import type { Client, Principal } from './principal.js'

/** One configured key, of which only the hash is kept. */
export interface KeyEntry extends Client {
  /** `sha256:` and hexadecimal digits, as key-hash.ts writes it. */
  readonly hash: string
}

/** The configured API keys. */
export class KeyRing {
  constructor(private readonly entries: readonly KeyEntry[]) {}

  get isEmpty(): boolean {
    return this.entries.length === 0
  }

  /** Whose key this is; every entry is compared, so that the time does not tell which one it was. */
  find(key: string): Principal | null {
    const hash = hashOf(key)
    const [found] = this.entries.filter((entry) => equalHashes(entry.hash, hash))
    return found === undefined
      ? null
      : { kind: 'key', name: found.name, scopes: found.scopes, tenants: found.tenants }
  }
}
