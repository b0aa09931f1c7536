import type { RecognizerKind } from '../recognizer.js'

/** Every recogniser by its name in the configuration. */
export const recognizers = {} as const satisfies Record<string, RecognizerKind<never>>

export type RecognizerName = keyof typeof recognizers
