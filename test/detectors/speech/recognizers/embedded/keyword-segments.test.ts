import t from 'tap'
import { KeywordSegments } from '../../../../../proxy/detectors/speech/recognizers/embedded/keyword-segments.js'
import { threadSpotter } from '../../../../../proxy/detectors/speech/recognizers/embedded/spotter.io.js'
import { thresholds as inForce } from '../../../../../proxy/detectors/speech/recognizers/embedded/thresholds.js'
import { spottedWords } from '../../../../../proxy/detectors/speech/recognizers/embedded/vocabulary.js'
import { languages } from '../../../../../proxy/detectors/speech/words/languages/index.js'

const { model } = threadSpotter()
/** Five steps of an even chance. */
const thresholds = { ...inForce, suspected: 0.5, suspectedSteps: 5 }
const card = model.classes.indexOf('card')
const number = model.classes.indexOf('number')

/** Each step's probabilities of "card" and "number"; the rest is something else. */
const hear = (steps: readonly (readonly [card: number, number: number])[]) => {
  const told: [string, number, number][] = []
  const keywords = new KeywordSegments(
    model,
    (word, start, end) => told.push([model.classes[word]!, start, end]),
    thresholds,
  )
  const watermarks = steps.map(([cardP, numberP], step) => {
    const probabilities = new Float32Array(model.classes.length)
    probabilities[card] = cardP
    probabilities[number] = numberP
    keywords.hear(probabilities, step)
    return keywords.watermarkStep(step + 1)
  })
  return { told, watermarks, keywords }
}
const likely = [0.51, 0] as const
const unlikely = [0.49, 0] as const

t.test('a word that is not unlikely for five steps may have been said, and is told once', async (t) => {
  const { told } = hear([unlikely, likely, likely, likely, likely, likely, likely, likely, likely])
  t.strictSame(told, [['card', 1, 6]])
})

t.test('four steps are no word, nor are five with a gap', async (t) => {
  t.strictSame(hear([likely, likely, likely, likely, unlikely]).told, [])
  t.strictSame(hear([likely, likely, likely, unlikely, likely, likely]).told, [])
})

t.test('two may have been said at once', async (t) => {
  const both = [0.5, 0.5] as const
  t.strictSame(hear([[0.5, 0], both, both, both, both, [0, 0.5]]).told, [
    ['card', 0, 5],
    ['number', 1, 6],
  ])
})

t.test('the watermark waits for what may become a word, and for nothing longer', async (t) => {
  t.strictSame(
    hear([unlikely, likely, likely, likely, likely, likely, likely, unlikely]).watermarks,
    [1, 1, 1, 1, 1, 6, 7, 8],
  )
})

t.test('when nothing is said any more, what had begun is forgotten', async (t) => {
  const { told, keywords } = hear([likely, likely, likely, likely])
  keywords.finish()
  t.equal(keywords.watermarkStep(4), 4)
  const probabilities = new Float32Array(model.classes.length)
  probabilities[card] = 0.5
  keywords.hear(probabilities, 4)
  t.strictSame(told, [])
})

t.test('numbers are not its business', async (t) => {
  const told: number[] = []
  const keywords = new KeywordSegments(model, (word) => told.push(word))
  const probabilities = new Float32Array(model.classes.length).fill(0, model.numberClasses)
  probabilities.fill(0.9, 0, model.numberClasses)
  for (let step = 0; step < 10; step++) keywords.hear(probabilities, step)
  t.strictSame(told, [])
})

t.test('the vocabulary of phrases is the model’s', async (t) => {
  t.strictSame(spottedWords, model.classes.slice(model.numberClasses))
})

t.test('the phrases that are built in are made of it', async (t) => {
  const { open, close } = languages.en.spotted!
  for (const word of [...open, ...close].flatMap((phrase) => phrase.split(' ')))
    t.ok(spottedWords.includes(word), word)
})
