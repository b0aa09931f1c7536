/**
 * Digits as recognisers write them: '4111', '4111-1111', '4,111', '07/26', 'qq123456c'; and what they write that is no string of
 * digits: '$45.99', '12:30', '50%', '1st'.
 */

export interface Literal {
  /** Its digits, with letters among them where there are any. */
  readonly digits: string
  /** How many numbers were said, at least: '4111' may have been four, '125' or '2,500' one. */
  readonly weight: number
  /** It says itself that it is an amount, a time, a share. */
  readonly isMeasure: boolean
}

/** Letters before the digits of a document's number, and behind them. */
const LETTERS_MAX = 3

/** What a piece with a digit in it says, or null when it is no number (an ordinal, a name, an address). */
export const literalOf = (piece: string): Literal | null => {
  const isMeasure = /[£$€%]/.test(piece) || /^\d{1,2}[:.h]\d{2}([ap]m)?$/.test(piece) || isDecimal(piece)
  if (/^\d+(st|nd|rd|th|er|ere|eme|e|ste|de|o|a|am|pm)$/.test(piece)) return null
  const digits = piece.replace(/[^\p{L}\d]/gu, '')
  const letters = digits.replace(/\d/g, '').length
  if (letters > LETTERS_MAX || !/\d/.test(digits)) return null
  return { digits, weight: weightOf(piece, digits, letters), isMeasure }
}

const isDecimal = (piece: string): boolean => /^\d{1,3}([.,]\d{3})*[.,]\d{1,2}$|^\d+[.,]\d{1,2}$/.test(piece)

const weightOf = (piece: string, digits: string, letters: number): number => {
  const isCardinal = letters === 0 && (/^\d{1,3}(,\d{3})+$/.test(piece) || /^\d+00$/.test(digits))
  return isCardinal || digits.length <= 3 ? 1 : digits.length - letters
}
