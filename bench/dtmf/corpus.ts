/**
 * What must not be taken for keys: prompts and readings by people, synthetic voices that read card numbers out, and music,
 * all from Debian packages. Whatever is not installed is left out, and named.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { randomOf } from './key-set.js'
import { resampled } from './sound.js'
import { samplesIn, type Tools } from './tools.js'

/** One voice or band, at 8,000 Hz. */
export interface Recording {
  readonly name: string
  readonly kind: 'people' | 'synthetic' | 'music'
  readonly pcm: Int16Array
}

export interface Corpus {
  readonly recordings: readonly Recording[]
  /** Packages that would add to it. */
  readonly missing: readonly string[]
}

const SOUNDS = '/usr/share/asterisk/sounds'
const READINGS = '/usr/share/pocketsphinx/test/data'
const MUSIC = '/usr/share/asterisk/moh'

/** Folders by the package that brings them; every prompt set is one voice. */
const VOICES: readonly (readonly [folder: string, packageName: string])[] = [
  [`${SOUNDS}/en_US_f_Allison`, 'asterisk-core-sounds-en-wav'],
  [`${SOUNDS}/es_MX_f_Allison`, 'asterisk-core-sounds-es-wav'],
  [`${SOUNDS}/fr_CA_f_June`, 'asterisk-core-sounds-fr-wav'],
  [`${SOUNDS}/it_IT_m_Carlo`, 'asterisk-core-sounds-it-wav'],
  [`${SOUNDS}/it_IT_f_Menardi`, 'asterisk-prompt-it-menardi-wav'],
  [`${SOUNDS}/ru_RU_f_IvrvoiceRU`, 'asterisk-core-sounds-ru-wav'],
  [`${SOUNDS}/fr`, 'asterisk-prompt-fr-armelle'],
  [READINGS, 'pocketsphinx-testdata'],
]

/** Prompts that are tones, or nothing. */
const NOT_SPEECH = /silence|beep|tone|monkeys/i

/** Voices of espeak-ng that read numbers out; the variants sound like other people. */
const SPEAKERS = ['en-us', 'en-gb', 'de', 'fr-fr', 'es', 'it', 'pt-br', 'nl', 'pl', 'sv', 'ru', 'tr']
const VARIANTS = ['', '+f2', '+m3', '+f4', '+m7']

/** Everything there is; `share` below 1 takes that part of every recording, from its beginning. */
export const findCorpus = (tools: Tools, seed: number, share: number): Corpus => {
  const { sox } = tools
  const missing: string[] = []
  const recordings: Recording[] = []
  const add = (name: string, kind: Recording['kind'], files: readonly string[]): void => {
    if (sox === null) return
    const wanted = files.slice(0, Math.max(1, Math.ceil(files.length * share)))
    recordings.push({ name, kind, pcm: joined(batches(wanted).map((files) => readSounds(files, tools))) })
  }
  for (const [folder, packageName] of VOICES) {
    const files = soundsUnder(folder)
    if (files.length === 0) missing.push(packageName)
    else add(packageName, 'people', files)
  }
  const songs = soundsUnder(MUSIC)
  if (songs.length === 0) missing.push('asterisk-moh-opsound-wav')
  else add('asterisk-moh-opsound-wav', 'music', songs)
  if (sox === null) missing.push('sox')
  if (tools.espeak === null) missing.push('espeak-ng')
  else recordings.push(...readOut(tools, seed, share))
  return { recordings, missing }
}

/** Sound files by name, links left aside: they lead to the same voices. */
const soundsUnder = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile() && /\.(wav|gsm)$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => !NOT_SPEECH.test(file.slice(folder.length)) && statSync(file).size > 1000)
        .sort()
    : []

/** Files that one program run reads: starting sox for each of thousands would take longer than listening. */
const BATCH = 100

const batches = (files: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(files.length / BATCH) }, (_, n) => files.slice(n * BATCH, (n + 1) * BATCH))

const RAW = ['-t', 'raw', '-r', '8000', '-e', 'signed-integer', '-b', '16', '-c', '1', '-']

/** One behind the other; sox joins only files of one rate, the others are read alone. */
const readSounds = (files: readonly string[], { sox }: Tools): Int16Array => {
  try {
    return samplesIn(sox!(['-V1', ...files, ...RAW]).stdout)
  } catch {
    return joined(files.map((file) => samplesIn(sox!(['-V1', file, ...RAW]).stdout)))
  }
}

/** Card numbers, dates and amounts, in many voices. */
const readOut = ({ espeak }: Tools, seed: number, share: number): Recording[] => {
  const random = randomOf(seed)
  const digits = (count: number): string =>
    Array.from({ length: count }, () => Math.floor(10 * random())).join(' ')
  const speakers = SPEAKERS.flatMap((speaker) => VARIANTS.map((variant) => speaker + variant))
  return speakers.slice(0, Math.ceil(speakers.length * share)).map((speaker) => {
    const text = Array.from({ length: 8 }, () =>
      [digits(4), digits(4), digits(4), digits(4), `${digits(2)} ${digits(2)}`, digits(3)].join(', '),
    ).join('. ')
    const wav = espeak!([
      '-v',
      speaker,
      '-s',
      String(130 + Math.floor(60 * random())),
      '--stdout',
      text,
    ]).stdout
    return {
      name: `espeak-ng ${speaker}`,
      kind: 'synthetic',
      pcm: resampled(samplesIn(wav.subarray(WAV_HEADER_BYTES)), 22_050, 8_000),
    }
  })
}

/** espeak-ng writes the plainest header there is, and 22,050 Hz. */
const WAV_HEADER_BYTES = 44

const joined = (pieces: readonly Int16Array[]): Int16Array => {
  const pcm = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    pcm.set(piece, at)
    at += piece.length
  }
  return pcm
}
