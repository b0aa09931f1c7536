/** Plays a section through the proxy and lets everyone at the recording. */
import { policySchema } from '../../proxy/policy/options.js'
import { clearMs, multimonHits, oracleGuess, type Reading, spandspReadings } from './attackers.js'
import type { Call, Key, Section } from './generate.js'
import { randomOf } from './key-set.js'
import { type Fork, type Heard, playThrough } from './path.js'
import { resampled } from './sound.js'
import { bytesOf, type Tools } from './tools.js'

/** What reported the section's keys: how many rightly, how many of those more than once. */
export interface Reported {
  readonly right: number
  readonly doubles: number
  /** Digits at a time when no such key sounded. */
  readonly wrong: number
}

export interface SectionResult {
  readonly name: string
  readonly bar: Section['bar']
  readonly reporting: Section['reporting']
  readonly keys: number
  /** Keys of which a millisecond or more left as it came, and the most of one key, ms. */
  readonly leaking: number
  readonly worstMs: number
  /** Keys that left whole. */
  readonly missed: number
  readonly oracleRight: number
  /** Digits read from the recording; null where the receiver is not installed. */
  readonly spandspHits: number | null
  readonly multimonHits: number | null
  /** What the detector reported of the keys, and what spandsp makes of the same audio unmasked. */
  readonly ours: Reported
  readonly spandsp: Reported | null
}

/** The defaults of a policy without the hold after two keys, which would cover keys that are missed. */
export const strictPolicy = policySchema.parse({ dtmf: { entryHoldMs: 0 } })

/** With it. Nobody listens for spoken numbers in either: what is measured here is keys. */
export const heldPolicy = policySchema.parse({})

export const strictFork: Fork = { codec: 'pcmu', policy: strictPolicy }

/** A call as it was heard, with its keys at the rate of what was heard. */
interface Played {
  readonly heard: Heard
  readonly keys: readonly Key[]
}

/** Null when the section needs an encoder that is not there. */
export const measureSection = (
  section: Section,
  tools: Tools,
  fork: Fork = strictFork,
  seed = 1,
): SectionResult | null => {
  if (section.opus !== undefined && tools.opus === null) return null
  const random = randomOf(seed)
  const forked: Fork = {
    ...fork,
    codec: section.opus !== undefined ? 'opus' : (section.codec ?? fork.codec),
    ...(section.hasHold === true ? { policy: heldPolicy } : {}),
  }
  const played = section.calls.map((call) =>
    section.opus === undefined
      ? playPcm(call, losing(section.lostPackets, call, forked, random))
      : playOpus(call, section.opus, forked, tools),
  )
  return resultOf(section, played, tools)
}

/** The fork with packets lost on the way to the proxy. */
const losing = (
  lostPackets: Section['lostPackets'],
  { keys }: Call,
  fork: Fork,
  random: () => number,
): Fork => {
  if (lostPackets === undefined) return fork
  if (lostPackets === 'one in ten')
    return { ...fork, arrange: (frames) => frames.filter(() => random() >= 0.1) }
  const lostSamples = keys.map(({ startSample, endSample }) =>
    Math.floor(startSample + random() * (endSample - startSample)),
  )
  return {
    ...fork,
    arrange: (frames) =>
      frames.filter(
        ({ startSample, sampleCount }) =>
          !lostSamples.some((lost) => lost >= startSample && lost < startSample + sampleCount),
      ),
  }
}

const playPcm = (call: Call, fork: Fork): Played => ({
  heard: playThrough({ sampleRateHz: call.sampleRateHz, tracks: call.tracks }, fork),
  keys: call.keys,
})

const playOpus = (call: Call, opus: NonNullable<Section['opus']>, fork: Fork, tools: Tools): Played => {
  const { packets, lookahead } = opusPackets(call.tracks[0]!, call.sampleRateHz, opus, tools)
  const heard = playThrough({ packets, channelCount: 1 }, fork)
  const at = (sample: number): number =>
    Math.round(((sample + lookahead) * heard.sampleRateHz) / call.sampleRateHz)
  const keys = call.keys.map((key) => ({
    ...key,
    startSample: at(key.startSample),
    endSample: at(key.endSample),
  }))
  return { heard, keys }
}

export interface OpusSetup {
  readonly bitrate: number
  readonly frameMs: number
  readonly hasFec?: boolean
  readonly application?: 'voip' | 'audio' | 'lowdelay'
}

/** The packets of libopus for mono audio, and by how many samples they come late. */
export const opusPackets = (
  pcm: Int16Array,
  sampleRateHz: number,
  { bitrate, frameMs, hasFec = false, application = 'voip' }: OpusSetup,
  { opus }: Tools,
): { packets: Uint8Array[]; lookahead: number } => {
  const args = ['encode', sampleRateHz, 1, frameMs, bitrate, hasFec ? 1 : 0, application].map(String)
  const { stdout, stderr } = opus!(args, bytesOf(pcm))
  const packets: Uint8Array[] = []
  for (let at = 0; at + 2 <= stdout.length; ) {
    const end = at + 2 + stdout.readUInt16BE(at)
    packets.push(new Uint8Array(stdout.subarray(at + 2, end)))
    at = end
  }
  return { packets, lookahead: Number(stderr) }
}

