import type { Command } from 'commander'
import { safePolicy } from '../../proxy/policy/options.js'
import { readCorpus } from './corpus.js'
import { choices, hear, type Tally, type Trial, tryOut } from './thresholds.js'

/** Seconds of talk of people silenced an hour above which a choice is none. */
const PEOPLE_LOST_MAX = 60

export const addThresholdsCommand = (program: Command): void => {
  program
    .command('thresholds')
    .description(
      "Tries thresholds for the spotter's weights (recognizers/embedded/thresholds.ts) on labelled speech, and prints those of which none is " +
        'better in what it finds and in what it loses; figures of the half that they were chosen on, and of the other half.',
    )
    .requiredOption(
      '--corpus <directory>',
      'where manifest.json lies; repeatable',
      (directory: string, before: string[] = []) => [...before, directory],
    )
    .action(({ corpus }: { corpus: readonly string[] }) => {
      const heard = corpus.flatMap(readCorpus).map(hear)
      const trials = choices.map((choice, i) => {
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${i + 1} of ${choices.length}`)
        return tryOut(heard, safePolicy, choice)
      })
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
      for (const trial of frontierOf(trials)) process.stdout.write(`${lineOf(trial)}\n`)
    })
}

/** The best of what is found for what is lost, by the first half: most found first. */
const frontierOf = (trials: readonly Trial[]): readonly Trial[] => {
  const usable = trials.filter(({ halves: [first] }) => !(first.lost[0] > PEOPLE_LOST_MAX))
  const sorted = [...usable].sort((a, b) => foundIn(b.halves[0]) - foundIn(a.halves[0]))
  const frontier: Trial[] = []
  let least = Number.POSITIVE_INFINITY
  for (const trial of sorted) {
    const [, lost] = trial.halves[0].lost
    if (lost >= least) continue
    least = lost
    frontier.push(trial)
  }
  return frontier
}

/** Card numbers, and half as much of codes and of phrases: what of it a corpus has, on average. */
const foundIn = ({ cards, codes, phrases }: Tally): number => {
  const there = [
    ...cards.map((share) => ({ share, weight: 1 })),
    ...[...codes, phrases].map((share) => ({ share, weight: 0.5 })),
  ].filter(({ share }) => !Number.isNaN(share))
  const sum = there.reduce((total, { share, weight }) => total + share * weight, 0)
  return sum / there.reduce((total, { weight }) => total + weight, 0)
}

const lineOf = ({ thresholds: t, halves }: Trial): string =>
  `number ${t.number} sureFrom ${t.sureFrom} sure ${t.sure.toFixed(2)} sureShare ${t.sureShare} suspected ${t.suspected} for ${t.suspectedSteps} | ${halves.map(halfOf).join(' | ')}`

const halfOf = ({ cards, codes, digitsLeft, lost, phrases, falseWindows }: Tally): string => {
  const both = (values: readonly [number, number], digits: number, scale = 1): string =>
    values.map((value) => (Number.isNaN(value) ? '-' : (scale * value).toFixed(digits))).join(' / ')
  return `cards ${both(cards, 1, 100)} % (${digitsLeft.toFixed(2)} left), codes ${both(codes, 1, 100)} %, lost ${both(lost, 0)} s/h, phrases ${(100 * phrases).toFixed(0)} %, ${falseWindows} windows without`
}
