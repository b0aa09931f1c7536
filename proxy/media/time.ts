/** The only conversion between samples and milliseconds. Positions are counts at a clock rate; times are for people. */

/** Samples in `ms` milliseconds, rounded to the nearest. */
export const samplesOf = (ms: number, clockRateHz: number): number => Math.round((ms * clockRateHz) / 1000)

/** Milliseconds that `samples` last. */
export const msOf = (samples: number, clockRateHz: number): number => (samples * 1000) / clockRateHz
