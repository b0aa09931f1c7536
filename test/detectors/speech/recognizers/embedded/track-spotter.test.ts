import t from 'tap'
import { FEATURES } from '../../../../../proxy/detectors/speech/recognizers/embedded/front-end.js'
import { KernelNet } from '../../../../../proxy/detectors/speech/recognizers/embedded/kernel-net.js'
import { threadSpotter } from '../../../../../proxy/detectors/speech/recognizers/embedded/spotter.io.js'
import { TrackSpotter } from '../../../../../proxy/detectors/speech/recognizers/embedded/track-spotter.js'
import { rng } from '../../../../support/rng.js'
import { spokenDigits, spokenDigitsPcm, spokenPhrasesPcm } from '../../../../support/spoken-digits.js'

const { model, frontEnd, kernel } = threadSpotter()
const pcm = spokenDigitsPcm()
type Word = [string, number, number, number]

/** Radians between two samples of a tone. */
const angleOf = (hz: number): number => (2 * Math.PI * hz) / 8_000

const create = (rates: { sampleRateHz?: number; clockRateHz?: number } = {}) => {
  const words: Word[] = []
  const suspected: Word[] = []
  let netSteps = 0
  const net = new KernelNet(kernel)
  const spotter = new TrackSpotter({
    model,
    frontEnd,
    net: {
      step: (features) => {
        netSteps += features.length / FEATURES
        return net.step(features)
      },
      close: () => net.close(),
    },
    sampleRateHz: 8_000,
    clockRateHz: 8_000,
    ...rates,
    heard: (word, start, end, certainty) => words.push([model.classes[word]!, start, end, certainty]),
    suspected: (word, start, end) => suspected.push([model.classes[word]!, start, end, 0]),
  })
  return { spotter, words, suspected, steps: () => netSteps }
}

const heard = (words: readonly Word[]) => words.map(([word]) => word).join(' ')

t.test('digits are heard where they lie', async (t) => {
  const { spotter, words } = create()
  spotter.push(pcm, 0)
  spotter.finish()
  t.equal(heard(words), 'four one one one one one one')
  spokenDigits.words.forEach(([, start, end], i) => {
    t.ok(Math.abs(words[i]![1] - start) < 1_200, `start of ${i}`)
    t.ok(words[i]![2] > start && words[i]![2] < end, `told while ${i} is said`)
    t.ok(words[i]![3] > 80, `surely a number: ${i}`)
  })
})

t.test('at another rate, and counted by another clock, it is the same words', async (t) => {
  const doubled = Int16Array.from({ length: 2 * pcm.length }, (_, i) =>
    i % 2 === 0 ? pcm[i / 2]! : Math.round((pcm[(i - 1) / 2]! + (pcm[(i + 1) / 2] ?? 0)) / 2),
  )
  const { spotter, words } = create({ sampleRateHz: 16_000, clockRateHz: 48_000 })
  spotter.push(doubled, 0)
  spotter.finish()
  t.equal(heard(words), 'four one one one one one one')
  t.ok(Math.abs(words[0]![1] / 6 - spokenDigits.words[0]![1]) < 1_200)
})

t.test(
  'nobody listens to silence: after two seconds the net stands still, and hears what follows',
  async (t) => {
    const { spotter, words, steps } = create()
    spotter.push(pcm, 0)
    const before = steps()
    spotter.skip(80_000 * 60)
    t.ok(steps() - before <= 100 + 2, `${steps() - before} steps`)
    spotter.push(pcm, 80_000 * 60)
    spotter.finish()
    t.equal(heard(words), 'four one one one one one one four one one one one one one')
    t.ok(Math.abs(words[7]![1] - 80_000 * 60 - spokenDigits.words[0]![1]) < 1_200)
  },
)

t.test('in silence the watermark is where the audio is', async (t) => {
  const { spotter } = create()
  spotter.skip(80_000)
  t.ok(80_000 - spotter.watermarkSample <= 320)
})

