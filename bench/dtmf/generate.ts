/**
 * Every kind of key that the conformance suite plays, from a seed: what the audio is, and where each key lies in it. The
 * digits are for those who attack the recording; the proxy never hears of them.
 */
import {
  addKey,
  addNoise,
  amplitudeOf,
  KEYPAD,
  type KeyPress,
  randomOf,
  toPcm,
  voiceLike,
} from './key-set.js'
import { activeRms } from './sound.js'

/** Where a key sounds, as half-open samples of one track. */
export interface Key {
  readonly track: number
  readonly startSample: number
  readonly endSample: number
  readonly digit: string
}

/** One call: its audio by track, and the keys in it; echoes count as keys. */
export interface Call {
  readonly sampleRateHz: number
  readonly tracks: readonly Int16Array[]
  readonly keys: readonly Key[]
}

/** Which bar a section is held to; 'none' is measured and told only. */
export type Bar =
  | 'none'
  /** Nothing leaks, and nobody reads anything. */
  | 'clean'
  /** At most one key in a hundred leaks. */
  | 'leaks-1%'
  | 'leaks-0'
  /** No key is missed as a whole. */
  | 'misses-0'
  | 'misses-8%'
  /** At most 5 % of the keys leak, and none more than 6 ms. */
  | 'lossy'

/** What a receiver has to make of the section's keys: report them, report none of them, report none twice. */
export type Reporting = 'accept' | 'accept-edge' | 'reject' | 'no-doubles' | 'none'

export interface Section {
  readonly name: string
  readonly bar: Bar
  readonly reporting: Reporting
  readonly calls: readonly Call[]
  /** What the network loses before the proxy; one in ten may leave less of a key than the shortest burst. */
  readonly lostPackets?: 'one of each key' | 'one in ten'
  /** Opus on the wire: what the encoder is asked for. */
  readonly opus?: { readonly bitrate: number; readonly frameMs: number }
  readonly codec?: 'pcmu' | 'pcma'
  /** Played with the safe policy, whose hold after two keys covers what is missed inside an entry; else without it. */
  readonly hasHold?: boolean
}

/** Speech to lay over keys, at 8,000 Hz. */
export type Speech = Int16Array

/** Silence in front of a key and behind it, ms. */
const LEAD_MS = 100
const TAIL_MS = 200

type Random = () => number

/** What is mixed to a key's audio; `press` tells the key's level. */
type Dress = (audio: Float64Array, sampleRateHz: number, random: Random) => void

/** The whole suite. `share` of 1 is a full run, less plays fewer keys of every section, 16 at least. */
export const sections = (seed: number, share: number, speech: Speech | null): Section[] => {
  const random = randomOf(seed)
  const count = (full: number): number => Math.max(16, Math.round((full * share) / 16) * 16)
  const voice = speech ?? toPcm(voiceLike(60_000, 8_000, random))
  return [
    ...clean(count, random),
    ...deviations(count, random),
    ...twists(count, random),
    ...levels(count, random),
    ...durations(count, random),
    ...bursts(count, random),
    ...gaps(count, random),
    ...noises(count, random),
    ...mixes(count, random, voice),
    ...transcodes(count, random),
    ...losses(count, random),
    ...echoes(count, random),
    held(random),
  ]
}

type Count = (full: number) => number

const clean = (count: Count, random: Random): Section[] => [
  section('clean 50/50 ms', 'clean', 'accept', [entry(count(160), 50, 50, random)]),
  section(
    '16-digit entries',
    'clean',
    'accept',
    times(count(160) / 16, () =>
      entry(16, 45 + 60 * random(), 45 + 80 * random(), random, { levelDbm0: -6 - 18 * random() }),
    ),
  ),
  section(
    '16-digit entries on 2 tracks',
    'clean',
    'none',
    times(count(80) / 16, () => inStereo(entry(16, 50 + 50 * random(), 50 + 50 * random(), random))),
  ),
]

const deviations = (count: Count, random: Random): Section[] =>
  [0.5, 1, 1.5, 1.8, 2.5, 3.5, 4, 5].map((percent) =>
    section(
      `deviation ${percent} %`,
      percent <= 1.8 ? 'clean' : 'none',
      percent < 1.5 ? 'accept' : percent === 1.5 ? 'accept-edge' : percent >= 3.5 ? 'reject' : 'none',
      alone(count(96), random, (n) => ({ deviation: (n & 16 ? percent : -percent) / 100 })),
    ),
  )

