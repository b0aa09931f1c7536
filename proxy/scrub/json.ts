/**
 * Card numbers in JSON text, found where a JSON reader would find them: in strings and keys, also when digits are written as
 * \u escapes or when a string holds JSON itself, and in numbers, also with an exponent. Only digits change, each in its
 * place, so that the document keeps its length, its spelling and its validity.
 */
import { scrubCardNumbers } from './pan.js'

/** What hides digits from a plain look at the text: a \u escape, a number with an exponent. */
const hidesDigits = /\\u|(?:^|[[:,\s])-?\d+(?:\.\d+)?[eE]/

const escapeSequence = /\\(?:u([0-9a-fA-F]{4})|(.))/gs
const unitOfString = /\\(?:u[0-9a-fA-F]{4}|.)|./gs

/** How deep JSON inside a string of JSON is followed; jambonz nests two levels. Deeper text is read as plain text. */
const NESTING_MAX = 4

const noKeys: ReadonlySet<string> = new Set()

/**
 * The same JSON text with every card number masked: digits in strings and keys become `*` (`\u002a` where they were
 * escaped), digits of a number become 9, so that it stays one. The value (a string or a number, not an object's contents) of
 * a key in `exemptKeys` stays as it is. Text that is not JSON is treated as the inside of one string. The identical string
 * comes back when nothing is found; length in characters and in UTF-8 bytes never changes. Linear in the length.
 */
export function scrubJsonText(text: string, exemptKeys: ReadonlySet<string> = noKeys): string {
  if (!hidesDigits.test(text) && scrubCardNumbers(text) === text) return text
  return scrubNested(text, exemptKeys, NESTING_MAX) ?? scrubInsideString(text, exemptKeys, 0)
}

/** A document inside `text`, scrubbed; null when there is none. */
function scrubNested(text: string, exemptKeys: ReadonlySet<string>, depth: number): string | null {
  try {
    JSON.parse(text)
  } catch {
    return null
  }
  return scrubTokens(text, exemptKeys, depth)
}

/** Walks the strings and numbers of a valid document. */
function scrubTokens(text: string, exemptKeys: ReadonlySet<string>, depth: number): string {
  let scrubbed = ''
  let copiedTo = 0
  let isExempt = false
  for (let start = startOfToken(text, 0); start < text.length; ) {
    const isString = text[start] === '"'
    const end = isString ? endOfString(text, start) : endOfNumber(text, start)
    const next = startOfToken(text, end)
    const raw = text.slice(start, end)
    const between = text.slice(end, next).trim()
    const isKey = between.startsWith(':')
    if (isKey || !isExempt) {
      const clean = isString
        ? `"${scrubInsideString(raw.slice(1, -1), exemptKeys, depth)}"`
        : scrubNumber(raw)
      scrubbed += text.slice(copiedTo, start) + clean
      copiedTo = end
    }
    isExempt = between === ':' && exemptKeys.has(JSON.parse(raw))
    start = next
  }
  scrubbed += text.slice(copiedTo)
  return scrubbed === text ? text : scrubbed
}

/** Where the next string or number begins, or the end of the text. */
function startOfToken(text: string, from: number): number {
  let at = from
  while (at < text.length && !'"-0123456789'.includes(text[at]!)) at++
  return at
}

/** The index behind the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && '.eE+-0123456789'.includes(text[at]!)) at++
  return at
}

/** A number is masked when its digits, or those of the value that it stands for, are a card number. */
function scrubNumber(raw: string): string {
  const value = String(Number(raw))
  const isClean = scrubCardNumbers(raw) === raw && scrubCardNumbers(value) === value
  return isClean ? raw : raw.replace(/\d/g, '9')
}

/** The inside of a JSON string: read through its escapes, masked in its own spelling. */
function scrubInsideString(raw: string, exemptKeys: ReadonlySet<string>, depth: number): string {
  const plain = raw.includes('\\') ? raw.replace(escapeSequence, unescaped) : raw
  const isNested = depth > 0 && /^\s*[[{]/.test(plain)
  const scrubbed = (isNested ? scrubNested(plain, exemptKeys, depth - 1) : null) ?? scrubCardNumbers(plain)
  if (scrubbed === plain) return raw
  if (plain === raw) return scrubbed
  let i = -1
  return raw.replace(unitOfString, (unit) => {
    i++
    return scrubbed[i] === plain[i] ? unit : spelledLike(unit, scrubbed[i]!)
  })
}

/** The character that an escape stands for; every control character is told as a line feed, which is no separator either. */
const unescaped = (_: string, hex: string | undefined, char: string): string =>
  hex !== undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : 'bfnrt'.includes(char) ? '\n' : char

/** `char` written the way `unit` was: as a \u escape of six characters, or as its own last character. */
const spelledLike = (unit: string, char: string): string =>
  unit.length === 6 ? `\\u00${char.charCodeAt(0).toString(16)}` : unit.slice(0, -1) + char
