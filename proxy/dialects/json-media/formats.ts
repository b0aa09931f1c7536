/** How the payloads of these protocols are encoded, by the names that start messages give. */
import { codecNamed } from '../../codecs/index.js'
import type { AudioFormat } from '../../media/frame.js'

/** Bytes that are silence in codecs where every byte, or every two, stand alone. Others have no silence without state. */
const silentBytes: Readonly<Record<string, number>> = { pcmu: 0xff, pcma: 0xd5, l16: 0, l16be: 0 }

/** Highest rate of linear audio, Hz. */
const RATE_HZ_MAX = 48_000

/**
 * The format that an encoding means, or null when there is none that we can judge. `codecs` has the dialect's encodings, in
 * lower case and without parameters, by our codecs' names; `rateHz` is what the message says.
 */
export function formatOf(
  codecs: Readonly<Record<string, string>>,
  encoding: string,
  rateHz: number,
  channels: number,
): AudioFormat | null {
  const codec = codecs[encoding.toLowerCase().replace(/\s*;.*$/, '')]
  const clockRateHz = codec === undefined ? null : clockRateOf(codec, rateHz)
  if (codec === undefined || clockRateHz === null || channels !== 1) return null
  return { codec, clockRateHz, channelCount: 1 }
}

/** Hz; null for a rate that the codec has not. RTP's clock for G.722 is 8,000 although it samples at 16,000 (RFC 3551). */
function clockRateOf(codec: string, rateHz: number): number | null {
  switch (codec) {
    case 'opus':
      return 48_000
    case 'g722':
      return rateHz === 8000 || rateHz === 16_000 ? 16_000 : null
    case 'l16':
    case 'l16be':
      return rateHz >= 8000 && rateHz <= RATE_HZ_MAX && rateHz % 8000 === 0 ? rateHz : null
    default:
      return rateHz === 8000 ? 8000 : null
  }
}

/** What tells how many samples a payload of that format lasts; it gives -1 for one that is malformed, or of no codec of ours. */
export function durationOf(format: AudioFormat): (payload: Uint8Array) => number {
  const codec = codecNamed(format.codec)
  return codec === undefined ? () => -1 : (payload) => codec.sampleCount(payload, format)
}

/** Base64 of `byteCount` bytes of silence; nothing in codecs that have none without state: a decoder takes it for a loss. */
export function silenceBase64(byteCount: number, { codec }: AudioFormat): string {
  const silent = silentBytes[codec]
  return silent === undefined ? '' : Buffer.alloc(byteCount, silent).toString('base64')
}
