/** The bars of the quality page, each with its figures and whether it is kept. */
import { policySchema } from '../../proxy/policy/options.js'
import { findCorpus } from './corpus.js'
import { heapGrowth, measureCost } from './cost.js'
import { isWatermarkKept, measureFailures } from './failures.js'
import { type Call, type Section, sections } from './generate.js'
import { randomOf, toPcm, voiceLike } from './key-set.js'
import { atRate, isBarKept, measureSection, type Reported, type SectionResult } from './measure.js'
import type { Fork } from './path.js'
import { measureRepeats, measureReturns, measureSilentPackets } from './silence.js'
import { measureTalkOff, type TalkOff } from './talk-off.js'
import type { Tools } from './tools.js'

export interface BarResult {
  readonly id: string
  readonly title: string
  readonly status: 'met' | 'missed' | 'skipped'
  /** What was measured, one thing a line. */
  readonly figures: readonly string[]
}

export interface SuiteResult {
  readonly seed: number
  readonly isQuick: boolean
  readonly bars: readonly BarResult[]
  readonly sections: readonly SectionResult[]
  readonly talkOff: readonly TalkOff[]
}

export interface SuiteOptions {
  readonly seed: number
  readonly isQuick: boolean
  readonly tools: Tools
  /** Told what is being measured. */
  readonly progress: (text: string) => void
}

export const runSuite = (options: SuiteOptions): SuiteResult => {
  const { seed, isQuick, tools, progress } = options
  progress('speech and music that are installed')
  const { recordings, missing } = findCorpus(tools, seed, isQuick ? 0.03 : 1)
  const speech = recordings.find(({ kind }) => kind === 'people')?.pcm ?? null
  const results: SectionResult[] = []
  for (const section of sections(seed, isQuick ? 0.25 : 1, speech)) {
    progress(section.name)
    const result = measureSection(section, tools)
    if (result !== null) results.push(result)
  }
  const talkOff = measureTalkOff(recordings, progress)
  const voice = speech ?? toPcm(voiceLike(60_000, 8_000, randomOf(seed)))
  const bars = [
    nothingLeaks(results),
    hardKeys(results),
    anyFrames(options),
    speechLost(talkOff, missing),
    reports(results, talkOff),
    cost(voice, options),
    failures(voice, options),
    ...opusSilence(voice, options),
  ]
  return { seed, isQuick, bars, sections: results, talkOff }
}

const bar = (id: string, title: string, isMet: boolean | null, figures: readonly string[]): BarResult => ({
  id,
  title,
  status: isMet === null ? 'skipped' : isMet ? 'met' : 'missed',
  figures,
})

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0)

