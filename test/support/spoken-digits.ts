import { readFileSync } from 'node:fs'
import { inPackage } from '../../proxy/base/package-file.js'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'

const folder = inPackage('fixtures/speech/')

/** fixtures/speech/digits.json. */
export const spokenDigits: {
  readonly firstStep: number
  readonly best: readonly (readonly [number, number])[]
  readonly words: readonly (readonly [string, number, number])[]
} = JSON.parse(readFileSync(new URL('digits.json', folder), 'utf8'))

/** Where the samples begin: RIFF, 'fmt ' of 18 bytes, 'fact', 'data'. */
const HEADER_BYTES = 58

/** "four one one one one one one", 4.9 s at 8 kHz. */
export const spokenDigitsPcm = (): Int16Array => {
  const bytes = readFileSync(new URL('digits.wav', folder)).subarray(HEADER_BYTES)
  const pcm = new Int16Array(bytes.length)
  pcmu.createDecoder({ codec: 'pcmu', clockRateHz: 8_000, channelCount: 1 }).decodeInto(bytes, pcm)
  return pcm
}
