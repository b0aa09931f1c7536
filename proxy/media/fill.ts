/**
 * What is heard where audio was silenced: nothing, a quiet steady tone, or quiet noise, for recorders that take a long
 * silence for the end of the call.
 */
export const fills = ['silence', 'tone', 'noise'] as const

export type Fill = (typeof fills)[number]
