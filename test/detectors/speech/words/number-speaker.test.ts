// A property: whatever number is said, in every way that the speaker knows, the same digits are understood.
import t from 'tap'
import { languageNames } from '../../../../proxy/detectors/speech/words/languages/index.js'
import { speak } from '../../../support/number-speaker.js'
import { rng } from '../../../support/rng.js'
import { bareLimits, digitsSaid, hearAll, listenerOf, said } from '../../../support/speech-words.js'

const NUMBERS = 300
/** Says nothing, and may be heard at the end. */
const fillers = /^(um|euh|eh|ähm|ym)$/

for (const name of languageNames)
  t.test(`${name}: ${NUMBERS} numbers, however they are said, are understood to the digit`, async (t) => {
    const misread: string[] = []
    for (let seed = 0; seed < NUMBERS; seed++) {
      const random = rng(seed)
      const length = 3 + Math.floor(random() * 17)
      const digits = Array.from({ length }, () => Math.floor(random() * 10)).join('')
      const text = speak(name, digits, random)
      const understood = digitsSaid(name, text)
      if (understood !== digits) misread.push(`seed ${seed}: ${text}: ${understood} for ${digits}`)
    }
    t.same(misread, [])
  })

for (const name of languageNames)
  t.test(`${name}: of a card number no word is audible, however it is said`, async (t) => {
    const leaks: string[] = []
    for (let seed = 0; seed < NUMBERS / 6; seed++) {
      const random = rng(seed)
      const digits = Array.from({ length: 16 }, () => Math.floor(random() * 10)).join('')
      const text = speak(name, digits, random)
      const words = said(text)
      const stretches = hearAll(
        listenerOf({ languages: [name], payment: { window: 'off' } }, bareLimits),
        words,
      )
      const audible = words.filter(
        (word) =>
          !fillers.test(word.text) &&
          !stretches.some(
            ({ startSample, endSample }) => startSample <= word.startSample && word.endSample <= endSample,
          ),
      )
      if (audible.length > 0) leaks.push(`seed ${seed}: ${text}: ${audible.map((word) => word.text)}`)
    }
    t.same(leaks, [])
  })
