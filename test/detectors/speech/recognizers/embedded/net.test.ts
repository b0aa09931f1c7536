import t from 'tap'
import { FEATURES } from '../../../../../proxy/detectors/speech/recognizers/embedded/front-end.js'
import { Kernel, KernelNet } from '../../../../../proxy/detectors/speech/recognizers/embedded/kernel-net.js'
import type { SpotterModel } from '../../../../../proxy/detectors/speech/recognizers/embedded/model.js'
import {
  PlainNet,
  type SpotterNet,
  STEPS_MAX,
} from '../../../../../proxy/detectors/speech/recognizers/embedded/net.js'
import { threadSpotter } from '../../../../../proxy/detectors/speech/recognizers/embedded/spotter.io.js'
import { featuresOf, spokenDigits, spokenDigitsPcm } from '../../../../support/spoken-digits.js'

const { model, frontEnd, kernel } = threadSpotter()
const features = featuresOf(frontEnd, spokenDigitsPcm())

/** The probabilities of every step of the fixture, which come `split` at a time. */
const outputsOf = (net: SpotterNet, split = STEPS_MAX): Float32Array[] => {
  const outputs: Float32Array[] = []
  for (let at = 0; at < features.length; at += split * FEATURES)
    for (const output of net.step(features.subarray(at, at + split * FEATURES))) outputs.push(output.slice())
  return outputs
}

/** To the last bit. */
const areSame = (a: readonly Float32Array[], b: readonly Float32Array[]): boolean =>
  bytesOf(a).equals(bytesOf(b))

const bytesOf = (outputs: readonly Float32Array[]): Buffer =>
  Buffer.concat(outputs.map(({ buffer }) => new Uint8Array(buffer)))

for (const [name, create] of [
  ['plain', () => new PlainNet(model)],
  ['kernel', () => new KernelNet(kernel)],
] as const)
  t.test(`${name}: every step comes out as it did where the net was trained`, async (t) => {
    const outputs = outputsOf(create()).slice(spokenDigits.firstStep)
    for (const [i, [best, probability]] of spokenDigits.best.entries()) {
      const output = outputs[i]!
      t.equal(output.indexOf(Math.max(...output)), best, `step ${i}`)
      t.ok(Math.abs(output[best]! - probability) < 0.005, `step ${i}: ${output[best]! - probability}`)
    }
  })

t.test('the kernel says what the plain net says, to the last bit', async (t) => {
  t.ok(areSame(outputsOf(new KernelNet(kernel)), outputsOf(new PlainNet(model))))
})

t.test(
  'so it does with weights at the bounds: one input for a whole output, none, the same for all',
  async (t) => {
    const extreme: SpotterModel = {
      ...model,
      tensor: (name) => {
        const values = model.tensor(name)
        if (!name.endsWith('.w')) return values
        return values.map((value, i) => [i === 0 ? 30 : 0, 0, Math.sign(value) * 0.01, value][i % 4]!)
      },
    }
    t.ok(areSame(outputsOf(new KernelNet(new Kernel(extreme))), outputsOf(new PlainNet(extreme))))
  },
)

t.test('any split of the steps says the same', async (t) => {
  const one = outputsOf(new KernelNet(kernel), 1)
  for (let split = 2; split <= STEPS_MAX; split++)
    t.ok(areSame(outputsOf(new KernelNet(kernel), split), one), `${split} at a time`)
})

t.test('streams of one kernel do not hear each other, however many come', async (t) => {
  const alone = outputsOf(new KernelNet(kernel), 1)
  const nets = Array.from({ length: 40 }, () => new KernelNet(kernel))
  const [first] = nets as [KernelNet]
  const others = new Int16Array(2 * FEATURES)
  for (let step = 0; step < 30; step++) {
    const [output] = first.step(features.subarray(step * FEATURES, (step + 1) * FEATURES))
    t.ok(areSame([output!.slice()], [alone[step]!]), `step ${step}`)
    for (const net of nets.slice(1)) net.step(others.fill(step))
  }
})

t.test('a region serves again as if it were new', async (t) => {
  const net = new KernelNet(kernel)
  const before = outputsOf(net)
  net.close()
  t.ok(areSame(outputsOf(new KernelNet(kernel)), before))
})
