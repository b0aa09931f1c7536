/** Opus silence: is it silent to every decoder (S1), does a packet after it repeat what was hidden (S2), how rough is the return (S3)? */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AudioDecoder } from '../../proxy/codecs/codec.js'
import { opus } from '../../proxy/codecs/opus/opus.js'
import { OpusPacket } from '../../proxy/codecs/opus/packet.js'
import { oracleGuess } from './attackers.js'
import { spacedKeys } from './generate.js'
import { randomOf } from './key-set.js'
import { type OpusSetup, opusPackets, strictPolicy } from './measure.js'
import { oggOpus } from './ogg.js'
import { playThrough } from './path.js'
import { meanSquare, resampled } from './sound.js'
import { samplesIn, type Tools } from './tools.js'

const ALL = [{ channel: null, startSample: 0, endSample: 1 }] as const
const FRAME_SAMPLES = [480, 960, 1920, 2880]

const frameSamples = (config: number): number =>
  config >= 16 ? 120 << (config & 3) : config >= 12 ? 480 << (config & 1) : FRAME_SAMPLES[config & 3]!

export interface SilentPackets {
  readonly packets: number
  /** Of another duration than what they replace. */
  readonly wrongLength: number
  /** Not decoded to zeros: by opus-decoder, and by opusdec (null when it is not there). */
  readonly audible: number
  readonly audibleToOpusdec: number | null
  /** Whether opusinfo warns; null when it is not there. */
  readonly warnings: number | null
}

/** Every configuration, mono and stereo, of 1 to 48 frames, in every framing, whole and cut short. */
export const measureSilentPackets = (seed: number, tools: Tools): SilentPackets => {
  const random = randomOf(seed)
  const silencer = opus.createSilencer(FORMAT)
  const reader = new OpusPacket()
  const decoder = opus.createDecoder(FORMAT)
  const silent: Uint8Array[] = []
  let [wrongLength, audible] = [0, 0]
  for (const packet of everyPacket(random)) {
    reader.read(packet)
    const samples = reader.sampleCount
    const after = silencer.apply(packet.slice(), ALL).slice()
    if (!reader.read(after) || reader.sampleCount !== samples) wrongLength++
    if (!isSilent(decoder, after)) audible++
    silent.push(after)
  }
  decoder.close()
  return {
    packets: silent.length,
    wrongLength,
    audible,
    audibleToOpusdec: tools.opusdec && audibleToOpusdec(silent, tools),
    warnings: tools.opusinfo && warningsAbout(silent, tools),
  }
}

const FORMAT = { codec: 'opus', clockRateHz: 48_000, channelCount: 2 } as const

const target = new Int16Array(2 * 5760)

const isSilent = (decoder: AudioDecoder, packet: Uint8Array): boolean => {
  const count = decoder.decodeInto(packet, target)
  return meanSquare(target, 0, 2 * count) === 0
}

/** Packets of random bytes in every framing that RFC 6716 knows; of each, one that is cut short. */
function* everyPacket(random: () => number): Generator<Uint8Array> {
  for (let config = 0; config < 32; config++)
    for (const stereo of [0, 4])
      for (let count = 1; count <= 48 && count * frameSamples(config) <= 5_760; count++)
        for (const head of heads((config << 3) | stereo, count)) {
          const packet = Uint8Array.from([...head, ...bytes(12 * count, random)])
          yield packet
          yield packet.subarray(0, head.length + Math.floor(random() * 4))
        }
}

/** TOC and sizes of `count` frames of 12 bytes. */
const heads = (toc: number, count: number): number[][] => [
  ...(count === 1 ? [[toc]] : []),
  ...(count === 2 ? [[toc | 1], [toc | 2, 12]] : []),
  [toc | 3, count],
  [toc | 3, 0x80 | count, ...Array<number>(count - 1).fill(12)],
]

const bytes = (count: number, random: () => number): number[] =>
  Array.from({ length: count }, () => Math.floor(256 * random()))

