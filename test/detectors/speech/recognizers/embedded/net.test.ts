import t from 'tap'
import {
  FEATURES,
  STEP_SAMPLES,
  STEP_SPAN_SAMPLES,
} from '../../../../../proxy/detectors/speech/recognizers/embedded/front-end.js'
import { KernelNet } from '../../../../../proxy/detectors/speech/recognizers/embedded/kernel-net.js'
import { PlainNet, type SpotterNet } from '../../../../../proxy/detectors/speech/recognizers/embedded/net.js'
import { threadSpotter } from '../../../../../proxy/detectors/speech/recognizers/embedded/spotter.io.js'
import { spokenDigits, spokenDigitsPcm } from '../../../../support/spoken-digits.js'

const { model, frontEnd, kernel } = threadSpotter()
const pcm = spokenDigitsPcm()

/** The probabilities of every step of the fixture. */
const outputsOf = (net: SpotterNet): Float32Array[] => {
  const features = new Float32Array(FEATURES)
  const outputs: Float32Array[] = []
  for (let at = 0; at + STEP_SPAN_SAMPLES <= pcm.length; at += STEP_SAMPLES) {
    frontEnd.describe(pcm.subarray(at, at + STEP_SPAN_SAMPLES), features)
    outputs.push(net.step(features).slice())
  }
  return outputs
}

for (const [name, create] of [
  ['plain', () => new PlainNet(model)],
  ['kernel', () => new KernelNet(kernel)],
] as const)
  t.test(`${name}: every step comes out as it did where the net was trained`, async (t) => {
    const outputs = outputsOf(create()).slice(spokenDigits.firstStep)
    for (const [i, [best, probability]] of spokenDigits.best.entries()) {
      const output = outputs[i]!
      t.equal(output.indexOf(Math.max(...output)), best, `step ${i}`)
      t.ok(Math.abs(output[best]! - probability) < 0.001, `step ${i}`)
    }
  })

t.test('the kernel says what the plain net says, of every class', async (t) => {
  const plain = outputsOf(new PlainNet(model))
  const fast = outputsOf(new KernelNet(kernel))
  const worst = Math.max(
    ...plain.map((output, i) => Math.max(...output.map((p, c) => Math.abs(p - fast[i]![c]!)))),
  )
  t.ok(worst < 1e-4, `${worst}`)
})

t.test('streams of one kernel do not hear each other, however many come', async (t) => {
  const alone = outputsOf(new KernelNet(kernel))
  const features = new Float32Array(FEATURES)
  const nets = Array.from({ length: 40 }, () => new KernelNet(kernel))
  const [first] = nets as [KernelNet]
  for (let step = 0; step < 30; step++) {
    frontEnd.describe(pcm.subarray(step * STEP_SAMPLES, step * STEP_SAMPLES + STEP_SPAN_SAMPLES), features)
    const output = first.step(features).slice()
    t.strictSame(output, alone[step])
    features.fill(step)
    for (const net of nets.slice(1)) net.step(features)
  }
})

t.test('a region serves again as if it were new', async (t) => {
  const net = new KernelNet(kernel)
  const before = outputsOf(net)
  net.close()
  const again = outputsOf(new KernelNet(kernel))
  t.strictSame(again, before)
})
