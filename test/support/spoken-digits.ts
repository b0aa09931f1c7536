import { readFileSync } from 'node:fs'
import { inPackage } from '../../proxy/base/package-file.js'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'
import {
  FEATURES,
  type FrontEnd,
  STEP_SAMPLES,
  STEP_SPAN_SAMPLES,
} from '../../proxy/detectors/speech/recognizers/embedded/front-end.js'

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

/** Of every step of `pcm`, one behind the other. */
export const featuresOf = (frontEnd: FrontEnd, pcm: Int16Array): Int16Array => {
  const steps = Math.floor((pcm.length - STEP_SPAN_SAMPLES) / STEP_SAMPLES) + 1
  const features = new Int16Array(steps * FEATURES)
  for (let step = 0; step < steps; step++)
    frontEnd.describe(
      pcm.subarray(step * STEP_SAMPLES, step * STEP_SAMPLES + STEP_SPAN_SAMPLES),
      features.subarray(step * FEATURES, (step + 1) * FEATURES),
    )
  return features
}

const pcmOf = (file: string): Int16Array => {
  const bytes = readFileSync(inPackage(file)).subarray(HEADER_BYTES)
  const pcm = new Int16Array(bytes.length)
  pcmu.createDecoder({ codec: 'pcmu', clockRateHz: 8_000, channelCount: 1 }).decodeInto(bytes, pcm)
  return pcm
}
