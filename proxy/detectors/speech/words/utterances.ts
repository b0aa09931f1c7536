/**
 * What is said between two pauses, as far as a special category makes it sensitive: from a while before the word that gives it
 * away to the pause behind it, within bounds.
 */
import type { Category } from './categories/category.js'
import type { Piece } from './pieces.js'

export interface UtteranceLimits {
  readonly pauseSamples: number
  readonly beforeSamples: number
  readonly afterSamples: number
}

/** Where a category was given away. */
export interface Hint {
  readonly category: Category
  readonly track: number
  readonly startSample: number
  readonly endSample: number
}

export interface Utterance {
  readonly startSample: number
  /** Of its last word, or of what has been heard while no pause has ended it; within the bound. */
  readonly endSample: number
  readonly isOver: boolean
}

/** The utterance around a hint, as far as it has been heard. */
export const utteranceAround = (
  hint: Hint,
  pieces: readonly Piece[],
  heardToSample: number,
  { pauseSamples, beforeSamples, afterSamples }: UtteranceLimits,
): Utterance => {
  let startSample = hint.startSample
  let endSample = hint.endSample
  for (let i = pieces.length - 1; i >= 0; i--) {
    const piece = pieces[i]!
    if (piece.startSample < startSample && startSample - piece.endSample < pauseSamples)
      startSample = piece.startSample
  }
  for (const piece of pieces)
    if (piece.endSample > endSample && piece.startSample - endSample < pauseSamples)
      endSample = piece.endSample
  const lastSample = hint.endSample + afterSamples
  const isOver = endSample >= lastSample || heardToSample >= endSample + pauseSamples
  return {
    startSample: Math.max(startSample, hint.startSample - beforeSamples),
    endSample: Math.min(lastSample, isOver ? endSample : Math.max(endSample, heardToSample)),
    isOver,
  }
}

/** Where the utterance begins that is still going on, or Infinity when nobody is speaking. */
export const currentUtteranceStart = (
  pieces: readonly Piece[],
  heardToSample: number,
  pauseSamples: number,
): number => {
  let startSample = Infinity
  let nextSample = heardToSample
  for (let i = pieces.length - 1; i >= 0; i--) {
    const piece = pieces[i]!
    if (nextSample - piece.endSample >= pauseSamples) break
    startSample = Math.min(startSample, piece.startSample)
    nextSample = startSample
  }
  return startSample
}