const twists = (count: Count, random: Random): Section[] =>
  [-14, -12, -10, -8, -6, -4, -2, 2, 4, 6, 8, 10, 12].map((twistDb) =>
    section(
      `twist ${twistDb} dB`,
      Math.abs(twistDb) <= 12 ? 'leaks-1%' : 'none',
      twistDb >= -8 && twistDb <= 4 ? 'accept' : 'none',
      alone(count(64), random, () => ({ twistDb })),
    ),
  )

const levels = (count: Count, random: Random): Section[] =>
  [-3, -5, -10, -20, -25, -30, -35, -40, -45, -50, -60].map((levelDbm0) =>
    section(
      `level ${levelDbm0} dBm0`,
      levelDbm0 <= -5 && levelDbm0 >= -45 ? 'clean' : 'none',
      levelDbm0 >= -25 ? 'accept' : levelDbm0 === -60 ? 'reject' : 'none',
      alone(count(64), random, () => ({ levelDbm0 })),
    ),
  )

const durations = (count: Count, random: Random): Section[] =>
  [10, 12, 15, 18, 20, 23, 25, 30, 35, 40, 50, 70, 100].map((durationMs) =>
    section(
      `duration ${durationMs} ms`,
      durationMs >= 15 ? 'clean' : 'none',
      durationMs >= 40 ? 'accept' : durationMs <= 20 ? 'reject' : 'none',
      alone(count(64), random, () => ({ durationMs })),
    ),
  )

/** Short and faint at once: what is left of a key when a gateway turns it into an event. */
const bursts = (count: Count, random: Random): Section[] =>
  [15, 20, 30].map((durationMs) =>
    section(
      `bursts of ${durationMs} ms at -5 to -45 dBm0`,
      'clean',
      'none',
      alone(count(96), random, () => ({ durationMs, levelDbm0: -5 - 40 * random() })),
    ),
  )

const gaps = (count: Count, random: Random): Section[] => [
  ...[30, 40, 50, 70].map((gapMs) =>
    section(`gap ${gapMs} ms`, 'clean', gapMs >= 50 ? 'accept' : 'none', [
      entry(count(64), 50, gapMs, random),
    ]),
  ),
  ...[5, 8, 10, 20].map((interruptionMs) =>
    section(
      `interruption ${interruptionMs} ms`,
      'clean',
      interruptionMs <= 10 ? 'no-doubles' : 'none',
      alone(count(32), random, () => ({ interruptionMs, durationMs: 80 + interruptionMs })),
    ),
  ),
]

const noises = (count: Count, random: Random): Section[] => [
  ...[20, 15, 12, 10, 8, 6, 4, 2, 0].map((snrDb) =>
    section(
      `noise, SNR ${snrDb} dB`,
      snrDb >= 2 ? 'leaks-0' : 'none',
      snrDb >= 12 ? 'accept' : 'none',
      alone(
        count(64),
        random,
        () => ({}),
        (audio, _, random) => addNoise(audio, PAIR_LEVEL_DBM0 - snrDb, random),
      ),
    ),
  ),
  ...[12, 9, 6, 3, 0].map((overDb) =>
    section(
      `US dial tone, key ${overDb} dB above`,
      'none',
      'none',
      alone(
        count(32),
        random,
        () => ({}),
        (audio, rate) => addDialTone(audio, -15 - overDb, rate),
      ),
    ),
  ),
]

const mixes = (count: Count, random: Random, speech: Speech): Section[] => {
  const babble = babbleOf(speech, random)
  const mix = (name: string, over: Speech): Section[] =>
    [9, 6, 3, 0, -3].flatMap((overDb) => {
      const dress: Dress = (audio, _, random) => addSpeech(audio, over, overDb, random)
      const keys = count(64)
      const entries = times(keys / 16, () => entry(16, 50, 100 + 100 * random(), random, {}, 8_000, dress))
      return [
        {
          ...section(
            `${name}, entry ${overDb} dB above, two-key hold`,
            overDb >= 6 ? 'misses-0' : overDb === 0 ? 'misses-8%' : 'none',
            'none',
            entries,
          ),
          hasHold: true,
        },
        section(`${name}, entry ${overDb} dB above`, overDb >= 6 ? 'misses-0' : 'none', 'none', entries),
        section(
          `${name}, lone key ${overDb} dB above`,
          overDb >= 6 ? 'misses-0' : 'none',
          'none',
          alone(keys, random, () => ({}), dress),
        ),
      ]
    })
  return [...mix('speech', speech), ...mix('babble', babble)]
}