const percent = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`

const nothingLeaks = (results: readonly SectionResult[]): BarResult => {
  const held = results.filter((result) => result.bar === 'clean')
  const keys = sum(held, (result) => result.keys)
  return bar('D1', 'nothing leaks, nobody reads anything', held.every(isBarKept), [
    `${sum(held, (result) => result.leaking)} of ${keys} keys leaking, in ${held.length} sections`,
    `spandsp reads ${hits(held, 'spandspHits')}, multimon-ng ${hits(held, 'multimonHits')}; the oracle is right for ${percent(
      sum(held, (result) => result.oracleRight),
      keys,
    )} (chance: 6.3 %)`,
    ...missedSections(held),
  ])
}

const hits = (results: readonly SectionResult[], of: 'spandspHits' | 'multimonHits'): string =>
  results.some((result) => result[of] === null)
    ? '(not installed)'
    : String(sum(results, (result) => result[of] ?? 0))

const hardKeys = (results: readonly SectionResult[]): BarResult => {
  const held = results.filter((result) => result.bar !== 'clean' && result.bar !== 'none')
  const ofBar = (...bars: readonly Section['bar'][]): SectionResult[] =>
    held.filter((result) => bars.includes(result.bar))
  const leaks = (of: readonly SectionResult[]): string =>
    `${sum(of, (result) => result.leaking)} of ${sum(of, (result) => result.keys)}`
  const misses = (of: readonly SectionResult[]): string =>
    `${sum(of, (result) => result.missed)} of ${sum(of, (result) => result.keys)}`
  return bar('D2', 'twisted, noisy, mixed and lossy keys', held.every(isBarKept), [
    `twist to 12 dB: ${leaks(ofBar('leaks-1%'))} leaking; noise from 2 dB SNR: ${leaks(ofBar('leaks-0'))} leaking`,
    `under speech and babble at +6 dB and more: ${misses(ofBar('misses-0'))} missed; at 0 dB, in entries: ${misses(ofBar('misses-8%'))}`,
    ...['speech', 'babble'].map(
      (name) =>
        `${name} at 0 dB without the hold: ${misses(named(results, `${name}, entry 0 dB above`))} of entries, ${misses(named(results, `${name}, lone key 0 dB above`))} lone keys missed`,
    ),
    `one packet of each key lost: ${leaks(ofBar('lossy'))} leaking, at most ${Math.max(0, ...ofBar('lossy').map((result) => result.worstMs))} ms`,
    ...missedSections(held),
  ])
}

const named = (results: readonly SectionResult[], name: string): SectionResult[] =>
  results.filter((result) => result.name === name)

const missedSections = (results: readonly SectionResult[]): string[] =>
  results
    .filter((result) => !isBarKept(result))
    .map(
      ({ name, keys, leaking, missed, worstMs, oracleRight, spandspHits, multimonHits }) =>
        `missed: ${name}: ${leaking} of ${keys} leaking (${worstMs} ms at most), ${missed} whole; read by oracle ${oracleRight}, spandsp ${spandspHits ?? '-'}, multimon-ng ${multimonHits ?? '-'}`,
    )

/** What every combination of frames, rates and look-back has to hold. */
const ANY_FRAMES_SECTIONS = [
  'clean 50/50 ms',
  'duration 15 ms',
  'level -45 dBm0',
  'bursts of 20 ms at -5 to -45 dBm0',
  'echoes at -50 dBm0, 160 ms later',
]

const anyFrames = ({ seed, isQuick, tools, progress }: SuiteOptions): BarResult => {
  const held = sections(seed + 1, isQuick ? 0.1 : 0.3, null).filter(({ name }) =>
    ANY_FRAMES_SECTIONS.includes(name),
  )
  const variants = everyFork(seed)
  const figures: string[] = []
  let keys = 0
  for (const { name, fork, rateHz } of variants) {
    progress(`frames: ${name}`)
    for (const section of held) {
      const calls = section.calls.map((call: Call) => atRate(call, rateHz))
      const result = measureSection({ ...section, calls }, tools, fork)!
      keys += result.keys
      figures.push(...missedSections([result]).map((line) => `${name}: ${line}`))
    }
  }
  return bar('D3', 'the same with any frames, rates and look-back', figures.length === 0, [
    `${keys} keys in ${variants.length} ways of forking: ${figures.length === 0 ? 'none leaks, none is read' : 'see below'}`,
    ...figures,
  ])
}

interface Variant {
  readonly name: string
  readonly fork: Fork
  readonly rateHz: number
}

const everyFork = (seed: number): Variant[] => {
  const random = randomOf(seed)
  const variant = (
    name: string,
    lookBackMs: number,
    holdBackMs: number,
    nextFrameMs: () => number,
    parts: Partial<Fork> = {},
    rateHz = 8_000,
  ): Variant => ({
    name: `${name}, look-back ${lookBackMs} ms, hold-back ${holdBackMs} ms`,
    rateHz,
    fork: {
      codec: 'pcmu',
      policy: policySchema.parse({
        holdBackMs,
        dtmf: { entryHoldMs: 0 },
        detectors: { dtmf: { reachBackMs: lookBackMs } },
      }),
      nextFrame: () => Math.max(1, Math.round((nextFrameMs() * rateHz) / 1000)),
      ...parts,
    },
  })
  return [
    ...[40, 60].flatMap((lookBackMs) =>
      [10, 20, 30, 60].map((ms) => variant(`${ms} ms frames`, lookBackMs, lookBackMs + 60, () => ms)),
    ),
    variant('10 ms frames', 40, 60, () => 10),
    variant('20 ms frames', 40, 60, () => 20),
    variant('frames of any length to 50 ms', 40, 120, () => 50 * random()),
    variant('frames of any length to 50 ms', 60, 2_500, () => 50 * random()),
    variant('20 ms interleaved', 40, 400, () => 20, { isInterleaved: true }),
    variant('20 ms of A-law', 40, 100, () => 20, { codec: 'pcma' }),
    variant('20 ms of L16 at 16 kHz', 40, 100, () => 20, { codec: 'l16' }, 16_000),
    variant('any frames of L16 at 48 kHz', 40, 100, () => 30 * random(), { codec: 'l16be' }, 48_000),
  ]
}

/** Most masks, seconds, and seconds with the hold after two keys, an hour of people's speech. */
const SPEECH_LOST_MAX = { original: [15, 3, 8], 'telephone band': [40, 8, 20] } as const

const speechLost = (talkOff: readonly TalkOff[], missing: readonly string[]): BarResult => {
  const people = talkOff.filter(({ kind }) => kind === 'people')
  const isKept = people.every(({ band, masksPerHour, secondsPerHour, heldSecondsPerHour }) => {
    const [masks, seconds, heldSeconds] = SPEECH_LOST_MAX[band]
    return masksPerHour <= masks && secondsPerHour <= seconds && heldSecondsPerHour <= heldSeconds
  })
  return bar('D4', 'speech that is lost', people.length === 0 ? null : isKept, [
    ...talkOff.map(
      ({ kind, band, hours, masksPerHour, secondsPerHour, heldSecondsPerHour }) =>
        `${kind}, ${band}, ${hours.toFixed(2)} h: ${masksPerHour.toFixed(1)} masks/h, ${secondsPerHour.toFixed(2)} s/h, with two-key hold ${heldSecondsPerHour.toFixed(2)} s/h`,
    ),
    ...(missing.length > 0 ? [`more with: apt install ${missing.join(' ')}`] : []),
  ])
}

const reports = (results: readonly SectionResult[], talkOff: readonly TalkOff[]): BarResult => {
  const ofKind = (...kinds: readonly Section['reporting'][]): SectionResult[] =>
    results.filter((result) => kinds.includes(result.reporting))
  const accept = ofKind('accept', 'accept-edge')
  const edge = ofKind('accept-edge')
  const rejects = ofKind('reject')
  const bridged = ofKind('no-doubles')
  const [ours, theirs] = [right(accept, 'ours'), right(accept, 'spandsp')]
  const total = sum(accept, (result) => result.keys)
  const reported = sum(rejects, ({ ours }) => ours.right + ours.wrong)
  const doubles = sum(bridged, (result) => result.ours.doubles)
  const falseReports = sum(talkOff, (row) => row.reports)
  const isMet =
    ours >= 0.994 * total &&
    (theirs === null || ours >= theirs) &&
    right(edge, 'ours')! >= 0.9 * sum(edge, (result) => result.keys) &&
    doubles === 0 &&
    reported <= 0.01 * sum(rejects, (result) => result.keys) &&
    falseReports === 0
  return bar('D5', 'digits that are reported', isMet, [
    `${ours} of ${total} accept keys (${percent(ours, total)}); spandsp in the same run: ${theirs ?? '(not installed)'}`,
    `at 1.5 % deviation ${percent(
      right(edge, 'ours')!,
      sum(edge, (result) => result.keys),
    )}`,
    `doubles at interruptions to 10 ms: ${doubles} of ${sum(bridged, (result) => result.keys)} (spandsp ${theirs === null ? '-' : sum(bridged, (result) => result.spandsp!.doubles)})`,
    `reject keys reported: ${reported} of ${sum(rejects, (result) => result.keys)}; false reports in ${sum(talkOff, (row) => row.hours).toFixed(1)} h of talk-off: ${falseReports}`,
  ])
}

const right = <Who extends 'ours' | 'spandsp'>(
  results: readonly SectionResult[],
  who: Who,
): Who extends 'ours' ? number : number | null => {
  const all = results.map((result) => result[who] as Reported | null)
  const total = all.every((reported) => reported !== null) ? sum(all, (reported) => reported!.right) : null
  return total as Who extends 'ours' ? number : number | null
}

/** Garbage collected, a detector's heap may differ by this much, bytes: what the engine itself keeps of an hour. */
const HEAP_GROWTH_MAX = 256 * 1024

const COST_RATIO_MAX = 2.5

const cost = (voice: Int16Array, { isQuick, tools, progress }: SuiteOptions): BarResult => {
  progress('cost')
  const minute = voice.subarray(0, 60 * 8_000)
  const measured = measureCost(tools, minute, isQuick ? 5 : 11)
  const growth = heapGrowth(minute, 3_600)
  const isSmall = growth <= HEAP_GROWTH_MAX
  return bar('D6', 'cost', measured === null ? null : measured.ratio <= COST_RATIO_MAX && isSmall, [
    measured === null
      ? 'spandsp is not installed'
      : `${micros(measured.oursNs)} a second of one track, spandsp ${micros(measured.spandspNs)}: ratio ${measured.ratio.toFixed(1)} (medians of ${measured.rounds} rounds in turn, processor time)`,
    `heap after 1 h of audio: ${isSmall ? 'not grown' : `grown by ${(growth / 1024).toFixed(0)} KB`}`,
  ])
}

const micros = (ns: number): string => `${(ns / 1000).toFixed(0)} µs`

const failures = (voice: Int16Array, { seed, progress }: SuiteOptions): BarResult => {
  progress('failures')
  const results = measureFailures(seed)
  const random = randomOf(seed)
  const isKept = isWatermarkKept(voice.subarray(0, 600 * 8_000), () => 1 + Math.floor(400 * random()))
  return bar('D7', 'what fails, fails closed', isKept && results.every(({ isClosed }) => isClosed), [
    ...results.map(({ name, isClosed }) => `${name}: ${isClosed ? 'silenced' : 'NOT SILENCED'}`),
    `watermark over 10 minutes in frames of any length: ${isKept ? 'never back, no finding before it' : 'BROKEN'}`,
  ])
}

const opusSilence = (voice: Int16Array, { seed, isQuick, tools, progress }: SuiteOptions): BarResult[] => {
  progress('Opus silence')
  const silent = measureSilentPackets(seed, tools)
  const isSilent =
    silent.wrongLength + silent.audible + (silent.audibleToOpusdec ?? 0) + (silent.warnings ?? 0) === 0
  const s1 = bar('S1', 'silent Opus packets', isSilent, [
    `${silent.packets} packets, whole and cut short: ${silent.wrongLength} of the wrong length, ${silent.audible} audible`,
    `opusdec: ${told(silent.audibleToOpusdec, 'all zero', 'AUDIBLE')}; opusinfo: ${told(silent.warnings, 'no warning', 'WARNS')}`,
  ])
  if (tools.opus === null) {
    const skipped = ['libopus is not installed: nothing to encode with']
    return [s1, bar('S2', 'hidden repeats', null, skipped), bar('S3', 'return from silence', null, skipped)]
  }
  const repeats = measureRepeats(seed, isQuick ? 96 : 480, tools)
  const returns = measureReturns(voice.subarray(0, (isQuick ? 60 : 100) * 8_000), tools)
  return [
    s1,
    bar(
      'S2',
      'hidden repeats',
      repeats.every(({ read, keys, padded }) => read <= 0.02 * keys && padded === 0),
      repeats.map(
        ({ frameMs, read, keys, readWithoutRule, padded }) =>
          `${frameMs} ms: ${read} of ${keys} keys read from the first clear packet (${readWithoutRule} without the rule); ${padded} packets with padding`,
      ),
    ),
    bar(
      'S3',
      'return from silence',
      returns.every(({ snrDb, floorDb }) => snrDb.every((db, i) => db >= floorDb[i]!)),
      returns.map(
        ({ name, snrDb }) =>
          `${name}: ${snrDb.map((db) => db.toFixed(1)).join(' / ')} dB at 0-20 / 20-40 / 40-60 / 60-100 / 100-200 ms`,
      ),
    ),
  ]
}

const told = (count: number | null, good: string, bad: string): string =>
  count === null ? '(not installed)' : count === 0 ? good : bad