const audibleToOpusdec = (silent: readonly Uint8Array[], tools: Tools): number => {
  const file = oggFile(silent, tools)
  const { stdout } = tools.opusdec!(['--quiet', '--no-dither', '--rate', '48000', file, '-'])
  return samplesIn(stdout.subarray(44)).some((sample) => sample !== 0) ? 1 : 0
}

/** opusinfo ends with an error when it has warned of anything. */
const warningsAbout = (silent: readonly Uint8Array[], tools: Tools): number => {
  try {
    tools.opusinfo!([oggFile(silent, tools)])
    return 0
  } catch {
    return 1
  }
}

const oggFile = (silent: readonly Uint8Array[], { folder }: Tools): string => {
  const file = join(folder, 'silent.opus')
  writeFileSync(
    file,
    oggOpus(
      silent,
      silent.map((packet) => (reader.read(packet) ? reader.sampleCount : 0)),
    ),
  )
  return file
}

export interface RepeatResult {
  readonly frameMs: number
  readonly keys: number
  /** Keys read from the first packet that passed behind them, and from that which would have without the rule. */
  readonly read: number
  readonly readWithoutRule: number
  /** Packets that passed with padding. */
  readonly padded: number
}

/** Streams with in-band error correction, attacked by a decoder that has heard nothing. */
export const measureRepeats = (seed: number, keys: number, tools: Tools): RepeatResult[] =>
  [20, 40, 60].map((frameMs) => {
    const call = spacedKeys(seed, keys, 16_000)
    const { packets, lookahead } = opusPackets(
      call.tracks[0]!,
      16_000,
      { bitrate: 24_000, frameMs, hasFec: true },
      tools,
    )
    const { payloads } = playThrough({ packets, channelCount: 1 }, { codec: 'opus', policy: strictPolicy })
    const samples = (16_000 * frameMs) / 1000
    const masked = payloads.map((payload) => payload[0]! >> 3 >= 16)
    const behind = call.keys.map(({ endSample, digit }) => {
      const last = Math.floor((endSample + lookahead - 1) / samples)
      const firstClear = masked.indexOf(false, last)
      return { digit, without: packets[last + 1]!, clear: payloads[firstClear]! }
    })
    const digits = behind.map(({ digit }) => digit)
    return {
      frameMs,
      keys,
      read: readFrom(
        behind.map(({ clear }) => clear),
        digits,
        frameMs,
        tools,
      ),
      readWithoutRule: readFrom(
        behind.map(({ without }) => without),
        digits,
        frameMs,
        tools,
      ),
      padded: payloads.filter((payload) => reader.read(payload) && reader.hasPadding).length,
    }
  })

const reader = new OpusPacket()

/** Softer than this, mean square, there is nothing to read. */
const AUDIBLE = 10 ** 2

/** How many digits stand out in the repeated frame that each packet carries. */
const readFrom = (
  packets: readonly Uint8Array[],
  digits: readonly string[],
  frameMs: number,
  { opus }: Tools,
): number => {
  const pcm = samplesIn(opus!(['repeat', '8000', String(frameMs)], framed(packets)).stdout)
  const samples = 8 * frameMs
  return digits.filter((digit, n) => {
    const [start, end] = [n * samples, (n + 1) * samples]
    return meanSquare(pcm, start, end) > AUDIBLE && oracleGuess(pcm, start, end, 8_000) === digit
  }).length
}

/** Packets as opus.c reads them. */
const framed = (packets: readonly Uint8Array[]): Buffer =>
  Buffer.concat(packets.flatMap((packet) => [Uint8Array.of(packet.length >> 8, packet.length & 255), packet]))

/** Where the return from silence is looked at, ms behind the last silent packet. */
export const RETURN_MS = [0, 20, 40, 60, 100, 200] as const