const transcodes = (count: Count, random: Random): Section[] => [
  ...(['pcmu', 'pcma'] as const).map((codec) => ({
    ...section(`G.711 ${codec}`, 'clean', 'accept', alone(count(96), random, varied(random))),
    codec,
  })),
  ...[12, 16, 24, 32].map((kbps) => ({
    ...section(`Opus ${kbps} kbit/s, 20 ms`, 'clean', 'accept', [
      entry(count(96), 50, 90, random, {}, 48_000),
    ]),
    opus: { bitrate: kbps * 1000, frameMs: 20 },
  })),
  ...[10, 40, 60].map((frameMs) => ({
    ...section(`Opus 24 kbit/s, ${frameMs} ms`, 'clean', 'none', [
      entry(count(96), 50, 150, random, {}, 48_000),
    ]),
    opus: { bitrate: 24_000, frameMs },
  })),
]

const losses = (count: Count, random: Random): Section[] =>
  [60, 80].flatMap((durationMs) =>
    (['one of each key', 'one in ten'] as const).map((lostPackets) => ({
      ...section(
        `20 ms packets lost, ${lostPackets}, ${durationMs} ms keys`,
        lostPackets === 'one of each key' ? 'lossy' : 'none',
        'none',
        alone(count(96), random, () => ({ durationMs })),
      ),
      lostPackets,
    })),
  )

const echoes = (count: Count, random: Random): Section[] =>
  [-20, -30, -40, -50].flatMap((levelDbm0) =>
    [80, 160, 250].map((delayMs) =>
      section(
        `echoes at ${levelDbm0} dBm0, ${delayMs} ms later`,
        'clean',
        'none',
        times(count(16), (n) => echoing(KEYPAD[n % 16]!, levelDbm0, delayMs, random)),
      ),
    ),
  )

const held = (random: Random): Section =>
  section(
    'keys held for 1 to 4 s',
    'clean',
    'none',
    times(16, (n) => single({ key: KEYPAD[n]!, durationMs: [1000, 1500, 2500, 4000][n & 3]! }, random)),
  )

/** Row and column together, when the stronger tone is at -15 dBm0 and there is no twist. */
const PAIR_LEVEL_DBM0 = -12

const section = (name: string, bar: Bar, reporting: Reporting, calls: readonly Call[]): Section => ({
  name,
  bar,
  reporting,
  calls,
})

const times = <T>(count: number, of: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => of(n))

/** Every digit equally often, each the first of its call: nothing before it warns the detector. */
const alone = (
  count: number,
  random: Random,
  press: (n: number) => Partial<KeyPress>,
  dress?: Dress,
): Call[] => times(count, (n) => single({ key: KEYPAD[n % 16]!, ...press(n) }, random, dress))

/** A call of one key, which begins at any sample. */
const single = (
  { key = '5', durationMs = 50, ...press }: Partial<KeyPress>,
  random: Random,
  dress?: Dress,
  sampleRateHz = 8_000,
): Call => {
  const startMs = LEAD_MS + 40 * random()
  return call(
    [{ ...press, key, startMs, durationMs }],
    startMs + durationMs + TAIL_MS,
    sampleRateHz,
    random,
    dress,
  )
}

/** Keys of one entry, every digit equally often, in any order. */
const entry = (
  count: number,
  durationMs: number,
  gapMs: number,
  random: Random,
  press: Partial<KeyPress> = {},
  sampleRateHz = 8_000,
  dress?: Dress,
): Call => {
  const leadMs = LEAD_MS + 20 * random()
  const digits = shuffled(
    times(count, (n) => KEYPAD[n % 16]!),
    random,
  )
  const presses = digits.map((key, n) => ({
    ...press,
    key,
    durationMs,
    startMs: leadMs + n * (durationMs + gapMs),
  }))
  return call(presses, leadMs + count * (durationMs + gapMs) + TAIL_MS, sampleRateHz, random, dress)
}

