/**
 * Whether a text that has been sent holds a card number. It is not the scrubber: that one knows issuers and looks through
 * JSON; this one takes any run of 14 to 19 digits that stands by itself, begins as cards do and passes the Luhn check.
 * Telephone numbers (E.164: a plus, or 13 digits and fewer) are none.
 */

/** Digits with single spaces, hyphens or dots between, not part of a word, an address or a longer number. */
const RUN = /(?<![\w.+-])\d(?:[ .-]?\d){13,18}(?![\w@-]|[ .]\d)/g
/** ISO/IEC 7812-1: 2 to 6 are banks' and cards' first digits; instants in ms begin with 1. */
const FIRST = /^[2-6]/

export const holdsCardNumber = (text: string): boolean => {
  for (const [run] of text.matchAll(RUN)) {
    const digits = run.replace(/\D/g, '')
    if (FIRST.test(digits) && luhnSum(digits) % 10 === 0) return true
  }
  return false
}

const luhnSum = (digits: string): number => {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum
}
