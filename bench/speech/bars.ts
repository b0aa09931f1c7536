/** What must hold of the spotter with a hold-back of 2.5 s. What a corpus does not have is not judged. */
import type { Cost } from './cost.js'
import type { Row } from './figures.js'
import type { Bar } from './report.js'

/** Digits of a card number that may be heard, on average. */
const DIGITS_LEFT_MAX = 0.1

const secretBars: Readonly<Record<string, { readonly shareMin: number; readonly isCard: boolean }>> = {
  'pan, people': { shareMin: 0.995, isCard: true },
  'pan, synthetic': { shareMin: 0.985, isCard: true },
  'cvv, people, in a payment step': { shareMin: 0.95, isCard: false },
  'cvv, synthetic, in a payment step': { shareMin: 0.95, isCard: false },
  'cvv, people, in a payment step, by what is heard alone': { shareMin: 0.95, isCard: false },
  'cvv, synthetic, in a payment step, by what is heard alone': { shareMin: 0.95, isCard: false },
}

/** Seconds of an hour. */
const lostBars: Readonly<Record<string, number>> = {
  'talk of people': 15,
  'synthetic talk, noisy': 150,
  'music and tones': 0,
}

const TRACKS_PER_CORE_MIN = 500

export const barsOf = (rows: readonly Row[], cost: Cost | null): readonly Bar[] => [
  ...rows.flatMap(secretBarOf),
  ...rows.flatMap(lostBarOf),
  ...(cost === null ? [] : [costBarOf(cost)]),
]

const secretBarOf = ({ what, secrets, silentShare, digitsLeft }: Row): readonly Bar[] => {
  const bar = secretBars[what]
  if (bar === undefined || silentShare === null || digitsLeft === null) return []
  const { shareMin, isCard } = bar
  return [
    {
      what: `${what} (${secrets})`,
      measured: `${(100 * silentShare).toFixed(1)} % silent, ${digitsLeft.toFixed(2)} digits left`,
      bar: `${100 * shareMin} %${isCard ? `, ${DIGITS_LEFT_MAX} digits` : ''}`,
      isMet: silentShare >= shareMin && (!isCard || digitsLeft <= DIGITS_LEFT_MAX),
    },
  ]
}

const lostBarOf = ({ what, minutes, lostSecondsPerHour }: Row): readonly Bar[] => {
  const most = lostBars[what]
  if (most === undefined || lostSecondsPerHour === null) return []
  return [
    {
      what: `${what} (${minutes.toFixed(1)} min)`,
      measured: `${lostSecondsPerHour.toFixed(0)} s lost an hour`,
      bar: `${most} s`,
      isMet: lostSecondsPerHour <= most,
    },
  ]
}

const costBarOf = ({ tracksPerCore, hasKeptUp }: Cost): Bar => ({
  what: 'tracks that a core decodes and listens to',
  measured: `${tracksPerCore}`,
  bar: `${TRACKS_PER_CORE_MIN}`,
  isMet: hasKeptUp && tracksPerCore >= TRACKS_PER_CORE_MIN,
})
