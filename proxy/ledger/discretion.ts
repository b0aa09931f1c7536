/**
 * No content in the ledger, whoever hands in what: every field has a rule for what may stand in it, a field without a rule
 * is left out, and a text that does not fit its rule is written as a pseudonym or as `other`.
 *
 * Ids of calls, streams and signals are written as they are, unless they hold a card number: they are how a call is found.
 * A metadata value by which a signal named its call (an extension, an agent's number) is always a pseudonym: the same value
 * has the same one, and only who has the ledger's key can tell which value that was.
 */
import { createHmac } from 'node:crypto'
import { scrubCardNumbers } from '../scrub/pan.js'
import { canonical } from './chain.js'
import type { KeyInForce, LedgerEntry } from './entry.js'

/** Longest id that is written as it is, characters: UUIDs have 36, SIP Call-IDs with a host up to some 100. */
const ID_CHARS_MAX = 128
/** Entries of a list: silent ranges of one span, privileged settings. Producers split before it; beyond it is left out. */
export const LIST_MAX = 64

/** Clients of the API: 64 of each of four kinds (config/access-schema.ts). */
const KEYS_MAX = 256

/** Words of our own, and names from the configuration (base/label.ts): never five digits in a row. */
const WORD = /^(?!.*\d{5})(?:\*|[A-Za-z][\w.:-]{0,63})$/
/** A person or desk as a signal names it: a word, perhaps with an @. */
const ACTOR = /^(?!.*\d{5})[A-Za-z][\w.@-]{0,63}$/
const ID = new RegExp(`^[\\x21-\\x7e]{1,${ID_CHARS_MAX}}$`)
const HEX = /^[0-9a-f]{64}$/
/** Where a setting stands in the configuration. */
const PATH = /^(?!.*\d{5})[A-Za-z][\w.[\]-]{0,127}$/

type Rule =
  | 'word'
  | 'words'
  | 'actor'
  | 'id'
  | 'pseudonym'
  | 'hex'
  | 'paths'
  | 'number'
  | 'numbers'
  | 'ranges'
  | 'keys'

/** Every field of every member of a union. */
type FieldOf<T> = T extends unknown ? Exclude<keyof T, 'kind'> : never

const rules: Readonly<Record<FieldOf<LedgerEntry>, Rule>> = {
  callId: 'id',
  streamId: 'id',
  signalId: 'id',
  tenant: 'word',
  dialect: 'word',
  roles: 'words',
  policy: 'word',
  policyHash: 'hex',
  reason: 'word',
  detector: 'word',
  side: 'word',
  code: 'word',
  source: 'word',
  state: 'word',
  signal: 'word',
  answer: 'word',
  role: 'word',
  apiKey: 'word',
  actor: 'actor',
  aliasKey: 'word',
  aliasValue: 'pseudonym',
  name: 'word',
  scopes: 'words',
  tenants: 'words',
  configHash: 'hex',
  privileged: 'paths',
  sampleRate: 'number',
  startSample: 'number',
  endSample: 'number',
  lateMs: 'number',
  samples: 'numbers',
  tracks: 'numbers',
  ranges: 'ranges',
  count: 'number',
  attempts: 'number',
  framesIn: 'number',
  framesOut: 'number',
  framesRedacted: 'number',
  unjudgedSilencedMs: 'number',
  unjudgedPassedMs: 'number',
  lostSamples: 'number',
  violations: 'number',
  toldAtMs: 'number',
  openReasons: 'words',
  keys: 'keys',
}

export class Discretion {
  constructor(private readonly secret: Uint8Array) {}

  /** The entry as it may be written; what was handed in stays as it is. */
  of(entry: LedgerEntry): LedgerEntry {
    const fields: Record<string, unknown> = { kind: entry.kind }
    for (const [name, value] of Object.entries(entry)) {
      if (name === 'kind' || value === undefined || !Object.hasOwn(rules, name)) continue
      const said = this.#said(rules[name as keyof typeof rules], value)
      if (said !== undefined) fields[name] = said
    }
    return fields as unknown as LedgerEntry
  }

  /** `hmac:` and 24 hex digits of HMAC-SHA-256 under the ledger's secret: 96 bits, so that two values never meet. */
  pseudonym(value: string): string {
    return `hmac:${createHmac('sha256', this.secret).update(value, 'utf8').digest('hex').slice(0, 24)}`
  }

  /** An id as it stands in the ledger: as it is, unless it holds a card number or is none. */
  idOf(value: unknown): string {
    return isId(value) ? (value as string) : this.pseudonym(String(value))
  }

  /** What tells a key from others: its name, and a pseudonym of what it may do and how it is proved. */
  markOf({ name, ...key }: KeyInForce): string {
    return `${fits(WORD, name) ? name : 'other'} ${this.pseudonym(canonical(key))}`
  }

  #said(rule: Rule, value: unknown): unknown {
    switch (rule) {
      case 'word':
        return fits(WORD, value) ? value : 'other'
      case 'actor':
        return fits(ACTOR, value) ? value : this.pseudonym(String(value))
      case 'id':
        return this.idOf(value)
      case 'pseudonym':
        return this.pseudonym(String(value))
      case 'hex':
        return fits(HEX, value) ? value : 'other'
      case 'words':
        return listOf(value).map((word) => (fits(WORD, word) ? word : 'other'))
      case 'paths':
        return listOf(value).map((path) => (fits(PATH, path) ? path : 'other'))
      case 'number':
        return numberOf(value)
      case 'numbers':
        return listOf(value).map(Number).filter(Number.isFinite)
      case 'ranges':
        return listOf(value).map(rangeOf)
      case 'keys':
        return (Array.isArray(value) ? value.slice(0, KEYS_MAX) : []).map((key) => this.markOf(key))
      default: {
        const never: never = rule
        throw new Error(String(never))
      }
    }
  }
}

const fits = (pattern: RegExp, value: unknown): boolean => typeof value === 'string' && pattern.test(value)

const isId = (value: unknown): boolean =>
  fits(ID, value) && scrubCardNumbers(value as string) === (value as string)

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, LIST_MAX) : [])

/** Microseconds are more than anybody measures; what is no number (an end that is still to come) is left out. */
const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? Math.round(value * 1000) / 1000 : undefined

const rangeOf = (value: unknown): unknown => {
  const { tracks, startSample, endSample } = (value ?? {}) as Record<string, unknown>
  return {
    tracks: listOf(tracks).map(Number).filter(Number.isFinite),
    startSample: numberOf(startSample) ?? 0,
    endSample: numberOf(endSample) ?? 0,
  }
}