export interface ReturnResult {
  readonly name: string
  /** Signal over error against the unmasked decode, dB, from each of RETURN_MS to the next. */
  readonly snrDb: readonly number[]
  /** The least that counts as no worse than when this silence was chosen, dB. */
  readonly floorDb: readonly number[]
}

interface ReturnCase {
  readonly name: string
  readonly rateHz: number
  readonly setup: OpusSetup
  readonly floorDb: readonly number[]
}

/**
 * A decoder that starts anew needs some pitch periods (SILK) or some frames of energy prediction (CELT). Floors: medians
 * over the returns in a hundred seconds of three prompt voices with libopus 1.3.1, the lowest of the three less a fifth.
 */
const SILK_FLOOR_DB = [0, 5, 12, 18, 33]

const RETURN_CASES: readonly ReturnCase[] = [
  { name: 'SILK 20 ms', rateHz: 16_000, setup: { bitrate: 20_000, frameMs: 20 }, floorDb: SILK_FLOOR_DB },
  { name: 'hybrid 20 ms', rateHz: 48_000, setup: { bitrate: 32_000, frameMs: 20 }, floorDb: SILK_FLOOR_DB },
  { name: 'SILK 60 ms', rateHz: 16_000, setup: { bitrate: 20_000, frameMs: 60 }, floorDb: SILK_FLOOR_DB },
  {
    name: 'CELT 20 ms',
    rateHz: 48_000,
    setup: { bitrate: 64_000, frameMs: 20, application: 'lowdelay' },
    floorDb: [0, 0.8, 2.8, 6.8, 19],
  },
  {
    name: 'CELT 10 ms',
    rateHz: 48_000,
    setup: { bitrate: 64_000, frameMs: 10, application: 'lowdelay' },
    floorDb: [0, 0.9, 3.7, 8.9, 24],
  },
  {
    name: 'CELT 2.5 ms',
    rateHz: 48_000,
    setup: { bitrate: 96_000, frameMs: 2.5, application: 'lowdelay' },
    floorDb: [0, 1.4, 5.8, 17, 52],
  },
]

const MASK_MS = 600
const PERIOD_MS = 1_800

/** Speech silenced for 600 ms every 1.8 s. */
export const measureReturns = (speechAt8k: Int16Array, tools: Tools): ReturnResult[] =>
  RETURN_CASES.map(({ name, rateHz, setup, floorDb }) => {
    const speech = resampled(speechAt8k, 8_000, rateHz)
    const { packets } = opusPackets(speech, rateHz, setup, tools)
    const silencer = opus.createSilencer({ ...FORMAT, channelCount: 1 })
    const isMasked = (n: number): boolean => (n * setup.frameMs) % PERIOD_MS >= PERIOD_MS - MASK_MS
    const silenced = packets.map((packet, n) => silencer.apply(packet.slice(), isMasked(n) ? ALL : []))
    const [was, is] = [packets, silenced].map((stream) =>
      samplesIn(tools.opus!(['decode', '48000', '1'], framed(stream)).stdout),
    )
    return { name, floorDb, snrDb: returnsOf(was!, is!) }
  })

/** The median over all returns, since one into a loud vowel outweighs a sum. */
const returnsOf = (was: Int16Array, is: Int16Array): number[] =>
  RETURN_MS.slice(0, -1).map((fromMs, i) => {
    const snrDb: number[] = []
    for (let backMs = PERIOD_MS; (backMs + 200) * 48 < was.length; backMs += PERIOD_MS)
      snrDb.push(snrOf(was, is, (backMs + fromMs) * 48, (backMs + RETURN_MS[i + 1]!) * 48))
    return snrDb.sort((a, b) => a - b)[snrDb.length >> 1]!
  })

const snrOf = (was: Int16Array, is: Int16Array, start: number, end: number): number => {
  let [signal, error] = [1, 1]
  for (let n = start; n < end; n++) {
    signal += was[n]! ** 2
    error += (was[n]! - is[n]!) ** 2
  }
  return 10 * Math.log10(signal / error)
}
