/**
 * Calls whose closing entry is still to come, by the entries themselves. When whoever would have written it has gone, each of
 * them gets a `call-lost` instead, which says what the ledger proves of its end: until when it was told of, and what kept it
 * silent then.
 */
import type { CallLost, LedgerEntry } from './entry.js'

/** An entry, before or after it was written. */
export interface ToldEntry {
  readonly kind: LedgerEntry['kind'] | (string & {})
  readonly callId?: unknown
  readonly streamId?: unknown
  readonly tenant?: unknown
  readonly reason?: unknown
}

interface OpenCall {
  readonly callId: string
  readonly streamId: string
  readonly tenant: string
  toldAtMs: number
  /** Steps and spans that are open, counted by their reason. */
  readonly open: Map<string, number>
}

export class OpenCalls {
  /** By name; several where a PBX has come back with the same names before its lost call was noticed. The oldest ends first. */
  readonly #calls = new Map<string, OpenCall[]>()

  /** @param epochMs when it was told */
  note(entry: ToldEntry, epochMs: number): void {
    const { kind, callId, streamId, tenant } = entry
    if (typeof callId !== 'string' || typeof streamId !== 'string' || typeof tenant !== 'string') return
    const key = `${tenant} ${callId} ${streamId}`
    const calls = this.#calls.get(key) ?? []
    if (kind === 'call-opened') {
      const call = { callId, streamId, tenant, toldAtMs: epochMs, open: new Map() }
      this.#calls.set(key, [...calls, call])
      return
    }
    const call = calls.at(-1)
    if (call === undefined) return
    call.toldAtMs = epochMs
    if (kind === 'call-closed' || kind === 'call-lost') {
      if (calls.length === 1) this.#calls.delete(key)
      else calls.shift()
    } else if (kind === 'step-opened' || kind === 'span-opened') count(call, entry.reason, 1)
    else if (kind === 'step-closed' || kind === 'span-closed') count(call, entry.reason, -1)
  }

  /** Nobody will close them any more: an entry for each, and none of them is open afterwards. */
  lost(reason: CallLost['reason']): CallLost[] {
    const entries = [...this.#calls.values()].flat().map(
      ({ toldAtMs, open, ...ref }): CallLost => ({
        kind: 'call-lost',
        ...ref,
        reason,
        toldAtMs,
        openReasons: [...open.keys()].sort(),
      }),
    )
    this.#calls.clear()
    return entries
  }
}

const count = ({ open }: OpenCall, reason: unknown, by: 1 | -1): void => {
  if (typeof reason !== 'string') return
  const left = (open.get(reason) ?? 0) + by
  if (left > 0) open.set(reason, left)
  else open.delete(reason)
}
