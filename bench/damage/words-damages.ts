import type { Damage } from './damages.js'
import { inFolder } from './in-file.js'

const inFile = inFolder('detectors/speech/words/')

/** Faults in how what is said is understood: what would let a number or a diagnosis pass, or silence a telephone number. */
export const wordsDamages: readonly Damage[] = [
  ...inFile('verdict.ts', [
    {
      name: 'words around a number count in payment mode as well',
      source: 'if (run.isArmed && run.weight >= rules.countMinArmed) return silent',
      replacement: '',
      why: 'a card number that somebody calls a telephone number is kept',
      tests: ['detectors/speech/words/word-listener'],
    },
    {
      name: 'a card number passes as an order number',
      source: 'if (isCardNumber(digits)) return false',
      replacement: '',
      why: 'a card number with a word before it is kept',
      tests: ['detectors/speech/words/word-listener'],
    },
    {
      name: 'a telephone number may have any length',
      source: 'harmless.has(kind) && digits.length <= DIGITS_MAX[kind]',
      replacement: 'harmless.has(kind)',
      why: 'whatever is read behind a telephone number is kept',
      tests: ['detectors/speech/words/word-listener'],
    },
    {
      name: 'no unit is waited for behind a number',
      source: 'return isOver || isPastUnit(run, countMin, rules) ? silent',
      replacement: 'return true ? silent',
      why: 'amounts are silenced',
      tests: ['detectors/speech/words/word-listener'],
    },
  ]),
  ...inFile('runs.ts', [
    {
      name: 'an ordinary word ends a run that is silenced',
      source: 'if (!this.#isWorth(open) && open.strangers.has(track)) {',
      replacement: 'if (open.strangers.has(track)) {',
      why: 'the rest of a number is kept',
      tests: ['detectors/speech/words/word-listener'],
    },
    {
      name: 'letters before a number are no part of it',
      source: 'for (const letter of this.#letters.get(element.track) ?? [])',
      replacement: 'for (const letter of [] as Element[])',
      why: "the letters of a person's number are kept",
      tests: ['detectors/speech/words/word-listener'],
    },
  ]),
  ...inFile('word-listener.ts', [
    {
      name: 'what is undecided is not held back',
      source: "if (verdict.kind === 'pending') held[track] = Math.min(held[track]!, startSample)",
      replacement: '',
      why: 'the first numbers leave before the third is said',
      tests: ['detectors/speech/words/word-listener'],
    },
    {
      name: 'a phrase that may still change closes a window',
      source: 'if (pieces.every(({ isFinal }) => isFinal)) this.#windows.close(startSample, endSample)',
      replacement: 'this.#windows.close(startSample, endSample)',
      why: 'a misheard word opens a payment',
      tests: ['detectors/speech/words/word-listener'],
    },
  ]),
  ...inFile('word-line.ts', [
    {
      name: 'words that have been replaced come back',
      source: 'else if (startSample < this.#finalToSample) return false',
      replacement: '',
      why: 'digits are counted twice, and ordinary numbers are silenced',
      tests: ['detectors/speech/words/word-line'],
    },
    {
      name: 'words are never forgotten',
      source: 'if (this.#words.length > WORDS_MAX) this.#words.shift()',
      replacement: '',
      why: 'a call that talks much takes the memory',
      tests: ['detectors/speech/words/word-line'],
    },
  ]),
  ...inFile('payment-windows.ts', [
    {
      name: 'a closing phrase ends a window that was opened behind it',
      source: 'isIn(window, fromSample, this.#endOf(window)) && window.openedSample <= fromSample',
      replacement: 'isIn(window, fromSample, this.#endOf(window))',
      why: 'a security code asked for behind "that has gone through" is kept',
      tests: ['detectors/speech/words/payment-windows'],
    },
  ]),
  ...inFile('number-reader.ts', [
    {
      name: 'an article is no number beside another',
      source: "return { ...element, kind: isCounted ? 'number' : 'maybe' }",
      replacement: "return { ...element, kind: 'maybe' }",
      why: '"un" and "een" are no digits: card numbers with ones in them are torn',
      tests: ['detectors/speech/words/number-reader'],
    },
  ]),
]
