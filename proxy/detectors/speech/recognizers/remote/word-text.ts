/** Longest word; more is no word. A card number with its separators has 23. */
const WORD_CHARACTERS_MAX = 64

/** What stands around a word in a transcript and belongs to no number: '1,200.' keeps its comma and loses its stop. */
const PUNCTUATION = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu

/** The words of a transcript, in lower case, without the punctuation around them. Secret. */
export const wordsOf = (transcript: string): string[] =>
  transcript
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replace(PUNCTUATION, '').slice(0, WORD_CHARACTERS_MAX))
    .filter((word) => word !== '')
