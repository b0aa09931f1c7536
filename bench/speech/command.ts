import type { Command } from 'commander'
import { type PolicyOptions, policySchema } from '../../proxy/policy/options.js'
import { readCorpus, type Secret, type SpeechFile } from './corpus.js'
import { costOf, lagsOf, type Played, play, remainsOf, silencedSeconds, silentSamples } from './measure.js'

/** A line of the table: what, how it came out, and the bar, if there is one. */
interface Row {
  readonly what: string
  readonly measured: string
  readonly bar: string
  readonly isMet: boolean | null
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const policyOf = (speech: object): PolicyOptions =>
  policySchema.parse({ detectors: { speech: { recognizers: { embedded: {} }, ...speech } } })

export const addSpeechCommand = (program: Command): void => {
  program
    .command('speech')
    .description('how much of what must not be stored is silenced, in labelled speech (docs/speech.md)')
    .requiredOption('--corpus <directory>', 'where manifest.json lies')
    .action(({ corpus }: { corpus: string }) => {
      const files = readCorpus(corpus)
      const rows = rowsOf(files)
      for (const { what, measured, bar, isMet } of rows)
        process.stdout.write(
          `${what.padEnd(44)} ${measured.padEnd(44)} ${bar.padEnd(34)} ${isMet === null ? '' : isMet ? 'met' : 'MISSED'}\n`,
        )
    })
}

const rowsOf = (files: readonly SpeechFile[]): readonly Row[] => {
  const calm = policyOf({})
  const played = files.map((file) => ({ file, played: play(file, calm) }))
  const armed = policyOf({ digitsMin: 1 })
  const armedPlayed = files
    .filter(({ secrets }) => secrets.some(({ kind }) => kind === 'cvv'))
    .map((file) => ({ file, played: play(file, armed) }))
  return [
    ...secretRows(played, '', (kind, isHuman) => (kind === 'pan' ? (isHuman ? 0.995 : 0.985) : null)),
    ...secretRows(armedPlayed, ', armed', (kind) => (kind === 'cvv' ? 0.95 : null)).filter(({ what }) =>
      what.startsWith('cvv'),
    ),
    ...talkRows(played),
    ...lagRows(files, calm),
    ...costRows(files),
  ]
}

interface PlayedFile {
  readonly file: SpeechFile
  readonly played: Played
}

const secretRows = (
  played: readonly PlayedFile[],
  suffix: string,
  barOf: (kind: string, isHuman: boolean) => number | null,
): readonly Row[] => {
  const groups = new Map<
    string,
    { secret: Secret; wordSamples: number; silentSamples: number; digitsLeft: number }[]
  >()
  for (const { file, played: call } of played)
    for (const secret of file.secrets) {
      const silent = silentSamples(call.recorded[file.channels.indexOf(secret.channel)]!)
      const name = `${secret.kind}, ${secret.isHuman ? 'people' : 'synthetic'}`
      groups.set(name, [...(groups.get(name) ?? []), { secret, ...remainsOf(secret, silent) }])
    }
  return [...groups].sort().flatMap(([name, items]) => {
    const share =
      items.reduce((sum, item) => sum + item.silentSamples, 0) /
      items.reduce((sum, item) => sum + item.wordSamples, 0)
    const left = items.reduce((sum, item) => sum + item.digitsLeft, 0) / items.length
    const { kind, isHuman } = items[0]!.secret
    const bar = barOf(kind, isHuman)
    const isCard = bar !== null && kind === 'pan'
    return [
      {
        what: `${name}${suffix} (${items.length})`,
        measured: `${percent(share)} silent, ${left.toFixed(2)} digits left`,
        bar: bar === null ? '' : `${percent(bar)}${isCard ? ', 0.1 digits' : ''}`,
        isMet: bar === null ? null : share >= bar && (!isCard || left <= 0.1),
      },
    ]
  })
}

const talkBars: Readonly<Record<string, number>> = { real: 15, synthetic: 150, music: 0 }

const talkRows = (played: readonly PlayedFile[]): readonly Row[] =>
  ['real', 'synthetic', 'music'].flatMap((talk) => {
    const group = played.filter(({ file }) => file.class === 'negative' && file.talk === talk)
    const seconds = group.reduce((sum, { played }) => sum + played.spoken[0]!.length / played.sampleRateHz, 0)
    if (seconds === 0) return []
    const silenced = (3600 / seconds) * group.reduce((sum, { played }) => sum + silencedSeconds(played), 0)
    const bar = talkBars[talk]!
    return {
      what: `talk, ${talk} (${(seconds / 60).toFixed(1)} min)`,
      measured: `${silenced.toFixed(0)} s silenced an hour`,
      bar: `${bar} s an hour`,
      isMet: silenced <= bar,
    }
  })

const lagRows = (files: readonly SpeechFile[], policy: PolicyOptions): readonly Row[] => {
  const lags = files
    .filter(({ class: kind }) => kind === 'digits')
    .flatMap((file) => lagsOf(file, policy))
    .sort((a, b) => a - b)
  const at = (share: number): string => `${Math.round(lags[Math.floor(share * (lags.length - 1))] ?? 0)}`
  return [
    {
      what: `from the first digit until it is known (${lags.length})`,
      measured: `${at(0.5)} ms median, ${at(0.95)} ms 95 %, ${at(1)} ms most`,
      bar: '',
      isMet: null,
    },
  ]
}

const costRows = (files: readonly SpeechFile[]): readonly Row[] => {
  const { tracks, kilobytes } = costOf(files)
  return [
    { what: 'tracks a core listens to', measured: `${tracks}`, bar: '500', isMet: tracks >= 500 },
    { what: 'memory of one', measured: `${kilobytes.toFixed(0)} KiB`, bar: '', isMet: null },
  ]
}
