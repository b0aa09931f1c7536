/**
 * Check digits of cards and of national identity numbers. They may raise what is believed of a string of digits; nothing is ever
 * let out because one fails: digits are misheard, and left out, and corrected.
 */
import { scrubCardNumbers } from '../../../scrub/pan.js'

const digitsOf = (text: string): number[] => [...text].map(Number)

const weighted = (digits: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, weight, i) => sum + weight * digits[i]!, 0)

/** Whether a card's number begins here: issuer, length, Luhn; what is said behind it in the same breath does not hide it. */
export const isCardNumber = (text: string): boolean => scrubCardNumbers(text) !== text

/** NHS number, 10 digits: weights 10 to 2, modulo 11 (NHS Data Dictionary). */
export const isNhsNumber = (text: string): boolean => {
  if (!/^\d{10}$/.test(text)) return false
  const digits = digitsOf(text)
  const check = 11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)
  return check !== 10 && digits[9] === check % 11
}

/** Burgerservicenummer, 9 digits: weights 9 to 2 and -1, a multiple of 11 ("elfproef"). */
export const isBsn = (text: string): boolean =>
  /^\d{9}$/.test(text) &&
  Number(text) > 0 &&
  weighted(digitsOf(text), [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0

/** French NIR, 15 digits: the last two are 97 less the rest modulo 97; Corsican departments 2A and 2B count as 19 and 18. */
export const isNir = (text: string): boolean => {
  const match = /^([12]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[ab])\d{6})(\d{2})$/.exec(text)
  if (match === null) return false
  const body = match[1]!.replace('2a', '19').replace('2b', '18')
  return 97n - (BigInt(body) % 97n) === BigInt(match[2]!)
}

/** German Steuer-ID, 11 digits, no zero first: ISO/IEC 7064, MOD 11,10. */
export const isSteuerId = (text: string): boolean => {
  if (!/^[1-9]\d{10}$/.test(text)) return false
  const digits = digitsOf(text)
  let product = 10
  for (const digit of digits.slice(0, 10)) product = (((digit + product) % 10 || 10) * 2) % 11
  return digits[10] === (11 - product) % 10
}

const DNI_LETTERS = 'trwagmyfpdxbnjzsqvhlcke'

/** Spanish DNI and NIE: eight digits (of a NIE the first is X, Y or Z) and the letter of their remainder by 23. */
export const isDni = (text: string): boolean => {
  const match = /^([xyz\d]\d{7})([a-z])$/.exec(text)
  if (match === null) return false
  const digits = match[1]!.replace(/^[xyz]/, (letter) => String('xyz'.indexOf(letter)))
  return DNI_LETTERS[Number(digits) % 23] === match[2]
}

/** UK National Insurance number: two letters, six digits, A to D (HMRC's manual NIM39110; no check digit). */
export const isNino = (text: string): boolean => /^[a-ceghj-prstw-z][a-ceghj-nprstw-z]\d{6}[a-d]$/.test(text)

/** Whether the string is the number of a person by its form and check digit, in any of the countries known here. */
export const isNationalId = (text: string): boolean =>
  [isNino, isDni, isNir, isSteuerId, isNhsNumber, isBsn].some((isOne) => isOne(text))
