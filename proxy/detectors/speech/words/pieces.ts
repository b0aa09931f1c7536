/** One party's words in the order of their times, taken apart: what numbers and phrases are read from. Secret. */
export interface Piece {
  /** Plain (text.ts). */
  readonly text: string
  readonly track: number
  /** Those of the word that it is a part of. */
  readonly startSample: number
  readonly endSample: number
  readonly isFinal: boolean
}

/** The same with every piece taken apart that is written of several words. */
export const splitPieces = (
  pieces: readonly Piece[],
  split: (text: string) => readonly string[],
): readonly Piece[] =>
  pieces.flatMap((piece) => {
    const parts = split(piece.text)
    return parts.length === 1 ? [piece] : parts.map((text) => ({ ...piece, text }))
  })

/** Samples between the end of one and the beginning of another; 0 where they overlap. */
export const gapSamples = (
  before: { readonly endSample: number },
  after: { readonly startSample: number },
): number => Math.max(0, after.startSample - before.endSample)
