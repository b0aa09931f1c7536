import { readFileSync } from 'node:fs'
import { inPackage } from '../../proxy/base/package-file.js'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'

/** fixtures/speech/digits.json. */
export const spokenDigits: {
  readonly firstStep: number
  readonly best: readonly (readonly [number, number])[]
  readonly words: readonly (readonly [string, number, number])[]
} = JSON.parse(readFileSync(inPackage('fixtures/speech/digits.json'), 'utf8'))

/** Where the samples begin: RIFF, 'fmt ' of 18 bytes, 'fact', 'data'. */
const HEADER_BYTES = 58

/** "four one one one one one one", 4.9 s at 8 kHz. */
export const spokenDigitsPcm = (): Int16Array => pcmOf('fixtures/speech/digits.wav')

/** "can I take the security code please ... thank you, the payment has gone through", 9.1 s at 8 kHz. */
export const spokenPhrasesPcm = (): Int16Array => pcmOf('fixtures/phrases/agent.wav')

const pcmOf = (file: string): Int16Array => {
  const bytes = readFileSync(inPackage(file)).subarray(HEADER_BYTES)
  const pcm = new Int16Array(bytes.length)
  pcmu.createDecoder({ codec: 'pcmu', clockRateHz: 8_000, channelCount: 1 }).decodeInto(bytes, pcm)
  return pcm
}
