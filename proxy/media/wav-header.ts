/** What a new WAV of 16-bit PCM holds. */
export interface WavShape {
  readonly channels: number
  readonly sampleRateHz: number
  /** Samples per channel. */
  readonly samples: number
}

/** Bytes before the first sample: RIFF (12), `fmt ` (8 + 16), `data` (8). */
export const WAV_HEADER_BYTES = 44

/** RIFF sizes are 32-bit; a longer file keeps the largest size, which readers take as "to the end". */
const RIFF_BYTES_MAX = 0xffff_ffff

/** The canonical 44-byte header (RIFF, `fmt ` with format tag 1, `data`). */
export const wavHeader = ({ channels, sampleRateHz, samples }: WavShape): Uint8Array => {
  const blockBytes = channels * 2
  const dataBytes = Math.min(samples * blockBytes, RIFF_BYTES_MAX - WAV_HEADER_BYTES)
  const header = Buffer.alloc(WAV_HEADER_BYTES)
  header.write('RIFF', 0)
  header.writeUInt32LE(dataBytes + WAV_HEADER_BYTES - 8, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(sampleRateHz, 24)
  header.writeUInt32LE(sampleRateHz * blockBytes, 28)
  header.writeUInt16LE(blockBytes, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(dataBytes, 40)
  return header
}
