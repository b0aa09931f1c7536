/** How the audio is encoded, by the names that Asterisk gives formats, and how long a payload lasts. */
import { codecNamed } from '../../codecs/index.js'
import type { AudioFormat } from '../../media/frame.js'

const mono = (codec: string, clockRateHz: number): AudioFormat => ({ codec, clockRateHz, channelCount: 1 })

/**
 * Asterisk's names of the formats that we can judge (main/codec_builtin.c). Signed linear is in the byte order of the host
 * that Asterisk runs on, which is little-endian wherever it is packaged.
 */
const formats: Readonly<Record<string, AudioFormat>> = {
  alaw: mono('pcma', 8000),
  g722: mono('g722', 16_000),
  opus: mono('opus', 48_000),
  slin: mono('l16', 8000),
  slin12: mono('l16', 12_000),
  slin16: mono('l16', 16_000),
  slin24: mono('l16', 24_000),
  slin32: mono('l16', 32_000),
  slin44: mono('l16', 44_100),
  slin48: mono('l16', 48_000),
  slin96: mono('l16', 96_000),
  slin192: mono('l16', 192_000),
  ulaw: mono('pcmu', 8000),
}

/** The format of that name; undefined for one that nothing here can listen to. */
export const formatNamed = (name: string): AudioFormat | undefined =>
  Object.hasOwn(formats, name) ? formats[name] : undefined

/** Asterisk's name for signed linear at a rate; undefined when it has none. */
export const linearNameAt = (rateHz: number): string | undefined =>
  Object.keys(formats).find((name) => name.startsWith('slin') && formats[name]!.clockRateHz === rateHz)

/** Samples that a payload lasts; -1 when it is malformed. Hot. */
export const sampleCountOf = (payload: Uint8Array, format: AudioFormat): number =>
  codecNamed(format.codec)?.sampleCount(payload, format) ?? -1
