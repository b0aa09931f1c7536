import t from 'tap'
import {
  FEATURE_UNIT,
  FEATURES,
  featureOf,
  PlainFrontEnd,
  STEP_SPAN_SAMPLES,
} from '../../../../../proxy/detectors/speech/recognizers/embedded/front-end.js'
import { threadSpotter } from '../../../../../proxy/detectors/speech/recognizers/embedded/spotter.io.js'
import { featuresOf, spokenDigitsPcm, spokenPhrasesPcm } from '../../../../support/spoken-digits.js'

const { model, frontEnd } = threadSpotter()
const plain = new PlainFrontEnd(model)

t.test('WebAssembly describes every step as TypeScript does, to the last bit', async (t) => {
  for (const pcm of [spokenDigitsPcm(), spokenPhrasesPcm()])
    t.ok(Buffer.from(featuresOf(frontEnd, pcm).buffer).equals(Buffer.from(featuresOf(plain, pcm).buffer)))
})

t.test('the loudest and the quietest audio fit', async (t) => {
  const square = Int16Array.from({ length: STEP_SPAN_SAMPLES }, (_, i) => (i % 8 < 4 ? 32_767 : -32_768))
  const loud = new Int16Array(FEATURES)
  frontEnd.describe(square, loud)
  t.ok(Math.max(...loud) > 8 * 2_048 && Math.max(...loud) < 32_767, `${Math.max(...loud)}`)
  const silent = new Int16Array(FEATURES)
  frontEnd.describe(new Int16Array(STEP_SPAN_SAMPLES), silent)
  t.ok(silent.every((value) => value === featureOf(1e-6)))
})

t.test('a feature is the logarithm of a power, to one of it', async (t) => {
  for (let power = 1e-6; power < 3e4; power *= 1.001) {
    const off = Math.abs(featureOf(power) * FEATURE_UNIT - Math.log(power))
    if (off > FEATURE_UNIT) t.fail(`${power}: ${off}`)
  }
})

t.test('what does not fit is the highest or the lowest there is', async (t) => {
  t.equal(featureOf(1e30), 32_767)
  t.equal(featureOf(1e-30), -32_768)
})
