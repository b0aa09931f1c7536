// Says strings of digits as people read them, in every language: written for the tests alone, and not from the lists that are tested.
import type { LanguageName } from '../../proxy/detectors/speech/words/languages/index.js'

interface Voice {
  readonly ones: string
  readonly tens: string
  /** 20 to 99, of its ten and its unit, which is not 0. */
  sum(ten: string, unit: string, value: number): string
  readonly double: string
  readonly triple: string
  readonly filler: string
  readonly zero: string
}

const voices: Readonly<Record<LanguageName, Voice>> = {
  en: {
    ones: 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
    tens: 'twenty thirty forty fifty sixty seventy eighty ninety',
    sum: (ten, unit) => `${ten}-${unit}`,
    double: 'double',
    triple: 'triple',
    filler: 'um',
    zero: 'oh',
  },
  fr: {
    ones: 'zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf',
    tens: 'vingt trente quarante cinquante soixante septante quatre-vingt nonante',
    sum: (ten, unit, value) => (value % 10 === 1 && value < 80 ? `${ten} et ${unit}` : `${ten}-${unit}`),
    double: 'double',
    triple: 'triple',
    filler: 'euh',
    zero: 'zéro',
  },
  nl: {
    ones: 'nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien',
    tens: 'twintig dertig veertig vijftig zestig zeventig tachtig negentig',
    sum: (ten, unit) => `${unit}${unit.endsWith('e') ? 'ën' : 'en'}${ten}`,
    double: 'dubbel',
    triple: 'driemaal',
    filler: 'eh',
    zero: 'nul',
  },
  de: {
    ones: 'null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn',
    tens: 'zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig',
    sum: (ten, unit) => `${unit === 'eins' ? 'ein' : unit}und${ten}`,
    double: 'doppel',
    triple: 'dreimal die',
    filler: 'ähm',
    zero: 'null',
  },
  es: {
    ones: 'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve',
    tens: 'veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa',
    sum: (ten, unit, value) => (value < 30 ? `veinti${unit}` : `${ten} y ${unit}`),
    double: 'doble',
    triple: 'triple',
    filler: 'eh',
    zero: 'cero',
  },
  cy: {
    ones: 'dim un dau tri pedwar pump chwech saith wyth naw deg un|ar|ddeg deuddeg tri|ar|ddeg pedwar|ar|ddeg pymtheg un|ar|bymtheg dau|ar|bymtheg deunaw pedwar|ar|bymtheg',
    tens: 'dau|ddeg tri|deg pedwar|deg pum|deg chwe|deg saith|deg wyth|deg naw|deg',
    sum: (ten, unit) => `${ten} ${unit}`,
    double: 'dwbl',
    triple: 'triphlyg',
    filler: 'ym',
    zero: 'sero',
  },
}

const wordOf = (list: string, index: number): string => list.split(' ')[index]!.replaceAll('|', ' ')

const spoken = (voice: Voice, value: number): string => {
  if (value < 20) return wordOf(voice.ones, value)
  const ten = wordOf(voice.tens, Math.floor(value / 10) - 2)
  const unit = value % 10
  return unit === 0 ? ten : voice.sum(ten, wordOf(voice.ones, unit), value)
}

/** One way to read the digits: singly and in pairs, repeated ones as such, with pauses and fillers between groups. */
export const speak = (name: LanguageName, digits: string, random: () => number): string => {
  const voice = voices[name]
  const parts: string[] = []
  for (let i = 0; i < digits.length; ) {
    const repeated = /^(\d)\1\1?/.exec(digits.slice(i))?.[0] ?? ''
    const pair = Number(digits.slice(i, i + 2))
    if (repeated.length > 1 && random() < 0.5) {
      parts.push(
        `${repeated.length === 3 ? voice.triple : voice.double} ${wordOf(voice.ones, Number(repeated[0]))}`,
      )
      i += repeated.length
    } else if (digits[i] !== '0' && i + 1 < digits.length && random() < 0.3) {
      // In one breath "twenty", "four" would be twenty-four, and "quatre", "vingt-trois" eighty-three.
      parts.push('...', spoken(voice, pair), '...')
      i += 2
    } else {
      parts.push(digits[i] === '0' ? voice.zero : wordOf(voice.ones, Number(digits[i])))
      i++
      if (random() < 0.1) parts.push(voice.filler, '...')
    }
  }
  return parts.filter((part, i) => part !== '...' || parts[i - 1] !== part).join(' ')
}
