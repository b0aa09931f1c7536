/** Least to most. Nothing below `debug` exists: there is nothing more that a log may say. */
export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const

export type LogLevel = (typeof logLevels)[number]
