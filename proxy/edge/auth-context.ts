import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../base/clock.js'
import type { AuthContext } from '../dialects/dialect.js'

/** Nonces remembered at once: 10 s of validity at 5,000 connections a second. When it is full, signed requests are refused. */
const NONCES_MAX = 50_000

const seen = new Map<string, number>()

/** False when the nonce was seen before, or when too many are remembered to tell. */
const rememberNonce = (nonce: string, nowMs: number, ttlMs: number): boolean => {
  const known = seen.get(nonce)
  if (known !== undefined && known > nowMs) return false
  if (seen.size >= NONCES_MAX) for (const [old, untilMs] of seen) if (untilMs <= nowMs) seen.delete(old)
  if (seen.size >= NONCES_MAX) return false
  seen.set(nonce, nowMs + ttlMs)
  return true
}

let tell: (nonce: string, ttlMs: number) => void = () => {}

/** Every nonce that is taken here from now on is told, for the other processes of the host to refuse it. */
export const shareNonces = (teller: typeof tell): void => {
  tell = teller
}

/** Another process of the host has taken it. */
export const learnNonce = (clock: Clock, nonce: string, ttlMs: number): void => {
  rememberNonce(nonce, clock.nowMs(), ttlMs)
}

export const authContext = (clock: Clock): AuthContext => ({
  epochMs: clock.epochMs(),
  rememberNonce(nonce, ttlMs) {
    const isNew = rememberNonce(nonce, clock.nowMs(), ttlMs)
    if (isNew) tell(nonce, ttlMs)
    return isNew
  },
  randomBytes: (count) => randomBytes(count),
})

export const randomUuid = (): string => randomUUID()
