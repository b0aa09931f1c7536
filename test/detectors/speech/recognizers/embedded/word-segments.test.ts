import t from 'tap'
import type { SpotterModel } from '../../../../../proxy/detectors/speech/recognizers/embedded/model.js'
import { thresholds as inForce } from '../../../../../proxy/detectors/speech/recognizers/embedded/thresholds.js'
import { WordSegments } from '../../../../../proxy/detectors/speech/recognizers/embedded/word-segments.js'

/** Else, three number words, one other. */
const model = { classes: ['else', 'one', 'two', 'six', 'card'], numberClasses: 4 } as unknown as SpotterModel

const thresholds = { ...inForce, number: 0.45, sureFrom: 0.5, sure: 0.8 }

/** One letter a step: 1, 2, 6, c; "." is something else, "?" some number that has no name. */
const probabilitiesOf: Readonly<Record<string, readonly number[]>> = {
  '.': [1, 0, 0, 0, 0],
  '1': [0, 1, 0, 0, 0],
  '2': [0, 0, 1, 0, 0],
  '6': [0, 0, 0, 1, 0],
  c: [0, 0, 0, 0, 1],
  '?': [0.4, 0.1, 0.25, 0.25, 0],
  // Numbers of less and less certainty, and nothing that is one.
  a: [0.25, 0.75, 0, 0, 0],
  b: [0.35, 0.65, 0, 0, 0],
  d: [0.5, 0.5, 0, 0, 0],
  x: [0.56, 0.44, 0, 0, 0],
}

const told = (steps: string) => {
  const words: [string, number, number][] = []
  const certainties: number[] = []
  let watermark = 0
  const told = (word: number, start: number, end: number, certainty: number): void => {
    if (start < watermark) throw new Error(`a word before ${watermark}`)
    words.push([model.classes[word]!, start, end])
    certainties.push(certainty)
  }
  const segments = new WordSegments(model, told, thresholds)
  ;[...steps].forEach((letter, step) => {
    segments.hear(Float32Array.from(probabilitiesOf[letter]!), step)
    const next = segments.watermarkStep(step + 1)
    if (next < watermark) throw new Error('the watermark fell')
    watermark = next
  })
  segments.finish()
  return { words, certainties, watermark }
}

t.test('a stretch of one class is a word', async (t) => {
  t.strictSame(told('..1111....ccc..').words, [
    ['one', 2, 6],
    ['card', 10, 13],
  ])
})

t.test('less than three steps are none', async (t) => {
  t.strictSame(told('..11...c..22..').words, [])
})

t.test('numbers that touch are two, if both are long enough', async (t) => {
  t.strictSame(told('..11112222...').words, [
    ['one', 2, 6],
    ['two', 6, 10],
  ])
})

t.test('a fragment belongs to the number that it touches', async (t) => {
  t.strictSame(told('..66222222...').words, [['two', 2, 10]])
  t.strictSame(told('..222222.66..').words, [['two', 2, 11]])
})

t.test('a number without a name is one: of the likeliest class, or of the one it goes on from', async (t) => {
  t.strictSame(told('..????...').words, [['two', 2, 6]])
  t.strictSame(told('..111???...').words, [['one', 2, 8]])
})

t.test('a word is as sure as the likeliest 80 ms of it', async (t) => {
  t.strictSame(told('..1111..aaaa..bbbb..dddd..').certainties, [100, 83, 50, 0])
  t.strictSame(told('..bb1111bb..').certainties, [100])
  t.strictSame(told('..1b1b1b..').certainties, [100], 'mean 0.825')
  t.strictSame(told('..111..').certainties, [83], 'three steps are not four')
  t.strictSame(told('..xxxx..').words, [], 'likelier something else')
  t.strictSame(told('..cccc..').certainties, [0], 'no number')
})

t.test('of two stretches that are one word the likelier one counts', async (t) => {
  t.strictSame(told('..bb.1111..').certainties, [100])
})

t.test('a class that sounds on is told once', async (t) => {
  t.strictSame(told(`..${'1'.repeat(200)}...1111..`).words, [
    ['one', 2, 10],
    ['one', 205, 209],
  ])
})

t.test('the watermark stands at what is being said', async (t) => {
  t.equal(told('....').watermark, 4)
  t.equal(told('..11').watermark, 2)
  t.equal(told('..1111.').watermark, 2, 'the next step may still be a part of it')
  t.equal(told('..1111..').watermark, 8)
})