t.test('in speech it is no more than 440 ms behind, but for the word that is being said', async (t) => {
  const { spotter, words } = create()
  let watermark = 0
  for (let at = 0; at + 100 <= pcm.length; at += 100) {
    spotter.push(pcm.subarray(at, at + 100), at)
    if (spotter.watermarkSample < watermark) t.fail('the watermark fell')
    if (words.some(([, start], i) => i === words.length - 1 && start < watermark && words.length > 7))
      t.fail()
    watermark = spotter.watermarkSample
    const isSaid = words.some(([, start, end]) => start <= watermark && watermark < end)
    if (!isSaid && at - watermark > 3_520 + 4_800) t.fail(`${at - watermark} samples behind at ${at}`)
  }
})

t.test('any split of the audio gives the same words', async (t) => {
  const all = [160, 1_000, 7, pcm.length].map((chunk) => {
    const { spotter, words } = create()
    for (let at = 0; at < pcm.length; at += chunk) spotter.push(pcm.subarray(at, at + chunk), at)
    spotter.skip(pcm.length + 20_000)
    spotter.finish()
    return words
  })
  for (const words of all) t.strictSame(words, all[0])
})

t.test('a word at the very end is heard when the track ends', async (t) => {
  const { spotter, words } = create()
  spotter.push(pcm.subarray(0, 7_300), 0)
  t.equal(words.length, 0)
  spotter.finish()
  t.equal(heard(words), 'four')
  t.equal(spotter.watermarkSample, Infinity)
})

t.test('words of payment are suspected before they are sure, and never before the watermark', async (t) => {
  const said = spokenPhrasesPcm()
  const whole = create()
  whole.spotter.push(said, 0)
  whole.spotter.finish()
  for (const words of ['security code', 'gone through'])
    for (const word of words.split(' ')) {
      const [, start] = whole.words.find(([text]) => text === word)!
      t.ok(
        whole.suspected.some(([text, from]) => text === word && Math.abs(from - start) < 1_600),
        word,
      )
    }
  const split = create()
  let watermark = 0
  let told = 0
  for (let at = 0; at < said.length; at += 137) {
    split.spotter.push(said.subarray(at, at + 137), at)
    for (const [, start] of split.suspected.slice(told))
      t.ok(start >= watermark, `${start} from ${watermark}`)
    told = split.suspected.length
    watermark = split.spotter.watermarkSample
  }
  split.spotter.finish()
  t.strictSame(split.suspected, whole.suspected)
})

t.test('what a track begins with is heard: numbers, and words of payment', async (t) => {
  for (const [word, start] of spokenDigits.words) {
    const { spotter, words } = create()
    spotter.push(pcm.subarray(start, start + 8_000), 0)
    spotter.finish()
    t.match(words[0], [word, 0], `${word} at ${start}`)
    t.ok(words[0]![3] > 80)
  }
  const { spotter, suspected } = create()
  // "security" begins at 1.9 s of the fixture.
  spotter.push(spokenPhrasesPcm().subarray(1.85 * 8_000), 0)
  t.ok(suspected[0]![0] === 'security' && suspected[0]![1] < 1_600)
})

t.test(
  'silence, ringing, a hum, noise and their beginnings are no words, wherever a track begins with them',
  async (t) => {
    const random = rng(1)
    const sounds: Readonly<Record<string, (at: number) => number>> = {
      silence: () => 0,
      ringing: (at) => 3_000 * (Math.sin(at * angleOf(440)) + Math.sin(at * angleOf(480))),
      'a dial tone': (at) => 6_000 * Math.sin(at * angleOf(425)),
      'a key': (at) => (at < 800 ? 5_000 * (Math.sin(at * angleOf(770)) + Math.sin(at * angleOf(1_336))) : 0),
      'a hum': (at) => 300 * Math.sin(at * angleOf(50)),
      noise: () => 1_000 * (random() - 0.5),
      'noise behind silence': (at) => (at < 1_200 ? 0 : 1_000 * (random() - 0.5)),
    }
    for (const [name, valueAt] of Object.entries(sounds)) {
      const { spotter, words, suspected } = create()
      spotter.push(
        Int16Array.from({ length: 16_000 }, (_, at) => valueAt(at)),
        0,
      )
      spotter.finish()
      t.strictSame([words, suspected], [[], []], name)
    }
  },
)
