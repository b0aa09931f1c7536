/**
 * Card numbers in text. What counts as one: 13 to 19 ASCII digits, written in one piece or in groups with a single
 * separator between, that begin as an issuer's numbers begin, have a length that this issuer uses, and pass the Luhn check
 * (ISO/IEC 7812-1). A number begins where a group of digits begins; what is glued behind it (an expiry date, a security
 * code) does not hide it. A number that is spread over several strings is not seen: that is what dropping text is for.
 */

/** Thirteen digits or more, single separators between: space, no-break space, hyphen, non-breaking hyphen, dot. */
const digitRun = /\d(?:[ \u00a0\u2011.-]?\d){12,}/g

const DIGIT_ZERO = 0x30
const isDigit = (code: number): boolean => code >= DIGIT_ZERO && code <= 0x39

/** Issuers by their first four digits, and the lengths of their numbers. Sources: ISO/IEC 7812 and the schemes' public ranges. */
const issuers: readonly { low: number; high: number; lengthMin: number; lengthMax: number; step: number }[] =
  [
    { low: 2200, high: 2204, lengthMin: 16, lengthMax: 19, step: 1 }, // Mir
    { low: 2221, high: 2720, lengthMin: 16, lengthMax: 16, step: 1 }, // Mastercard
    { low: 3000, high: 3059, lengthMin: 14, lengthMax: 19, step: 1 }, // Diners Club
    { low: 3095, high: 3095, lengthMin: 14, lengthMax: 19, step: 1 }, // Diners Club
    { low: 3400, high: 3499, lengthMin: 15, lengthMax: 15, step: 1 }, // American Express
    { low: 3528, high: 3589, lengthMin: 16, lengthMax: 19, step: 1 }, // JCB
    { low: 3600, high: 3699, lengthMin: 14, lengthMax: 19, step: 1 }, // Diners Club
    { low: 3700, high: 3799, lengthMin: 15, lengthMax: 15, step: 1 }, // American Express
    { low: 3800, high: 3999, lengthMin: 14, lengthMax: 19, step: 1 }, // Diners Club
    { low: 4000, high: 4999, lengthMin: 13, lengthMax: 19, step: 3 }, // Visa: 13, 16 and 19
    { low: 5000, high: 5099, lengthMin: 13, lengthMax: 19, step: 1 }, // Maestro, Elo, Verve
    { low: 5100, high: 5599, lengthMin: 16, lengthMax: 16, step: 1 }, // Mastercard
    { low: 5600, high: 6999, lengthMin: 13, lengthMax: 19, step: 1 }, // Maestro, Discover, UnionPay, RuPay
    { low: 8100, high: 8299, lengthMin: 16, lengthMax: 19, step: 1 }, // UnionPay, RuPay
    { low: 9792, high: 9792, lengthMin: 16, lengthMax: 16, step: 1 }, // Troy
  ]

/**
 * The same text with the digits of every card number in it masked by `*`: same length in characters and in UTF-8 bytes,
 * separators untouched. The identical string comes back when there is none. Linear in the length of the text.
 */
export function scrubCardNumbers(text: string): string {
  let scrubbed = ''
  let copiedTo = 0
  digitRun.lastIndex = 0
  for (let run = digitRun.exec(text); run !== null; run = digitRun.exec(text)) {
    const masked = maskRun(run[0])
    if (masked === run[0]) continue
    scrubbed += text.slice(copiedTo, run.index) + masked
    copiedTo = run.index + masked.length
  }
  return copiedTo === 0 ? text : scrubbed + text.slice(copiedTo)
}

/** A run of digits and separators with the card numbers in it masked. */
function maskRun(run: string): string {
  const places: number[] = []
  for (let i = 0; i < run.length; i++) if (isDigit(run.charCodeAt(i))) places.push(i)
  const digits = places.map((place) => run.charCodeAt(place) - DIGIT_ZERO)

  let maskedTo = 0
  let chars: string[] | null = null
  for (let start = 0; start + 13 <= digits.length; start++) {
    const isGroupStart = start === 0 || places[start] !== places[start - 1]! + 1
    const end = isGroupStart ? start + cardLength(digits, start) : start
    for (let i = Math.max(start, maskedTo); i < end; i++) {
      chars ??= run.split('')
      chars[places[i]!] = '*'
    }
    maskedTo = Math.max(maskedTo, end)
  }
  return chars === null ? run : chars.join('')
}

/** Length of the longest card number that begins at `start`, or 0. */
function cardLength(digits: readonly number[], start: number): number {
  let prefix = 0
  for (let i = 0; i < 4; i++) prefix = prefix * 10 + digits[start + i]!
  const issuer = issuers.find(({ low, high }) => low <= prefix && prefix <= high)
  if (issuer === undefined) return 0
  for (let length = issuer.lengthMax; length >= issuer.lengthMin; length -= issuer.step) {
    if (start + length <= digits.length && passesLuhn(digits, start, start + length)) return length
  }
  return 0
}

/** ISO/IEC 7812-1 annex B: every second digit from the right is doubled, the sum ends in zero. */
function passesLuhn(digits: readonly number[], start: number, end: number): boolean {
  let sum = 0
  for (let i = end - 1, isDoubled = false; i >= start; i--, isDoubled = !isDoubled) {
    const digit = digits[i]!
    sum += isDoubled ? (digit < 5 ? digit * 2 : digit * 2 - 9) : digit
  }
  return sum % 10 === 0
}