const resultOf = (section: Section, played: readonly Played[], tools: Tools): SectionResult => {
  const { name, bar, reporting } = section
  const judged = played.flatMap(({ heard, keys }) => keys.map((key) => judgeKey(key, heard)))
  const recorded = joined(played, 'recorded')
  const unmasked = joined(played, 'unmasked')
  return {
    name,
    bar,
    reporting,
    keys: judged.length,
    leaking: judged.filter((key) => key.clearMs >= 1).length,
    worstMs: Math.max(0, ...judged.map((key) => key.clearMs)),
    missed: judged.filter((key) => key.isMissed).length,
    oracleRight: judged.filter((key) => key.isGuessed).length,
    spandspHits: tools.spandsp && spandspReadings(tools, recorded.pcm).length,
    multimonHits: tools.multimon && multimonHits(tools, recorded.pcm),
    ours: reportedOf(
      played.flatMap((each, n) => readingsOf(each, unmasked.starts[n]!)),
      unmasked.keys,
    ),
    spandsp: tools.spandsp && reportedOf(spandspReadings(tools, unmasked.pcm), unmasked.keys),
  }
}

/** Share of a key's sound that has to be clear for it to be missed. */
const MISSED_SHARE = 0.95

const judgeKey = ({ track, startSample, endSample, digit }: Key, heard: Heard) => {
  const recorded = heard.recorded[track]!
  const unmasked = heard.unmasked[track]!
  const rate = heard.sampleRateHz
  const clear = clearMs(recorded, unmasked, startSample, endSample, rate)
  const sounding = clearMs(unmasked, unmasked, startSample, endSample, rate)
  return {
    clearMs: clear,
    isMissed: clear > 0 && clear >= MISSED_SHARE * sounding,
    isGuessed: oracleGuess(recorded, startSample, endSample, rate) === digit,
  }
}

/** Rate of the receivers that attack, Hz. */
const ATTACK_RATE_HZ = 8_000

/** Silence between two calls, samples: a receiver has to see the end of each key. */
const PAUSE_SAMPLES = 800

/** All calls and all tracks one behind the other, and where the first track of each begins. */
const joined = (played: readonly Played[], what: 'recorded' | 'unmasked') => {
  const pieces: Int16Array[] = []
  const starts: number[] = []
  const keys: Key[] = []
  let at = 0
  for (const { heard, keys: ownKeys } of played) {
    starts.push(at)
    const ratio = ATTACK_RATE_HZ / heard.sampleRateHz
    for (const [track, pcm] of heard[what].entries()) {
      const piece = resampled(pcm, heard.sampleRateHz, ATTACK_RATE_HZ)
      for (const key of ownKeys)
        if (key.track === track)
          keys.push({
            ...key,
            startSample: at + key.startSample * ratio,
            endSample: at + key.endSample * ratio,
          })
      pieces.push(piece, new Int16Array(PAUSE_SAMPLES))
      at += piece.length + PAUSE_SAMPLES
    }
  }
  const pcm = new Int16Array(at)
  let to = 0
  for (const piece of pieces) {
    pcm.set(piece, to)
    to += piece.length
  }
  return { pcm, starts, keys }
}

const readingsOf = ({ heard }: Played, start: number): Reading[] => {
  const ratio = ATTACK_RATE_HZ / heard.sampleRateHz
  const trackSamples = resampledLength(heard) + PAUSE_SAMPLES
  return heard.reports.map(({ track, digit, startSample }) => ({
    digit,
    atSample: start + track * trackSamples + startSample * ratio,
  }))
}

const resampledLength = ({ unmasked, sampleRateHz }: Heard): number =>
  Math.floor((unmasked[0]!.length * ATTACK_RATE_HZ) / sampleRateHz)

/** A reading belongs to a key when it lies within it, or this many samples (15 ms) outside: a receiver's block. */
const SLACK_SAMPLES = 120

const reportedOf = (readings: readonly Reading[], keys: readonly Key[]): Reported => {
  const counts = keys.map(() => 0)
  let wrong = 0
  for (const { digit, atSample } of readings) {
    const key = keys.findIndex(
      (key) =>
        key.digit === digit &&
        atSample >= key.startSample - SLACK_SAMPLES &&
        atSample < key.endSample + SLACK_SAMPLES,
    )
    if (key < 0) wrong++
    else counts[key]!++
  }
  return {
    right: counts.filter((n) => n > 0).length,
    doubles: counts.filter((n) => n > 1).length,
    wrong,
  }
}

/** The same call at another rate. */
export const atRate = (call: Call, sampleRateHz: number): Call => {
  const at = (sample: number): number => Math.round((sample * sampleRateHz) / call.sampleRateHz)
  return {
    sampleRateHz,
    tracks: call.tracks.map((pcm) => resampled(pcm, call.sampleRateHz, sampleRateHz)),
    keys: call.keys.map((key) => ({
      ...key,
      startSample: at(key.startSample),
      endSample: at(key.endSample),
    })),
  }
}

/** Whether a section's recording keeps its bar. */
export const isBarKept = (result: SectionResult): boolean => {
  const { bar, keys, leaking, missed, worstMs, oracleRight, spandspHits, multimonHits } = result
  switch (bar) {
    case 'none':
      return true
    case 'clean':
      return (
        leaking <= Math.floor(keys / 1000) &&
        (spandspHits ?? 0) + (multimonHits ?? 0) === 0 &&
        oracleRight <= 0.1 * keys
      )
    case 'leaks-1%':
      return leaking <= 0.01 * keys
    case 'leaks-0':
      return leaking === 0
    case 'misses-0':
      return missed === 0
    case 'misses-8%':
      return missed <= 0.08 * keys
    case 'lossy':
      return leaking <= 0.05 * keys && worstMs <= 6
  }
}
