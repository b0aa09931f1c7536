import { pino } from 'pino'
import type { LogLevel } from '../base/log-levels.js'

/**
 * Structured lines on standard output. Messages are static texts; fields are ids, counts, durations and codes. Never a
 * digit, a transcript, a payload, or text that a peer sent: callers hand over closed values only.
 */
export interface Log {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

export type LogFields = Readonly<Record<string, string | number | boolean | null>>

/** @param base what every line carries */
export const createLog = (level: LogLevel, base: LogFields | null = null): Log =>
  pino({
    level,
    base,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  })

/** What may be said of a caught error: its stable code, never its text. */
export const errorCodeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : 'UNEXPECTED'
}
