import { readFile } from 'node:fs/promises'
import { codecNamed } from '../codecs/index.js'
import { type WavPart, WavScanner } from '../media/wav.js'

/** A stored call, decoded. */
export interface WavPcm {
  readonly sampleRateHz: number
  /** One array per channel, equally long. */
  readonly channels: readonly Int16Array[]
}

/** Reads a WAV file whole. Rejects with REDACT_ERR_AUDIO_FILE for one that is not of those that `hushfork redact` takes. */
export const readWavPcm = async (path: string): Promise<WavPcm> => {
  const scanner = new WavScanner()
  const parts: WavPart[] = []
  scanner.push(await readFile(path), parts)
  scanner.end()
  const format = scanner.format!
  const bytes = Buffer.concat(parts.filter(({ kind }) => kind === 'samples').map((part) => part.bytes))
  const count = Math.floor(bytes.length / format.blockBytes)
  const interleaved = new Int16Array(count * format.channelCount)
  codecNamed(format.codec)!
    .createDecoder(format)!
    .decodeInto(bytes.subarray(0, count * format.blockBytes), interleaved)
  const channels = Array.from({ length: format.channelCount }, (_, channel) =>
    Int16Array.from({ length: count }, (_, i) => interleaved[i * format.channelCount + channel]!),
  )
  return { sampleRateHz: format.clockRateHz, channels }
}
