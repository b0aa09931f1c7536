// How often ordinary text is taken for something: sentences of everyday calls, and the fortunes of Debian's packages.
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { categories } from '../../../../proxy/detectors/speech/words/categories/category.js'
import { type LanguageName, languageNames } from '../../../../proxy/detectors/speech/words/languages/index.js'
import type { StretchLabel } from '../../../../proxy/detectors/speech/words/stretch.js'
import { hearAll, listenerOf, RATE, said } from '../../../support/speech-words.js'

const everyCategory = Object.fromEntries(categories.map((category) => [category, 'mark' as const]))

/** How many of each were found in a text, of every 1,000 words. */
const alarms = (name: LanguageName, text: string): { words: number; found: Record<string, number> } => {
  const found: Record<string, number> = {}
  let words = 0
  for (const part of text.split(/\n%\n|\n\n/)) {
    const heard = said(spokenOf(part))
    words += heard.length
    const listener = listenerOf({ languages: [name], categories: everyCategory })
    for (const { label, isOnset, track } of hearAll(listener, heard))
      if (isOnset && track === 0) found[kindOf(label)] = (found[kindOf(label)] ?? 0) + 1
  }
  return { words, found }
}

/** What nobody says: digits in print are years of somebody's life, and dashes announce an author. */
const spokenOf = (text: string): string =>
  text
    .replace(/^\s*-+ .*$/gm, '')
    .replace(/\S*\d\S*/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 4000)

const kindOf = (label: StretchLabel): string =>
  label === 'payment-window'
    ? 'windows'
    : (categories as readonly string[]).includes(label)
      ? label
      : 'numbers'

const calls: Readonly<Record<LanguageName, string>> = {
  en: `
    good morning thank you for calling how can i help you today
    i moved house two weeks ago and i have not had a bill for one of the two flats
    could you give me the first line of your address please it is twenty two church road
    the engineer comes between eight and twelve on monday the fourteenth of may
    i was on hold for twenty five minutes and nobody told me that it would be one hundred and twenty pounds
    we have three bins a green one a brown one and a black one
    no one came for the second time and i called at half past nine and again at ten fifteen
    my account has been blocked since nineteen ninety nine or two thousand and one
    that is fine let me check for you one moment please`,
  fr: `
    bonjour merci de votre appel en quoi puis je vous aider
    j ai demenage il y a deux semaines et je n ai recu aucune facture pour un des deux appartements
    le technicien passe entre huit heures et douze heures lundi quatorze mai
    j ai attendu vingt cinq minutes et on m a dit que cela couterait cent vingt euros
    un instant je verifie pour vous nous avons une poubelle verte et une noire
    c est tout neuf il est ne en mille neuf cent quatre vingt cinq`,
  nl: `
    goedemorgen waarmee kan ik u helpen vandaag
    ik ben twee weken geleden verhuisd en heb voor een van de twee woningen geen rekening gehad
    de monteur komt tussen acht en twaalf uur op maandag veertien mei
    ik heb vijfentwintig minuten gewacht en het zou honderdtwintig euro kosten
    een moment ik kijk het even na wij hebben een groene bak en een zwarte`,
  de: `
    guten morgen was kann ich fur sie tun
    ich bin vor zwei wochen umgezogen und habe fur eine der beiden wohnungen noch keine rechnung
    der techniker kommt zwischen acht und zwolf uhr am montag den vierzehnten mai
    ich habe funfundzwanzig minuten gewartet und es sollte hundertzwanzig euro kosten
    einen moment ich schaue nach wir haben eine grune tonne und eine schwarze`,
  es: `
    buenos dias en que puedo ayudarle
    me mude hace dos semanas y no he recibido ningun recibo de uno de los dos pisos
    el tecnico viene entre las ocho y las doce el lunes catorce de mayo
    espere veinticinco minutos y me dijeron que serian ciento veinte euros
    un momento por favor lo compruebo tenemos un cubo verde y otro negro`,
  cy: `
    bore da sut alla i eich helpu chi heddiw
    symudais i dy ddwy wythnos yn ol a does dim bil wedi dod am un o r ddau fflat
    mae r peiriannydd yn dod rhwng wyth o r gloch a hanner dydd
    roeddwn i n aros am ugain munud a dywedon nhw cant ac ugain punt
    un funud os gwelwch yn dda mae gennym ni un bin gwyrdd ac un du`,
}

for (const name of languageNames)
  t.test(`${name}: an everyday call opens no window, and nobody's numbers are silenced`, async (t) => {
    const { found } = alarms(name, calls[name].trim().replaceAll(/\n\s*/g, '\n\n'))
    t.notOk(found['numbers'], 'numbers')
    t.notOk(found['windows'], 'windows')
  })

/** Of the packages fortunes, fortunes-de and fortunes-es: jokes, quotations, definitions. */
const corpora: readonly (readonly [LanguageName, string])[] = [
  ['en', '/usr/share/games/fortunes/people'],
  ['en', '/usr/share/games/fortunes/wisdom'],
  ['de', '/usr/share/games/fortunes/de/zitate'],
  ['es', '/usr/share/games/fortunes/es/proverbios.fortunes'],
]

for (const [name, path] of corpora)
  t.test(
    `of ${path} little is silenced`,
    { skip: existsSync(path) ? false : 'needs the Debian packages fortunes, fortunes-de and fortunes-es' },
    async (t) => {
      const text = readFileSync(path, 'utf8').slice(0, 40_000)
      const { words, found } = alarms(name, text)
      const perThousand = (kind: string): number => ((found[kind] ?? 0) * 1000) / words
      t.comment(`${words} words, ${((words * 2400) / RATE / 3600).toFixed(1)} h: ${JSON.stringify(found)}`)
      t.ok(perThousand('numbers') < 0.2)
      t.ok(perThousand('windows') < 0.05)
    },
  )
