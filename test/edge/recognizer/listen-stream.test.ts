// One stream of recognizer.proto with the spotter behind it, a worker that works when the test says so, and a clock that the test turns.
import { status } from '@grpc/grpc-js'
import t from 'tap'
import type { GrpcStatus } from '../../../proxy/edge/grpc-status.js'
import {
  type ListenAnswer,
  type ListenMessage,
  ListenStream,
} from '../../../proxy/edge/recognizer/listen-stream.js'
import { spokenDigits, spokenDigitsPcm, spokenPhrasesPcm } from '../../support/spoken-digits.js'
import { ThreadlessSpotter } from '../../support/threadless-spotter.js'

const pcm = spokenDigitsPcm()
const PIECE = 800
const open: ListenMessage = { open: { sample_rate_hz: 8_000, language: 'en-US' } }
const openForSpots: ListenMessage = { open: { ...open.open, weighs_spots: true } }

const create = () => {
  const spotter = new ThreadlessSpotter()
  const answers: ListenAnswer[] = []
  const ends: GrpcStatus[] = []
  const stream = new ListenStream(
    spotter,
    { say: (answer) => answers.push(answer), ended: (end) => ends.push(end) },
    60_000,
    0,
  )
  /** As it is spoken, 100 ms at a time; returns when it is. */
  const speak = (from = 0, to = pcm.length, atMs = 0, said = pcm): number => {
    let nowMs = atMs
    for (let at = from; at < to; at += PIECE) {
      nowMs += 100
      stream.receive({ audio: { pcm: bytesOf(said.subarray(at, Math.min(to, at + PIECE))) } }, nowMs)
      spotter.work()
      stream.tick(nowMs)
    }
    return nowMs
  }
  const words = () => answers.flatMap((answer) => answer.words)
  const spots = () => answers.flatMap((answer) => answer.spots)
  const code = () => ends.map((end) => end.code)
  return { spotter, answers, ends, stream, speak, words, spots, code }
}

const bytesOf = (samples: Int16Array): Buffer => {
  const bytes = Buffer.alloc(2 * samples.length)
  for (const [i, sample] of samples.entries()) bytes.writeInt16LE(sample, 2 * i)
  return bytes
}

t.test('numbers come back where they were said, and the end vouches for all of it', async (t) => {
  const { spotter, answers, stream, speak, words, code } = create()
  stream.receive(open, 0)
  const nowMs = speak()
  stream.finish(nowMs)
  spotter.work()
  stream.tick(nowMs)
  t.same(code(), [status.OK])
  t.equal(answers.at(-1)!.watermark_sample, pcm.length)
  const heard = words()
  for (const [word, start, end] of spokenDigits.words) {
    const found = heard.find(({ start_sample, end_sample }) => start_sample < end && end_sample > start)
    t.equal(found?.text, word, `${word} at ${start}`)
    t.ok(found?.final)
  }
})

t.test('what is said in the first half second of a stream is heard: it may begin in mid-call', async (t) => {
  const [word, start, end] = spokenDigits.words[1]!
  const { stream, speak, words } = create()
  stream.receive(open, 0)
  speak(start - 400, end + 8_000)
  const [first] = words()
  t.equal(first?.text, word)
  t.ok(first!.start_sample < 1_600 && first!.end_sample > 400, `${first?.start_sample}`)
})

t.test('who weighs spots is told how sure each number is, and nothing as a word of a sentence', async (t) => {
  const { spotter, stream, speak, words, spots } = create()
  stream.receive(openForSpots, 0)
  const nowMs = speak()
  stream.finish(nowMs)
  spotter.work()
  stream.tick(nowMs)
  t.same(words(), [])
  const texts = spokenDigits.words.map(([word]) => word)
  t.same(
    spots().map(({ text }) => text),
    texts,
  )
  for (const { certainty, suspected } of spots()) {
    t.notOk(suspected)
    t.ok(certainty! > 0.8 && certainty! <= 1, `${certainty}`)
  }
})

t.test(
  'words of payment are told to who weighs spots, as suspected and as sure; to nobody else',
  async (t) => {
    const said = spokenPhrasesPcm()
    const weighing = create()
    weighing.stream.receive(openForSpots, 0)
    weighing.speak(0, said.length, 0, said)
    const told = weighing.spots().filter(({ text }) => text === 'code')
    t.same(told.map(({ suspected }) => suspected).sort(), [false, true])
    for (const spot of told) t.notOk('certainty' in spot, 'it is known of numbers alone')
    const other = create()
    other.stream.receive(open, 0)
    other.speak(0, said.length, 0, said)
    t.same([...other.words(), ...other.spots()], [])
  },
)

