import type { Damage } from './damages.js'

/** Damages of one file in a folder of proxy/. */
export const inFolder =
  (folder: string) =>
  (file: string, damages: readonly Omit<Damage, 'file'>[]): Damage[] =>
    damages.map((damage) => ({ ...damage, file: `${folder}${file}` }))

/** Damages of one file, by its path in proxy/. */
export const inFile = inFolder('')
