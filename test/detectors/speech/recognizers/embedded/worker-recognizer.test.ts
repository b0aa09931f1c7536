import t from 'tap'
import type { DetectorSetup } from '../../../../../proxy/detectors/detector.js'
import type { HeardWord } from '../../../../../proxy/detectors/speech/recognizer.js'
import { WorkerRecognizer } from '../../../../../proxy/detectors/speech/recognizers/embedded/worker-recognizer.js'
import { checkRecognizer } from '../../../../support/recognizer-contract.js'
import { spokenDigitsPcm, spokenPhrasesPcm } from '../../../../support/spoken-digits.js'
import { ThreadlessSpotter } from '../../../../support/threadless-spotter.js'

const setup: DetectorSetup = {
  tracks: [{ index: 0, role: 'mixed' }],
  clockRateHz: 8_000,
  sampleRateHz: [8_000],
}
const pcm = spokenDigitsPcm()

checkRecognizer(
  t,
  'embedded',
  async () => {
    const spotter = new ThreadlessSpotter()
    return {
      recognizer: new WorkerRecognizer('embedded', setup, spotter, true),
      settled: async () => {
        spotter.work()
        spotter.work()
      },
      fail: async () => spotter.die(),
    }
  },
  8 * 900,
)

const create = () => {
  const spotter = new ThreadlessSpotter()
  const recognizer = new WorkerRecognizer('embedded', setup, spotter)
  const drain = (): HeardWord[] => {
    const words: HeardWord[] = []
    recognizer.drain(words)
    return words
  }
  const push = (from: number, to: number, at = from): void => recognizer.push(0, pcm.subarray(from, to), at)
  return { spotter, recognizer, drain, push }
}

t.test('while nobody listens the watermark stands; then what was missed is told as unheard', async (t) => {
  const { spotter, recognizer, drain, push } = create()
  push(0, 16_000)
  spotter.work()
  drain()
  const before = recognizer.watermarkSample(0)
  t.ok(before > 10_000)
  push(16_000, 20_000)
  spotter.die()
  push(20_000, 24_000)
  t.strictSame(drain(), [])
  t.equal(recognizer.watermarkSample(0), before)
  spotter.revive()
  push(24_000, 39_000)
  spotter.work()
  const [unheard, ...words] = drain()
  t.strictSame([unheard!.text, unheard!.startSample, unheard!.endSample], ['', before, 24_000 + 6_400])
  t.ok(words.length > 0 && words.every(({ startSample }) => startSample >= 30_400))
  t.ok(recognizer.watermarkSample(0) >= 30_400)
})

t.test(
  'a worker that falls behind is asked no more until it has caught up; what it was not asked is unheard',
  async (t) => {
    const { spotter, recognizer, drain, push } = create()
    push(0, 16_000)
    const { link } = spotter.current!
    link.tick(0)
    t.ok(link.isOpen)
    link.tick(1_001)
    t.notOk(link.isOpen, 'a second behind')
    push(16_000, 24_000)
    spotter.nowMs = 1_100
    spotter.work()
    const words = drain()
    t.ok(words.length > 0 && words.every(({ text }) => text !== ''), 'it works off what it had')
    const before = recognizer.watermarkSample(0)
    t.ok(before <= 16_000)
    push(24_000, 39_000)
    spotter.work()
    const [unheard] = drain()
    t.strictSame([unheard!.text, unheard!.startSample, unheard!.endSample], ['', before, 24_000 + 6_400])
  },
)

t.test('more than there is room for is not asked, and not waited for', async (t) => {
  const { spotter, recognizer, drain } = create()
  const second = new Int16Array(8_000)
  let at = 0
  for (; spotter.current!.link.isOpen && at < 8_000_000; at += 8_000) recognizer.push(0, second, at)
  t.ok(at > 3_000_000 && at < 8_000_000, `${at}`)
  spotter.work()
  spotter.work()
  drain()
  const before = recognizer.watermarkSample(0)
  recognizer.push(0, second, at + 80_000)
  spotter.work()
  const [unheard] = drain()
  t.strictSame([unheard!.text, unheard!.startSample, unheard!.endSample], ['', before, at + 80_000 + 6_400])
})

t.test('a call that ends while nobody listens stays unjudged', async (t) => {
  const { spotter, recognizer, drain, push } = create()
  push(0, 16_000)
  spotter.work()
  drain()
  spotter.die()
  push(16_000, 20_000)
  recognizer.finish()
  spotter.revive()
  spotter.work()
  drain()
  t.ok(recognizer.watermarkSample(0) < 16_000)
})

t.test('a worker that reads nothing although it is asked does not live', async (t) => {
  const { spotter, push } = create()
  push(0, 160)
  const { link } = spotter.current!
  t.ok(link.tick(0))
  t.ok(link.tick(2_900))
  t.notOk(link.tick(3_100))
})

t.test('a worker with nothing to do lives', async (t) => {
  const { spotter } = create()
  spotter.work()
  t.ok(spotter.current!.link.tick(60_000))
})

t.test('closed, a stream is closed in the worker too', async (t) => {
  const { spotter, recognizer, push } = create()
  push(0, 1_600)
  recognizer.close()
  t.equal(spotter.current!.link.streamCount, 0)
  spotter.work()
  t.ok(spotter.current!.link.requests.waitingBytes === 0)
})

t.test('words of payment that may have been said are told to whoever asks, as not final', async (t) => {
  for (const tellsSuspected of [true, false]) {
    const spotter = new ThreadlessSpotter()
    const recognizer = new WorkerRecognizer('embedded', setup, spotter, tellsSuspected)
    recognizer.push(0, spokenPhrasesPcm().subarray(0, 32_000), 0)
    spotter.work()
    const words: HeardWord[] = []
    recognizer.drain(words)
    const texts = (isFinal: boolean) =>
      words.filter((word) => word.isFinal === isFinal).map(({ text }) => text)
    t.strictSame(texts(true), ['security', 'code'])
    t.equal(texts(false).join(' ').endsWith('security code'), tellsSuspected)
  }
})