t.test('a word never starts before a watermark that was told', async (t) => {
  const { answers, stream, speak } = create()
  stream.receive(open, 0)
  speak()
  let watermark = 0
  for (const { words, spots, watermark_sample } of answers) {
    for (const { start_sample } of [...words, ...spots]) t.ok(start_sample >= watermark, `${start_sample}`)
    t.ok(watermark_sample >= watermark)
    watermark = watermark_sample
  }
  t.ok(watermark > pcm.length - 8_000)
})

t.test('a watermark that stands is told twice a second', async (t) => {
  const { answers, stream } = create()
  stream.receive(open, 0)
  for (let nowMs = 0; nowMs <= 5_000; nowMs += 50) stream.tick(nowMs)
  t.equal(answers.length, 10)
})

t.test('a thread that is lost takes its streams with it: the client tells another', async (t) => {
  const { spotter, stream, speak, code } = create()
  stream.receive(open, 0)
  const nowMs = speak(0, 16_000)
  spotter.die()
  spotter.revive()
  speak(16_000, 24_000, nowMs)
  t.same(code(), [status.UNAVAILABLE])
})

t.test('an end that no thread has heard is none', async (t) => {
  const { spotter, stream, speak, code } = create()
  stream.receive(open, 0)
  const nowMs = speak(0, 16_000)
  spotter.die()
  stream.finish(nowMs)
  stream.tick(nowMs + 5_000)
  t.same(code(), [])
  stream.tick(nowMs + 5_001)
  t.same(code(), [status.UNAVAILABLE])
})

t.test('audio that is handed over is overwritten', async (t) => {
  const { stream } = create()
  stream.receive(open, 0)
  const bytes = bytesOf(pcm.subarray(0, PIECE))
  stream.receive({ audio: { pcm: bytes } }, 100)
  t.ok(bytes.every((byte) => byte === 0))
})

for (const [what, messages] of Object.entries<readonly ListenMessage[]>({
  'audio before `open`': [{ audio: { pcm: Buffer.alloc(2) } }],
  'a hint before `open`': [{}],
  '`open` twice': [open, open],
  'no rate': [{ open: { language: 'en-US' } }],
  'a rate that no call has': [{ open: { sample_rate_hz: 8_001, language: 'en-US' } }],
  'a language that the spotter does not know': [{ open: { sample_rate_hz: 8_000, language: 'de-DE' } }],
  'half a sample': [open, { audio: { pcm: Buffer.alloc(3) } }],
  'too long a message': [open, { audio: { pcm: Buffer.alloc(15 * 1024 + 2) } }],
}))
  t.test(`${what} is not taken`, async (t) => {
    const { stream, code, speak } = create()
    for (const message of messages) stream.receive(message, 0)
    t.same(code(), [status.INVALID_ARGUMENT])
    speak(0, 1_600)
    stream.tick(1_000_000)
    t.equal(code().length, 1, 'and nothing follows')
  })

t.test('an empty message and a hint are taken', async (t) => {
  const { stream, code } = create()
  stream.receive(open, 0)
  stream.receive({ audio: {} }, 0)
  stream.receive({}, 0)
  t.same(code(), [])
})

t.test('audio may come at once for as long as a client keeps it, and no longer', async (t) => {
  const { stream, code, spotter } = create()
  stream.receive(open, 0)
  for (let i = 0; i < 110; i++) stream.receive({ audio: { pcm: Buffer.alloc(1_600) } }, 0)
  spotter.work()
  t.same(code(), [])
  stream.receive({ audio: { pcm: Buffer.alloc(1_600) } }, 0)
  t.same(code(), [status.RESOURCE_EXHAUSTED])
})

t.test('audio may come six times as fast as it is spoken for ever', async (t) => {
  const { stream, code, spotter } = create()
  stream.receive(open, 0)
  for (let nowMs = 100; nowMs < 30_000; nowMs += 100) {
    for (let i = 0; i < 6; i++) stream.receive({ audio: { pcm: Buffer.alloc(1_600) } }, nowMs)
    spotter.work()
    stream.tick(nowMs)
  }
  t.same(code(), [])
})

for (const [what, at, expected] of [
  ['a stream that is never opened', 5_001, status.DEADLINE_EXCEEDED],
  ['a stream that is told nothing', 60_001, status.DEADLINE_EXCEEDED],
] as const)
  t.test(`${what} is ended`, async (t) => {
    const { stream, code } = create()
    if (what.includes('told')) stream.receive(open, 0)
    stream.tick(at - 1)
    t.same(code(), [])
    stream.tick(at)
    t.same(code(), [expected])
  })

t.test('a stream ends when it has lasted long enough', async (t) => {
  const { stream, code, speak } = create()
  stream.receive(open, 0)
  speak(0, 1_600, 59_700)
  t.same(code(), [])
  stream.tick(60_001)
  t.same(code(), [status.OUT_OF_RANGE])
})

t.test('a client that opens nothing and goes has had all its answers', async (t) => {
  const { stream, code } = create()
  stream.finish(0)
  t.same(code(), [status.OK])
})
