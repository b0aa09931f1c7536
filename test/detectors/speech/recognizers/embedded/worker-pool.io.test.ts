// Real threads that really die and really hang: the watermark stands, and what was missed is told as unheard.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { HeardWord } from '../../../../../proxy/detectors/speech/recognizer.js'
import {
  closeWorkers,
  isListenedTo,
  prepareWorkers,
  processWorkers,
  type WorkerFault,
  WorkerPool,
} from '../../../../../proxy/detectors/speech/recognizers/embedded/worker-pool.io.js'
import { WorkerRecognizer } from '../../../../../proxy/detectors/speech/recognizers/embedded/worker-recognizer.js'
import { faultySpotter, haveSpotter } from '../../../../support/faulty-spotter.js'
import { spokenDigitsPcm } from '../../../../support/spoken-digits.js'

const setup = {
  tracks: [{ index: 0, role: 'mixed' as const }],
  clockRateHz: 8_000,
  sampleRateHz: [8_000],
}
const pcm = spokenDigitsPcm()
const FRAME = 160

const poolOf = (t: { teardown(action: () => void): void }, script?: URL) => {
  const faults: WorkerFault[] = []
  const pool = new WorkerPool({
    workers: 1,
    worked: () => {},
    faulted: (fault) => faults.push(fault),
    ...(script && { script }),
  })
  t.teardown(() => pool.close())
  return { pool, faults }
}

/** Feeds the fixture, over and over, at ten times the speed of speech, until `isDone`; returns what was drained. */
const feed = async (
  recognizer: WorkerRecognizer,
  from: number,
  isDone: (words: readonly HeardWord[], at: number) => boolean,
): Promise<{ words: HeardWord[]; at: number }> => {
  const words: HeardWord[] = []
  let at = from
  for (let frames = 0; !isDone(words, at); frames++) {
    if (frames > 5_000) throw new Error('it never comes to that')
    const offset = at % (pcm.length - FRAME)
    recognizer.push(0, pcm.subarray(offset, offset + FRAME), at)
    recognizer.drain(words)
    at += FRAME
    if (frames % 5 === 4) await sleep(10)
  }
  return { words, at }
}

t.test('a thread hears what is said, beside the loop', async (t) => {
  const { pool, faults } = poolOf(t)
  const recognizer = new WorkerRecognizer('embedded', setup, pool)
  const { words } = await feed(recognizer, 0, (words) => words.length >= 6)
  t.equal(
    words
      .slice(0, 6)
      .map(({ text }) => text)
      .join(' '),
    'four one one one one one',
  )
  recognizer.finish()
  while (recognizer.watermarkSample(0) !== Infinity) {
    await sleep(5)
    recognizer.drain(words)
  }
  t.strictSame(faults, [])
})

t.test(
  'a thread that is killed: the watermark stands, another is started, what was missed is unheard',
  async (t) => {
    const { pool, faults } = poolOf(t)
    const recognizer = new WorkerRecognizer('embedded', setup, pool)
    const first = await feed(recognizer, 0, (words) => words.length >= 2)
    const before = recognizer.watermarkSample(0)
    await pool.workers[0]!.terminate()
    const { words, at } = await feed(recognizer, first.at, (words) => words.length >= 2)
    t.strictSame(faults, ['worker-lost'])
    const unheard = words.find(({ text }) => text === '')!
    t.ok(unheard.startSample >= before && unheard.endSample > first.at)
    const gap = words
      .filter(({ text }) => text !== '')
      .filter(({ startSample }) => startSample < unheard.endSample)
    t.ok(gap.every(({ endSample }) => endSample <= unheard.startSample + 16_000))
    t.ok(recognizer.watermarkSample(0) <= at)
  },
)

for (const fault of ['hangs', 'spins'] as const)
  t.test(`a thread that ${fault}: the watermark stands, and another takes its place`, async (t) => {
    const { pool, faults } = poolOf(t, faultySpotter)
    const recognizer = new WorkerRecognizer('embedded', setup, pool)
    const first = await feed(recognizer, 0, (words) => words.length >= 2)
    haveSpotter(fault)
    const second = await feed(recognizer, first.at, () => faults.at(-1) === 'worker-behind')
    const before = recognizer.watermarkSample(0)
    const third = await feed(recognizer, second.at, () => faults.includes('worker-frozen'))
    t.equal(recognizer.watermarkSample(0), before)
    t.strictSame(faults, ['worker-behind', 'worker-frozen'])
    t.strictSame(pool.states, { starting: 1, listening: 0, behind: 0 })
    const { words } = await feed(recognizer, third.at, (words) => words.length >= 2)
    t.equal(words[0]!.text, '', 'what was missed is unheard')
    t.strictSame(pool.states, { starting: 0, listening: 1, behind: 0 })
  })

t.test('who waits for the threads finds them all listening', async (t) => {
  const { pool } = poolOf(t, faultySpotter)
  t.strictSame(pool.states, { starting: 1, listening: 0, behind: 0 })
  await pool.listening()
  t.strictSame(pool.states, { starting: 0, listening: 1, behind: 0 })
})

t.test('a process is listened to while one of its threads is there', async (t) => {
  t.ok(isListenedTo(), 'nobody has to')
  await prepareWorkers('embedded', 2, faultySpotter)
  t.teardown(closeWorkers)
  const monitor = { worked() {}, faulted() {}, windowOpened() {} }
  const { workers } = processWorkers('embedded', monitor)
  await workers[0]!.terminate()
  t.ok(isListenedTo(), 'one of two is gone')
  haveSpotter('ends')
  while (isListenedTo()) await sleep(10)
  haveSpotter('well')
  while (!isListenedTo()) await sleep(10)
})

t.test('threads that never listen are not waited for', async (t) => {
  const { pool } = poolOf(t, new URL('data:text/javascript,setInterval(()=>{},1000)'))
  await t.rejects(pool.listening(300), { code: 'REDACT_ERR_SPEECH' })
})
