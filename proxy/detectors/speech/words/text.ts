/** Words of a recogniser as the lists are written: lower case, no accents, no apostrophes, no punctuation around them. */

/** Longest word that is looked at, characters: longer ones are no word of any list. */
const WORD_CHARACTERS_MAX = 64

/** Letters that no decomposition takes apart. */
const LIGATURES: Readonly<Record<string, string>> = { ß: 'ss', œ: 'oe', æ: 'ae', ø: 'o' }

/** `fünf` is written so in the lists, `fuenf` beside it. */
export const plainText = (text: string): string =>
  text
    .slice(0, WORD_CHARACTERS_MAX)
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .replace(/[ßœæø]/g, (letter) => LIGATURES[letter]!)

/**
 * The pieces of what a recogniser calls a word: split at spaces, and at hyphens where there is no digit ("forty-two" is two,
 * "4111-1111" is one). French elides: "l'arrière" is two as well.
 */
export const piecesOf = (text: string): string[] => {
  const pieces: string[] = []
  for (const part of plainText(text).split(/\s+/)) {
    if (/\d/.test(part)) pieces.push(part.replace(/^[^\p{L}\p{N}£$€]+|[^\p{L}\p{N}%€$£]+$/gu, ''))
    else
      for (const piece of part.replace(/^([cdjlmnst]|qu)['’]/, '$1 ').split(/[^\p{L}'’]+/u))
        pieces.push(piece.replace(/['’]/g, ''))
  }
  return pieces.filter((piece) => piece !== '')
}