const call = (
  presses: readonly KeyPress[],
  lengthMs: number,
  sampleRateHz: number,
  random: Random,
  dress?: Dress,
): Call => {
  const audio = new Float64Array(Math.ceil((lengthMs * sampleRateHz) / 1000))
  for (const press of presses) addKey(audio, press, sampleRateHz, random)
  dress?.(audio, sampleRateHz, random)
  return { sampleRateHz, tracks: [toPcm(audio)], keys: presses.map((press) => keyOf(press, 0, sampleRateHz)) }
}

/** Exactly the samples that addKey() writes. */
const keyOf = ({ key, startMs, durationMs }: KeyPress, track: number, sampleRateHz: number): Key => ({
  track,
  digit: key,
  startSample: Math.ceil((startMs * sampleRateHz) / 1000),
  endSample: Math.ceil(((startMs + durationMs) * sampleRateHz) / 1000),
})

/** Keys of 60 ms with time between them, every digit equally often. */
export const spacedKeys = (seed: number, count: number, sampleRateHz: number): Call =>
  entry(count, 60, 240, randomOf(seed), {}, sampleRateHz)

/** The same call with a second, silent track. */
const inStereo = ({ tracks, ...rest }: Call): Call => ({
  ...rest,
  tracks: [tracks[0]!, new Int16Array(tracks[0]!.length)],
})

/** A key that comes back on its own track (near) and on the other one (far). */
const echoing = (key: string, levelDbm0: number, delayMs: number, random: Random): Call => {
  const press: KeyPress = { key, startMs: LEAD_MS + 40 * random(), durationMs: 60, levelDbm0: -10 }
  const echo: KeyPress = { ...press, startMs: press.startMs + delayMs, levelDbm0 }
  const samples = (press.startMs + delayMs + press.durationMs + TAIL_MS) * 8
  const tracks = [[press, echo], [echo]].map((presses) => {
    const audio = new Float64Array(Math.ceil(samples))
    for (const each of presses) addKey(audio, each, 8_000, random)
    return toPcm(audio)
  })
  return {
    sampleRateHz: 8_000,
    tracks,
    keys: [keyOf(press, 0, 8_000), keyOf(echo, 0, 8_000), keyOf(echo, 1, 8_000)],
  }
}

/** Levels, twists and durations as telephones send them. */
const varied = (random: Random) => (): Partial<KeyPress> => ({
  levelDbm0: -6 - 18 * random(),
  twistDb: -6 + 9 * random(),
  durationMs: 45 + 50 * random(),
  deviation: 0.01 * (2 * random() - 1),
})

/** 350 and 440 Hz, each at `levelDbm0`. */
const addDialTone = (audio: Float64Array, levelDbm0: number, sampleRateHz: number): void => {
  const peak = amplitudeOf(levelDbm0)
  for (let i = 0; i < audio.length; i++)
    for (const hz of [350, 440]) audio[i]! += peak * Math.sin((2 * Math.PI * hz * i) / sampleRateHz)
}

/** Any stretch of the speech, so loud that the key's power is `overDb` above its active level. */
const addSpeech = (audio: Float64Array, speech: Speech, overDb: number, random: Random): void => {
  const at = Math.floor(random() * (speech.length - audio.length))
  const piece = speech.subarray(at, at + audio.length)
  const keyRms = amplitudeOf(PAIR_LEVEL_DBM0) / Math.SQRT2
  const gain = (keyRms * 10 ** (-overDb / 20)) / Math.max(1, activeRms(piece, 8_000))
  for (let i = 0; i < audio.length; i++) audio[i]! += gain * piece[i]!
}

/** Six voices at once: the speech laid over itself. */
const babbleOf = (speech: Speech, random: Random): Speech => {
  const length = Math.min(speech.length, 60 * 8_000)
  const sum = new Float64Array(length)
  for (let voice = 0; voice < 6; voice++) {
    const at = Math.floor(random() * speech.length)
    for (let i = 0; i < length; i++) sum[i]! += speech[(at + i) % speech.length]! / 2
  }
  return toPcm(sum)
}

const shuffled = <T>(items: T[], random: Random): T[] => {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const item = items[i]!
    items[i] = items[j]!
    items[j] = item
  }
  return items
}
