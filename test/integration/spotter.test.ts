// A call through the proxy while threads beside the media loop listen for numbers: what the recorder has of it while they live, and
// while they are killed as often as they are started.
import t from 'tap'
import { processWorkers } from '../../proxy/detectors/speech/recognizers/embedded/worker-pool.io.js'
import { policySchema } from '../../proxy/policy/options.js'
import { liveProxy, RATE_HZ, until } from '../support/live-proxy.js'
import { spokenDigits, spokenDigitsPcm } from '../support/spoken-digits.js'
import { speak } from '../support/tone-speech.js'

const CALL_MS = 15_000
const DIGITS_MS = 4_000
/** Times as fast as it is spoken. */
const SPEED = 4
/** Well above what the threads need, of which a busy machine takes its part four times. */
const policy = policySchema.parse({
  holdBackMs: 8_000,
  flushMs: 3_000,
  detectors: { speech: { recognizers: { embedded: {} } } },
})
/** How often threads are killed, ms: sooner than one that was started again can listen. */
const KILL_MS = 20

interface Stretch {
  readonly startMs: number
  readonly endMs: number
}

const talk: readonly Stretch[] = [
  { startMs: 1_600, endMs: 2_200 },
  { startMs: 13_000, endMs: 13_600 },
]
const digits: readonly Stretch[] = spokenDigits.words.map(([, start, end]) => ({
  startMs: DIGITS_MS + (start / RATE_HZ) * 1000,
  endMs: DIGITS_MS + (end / RATE_HZ) * 1000,
}))

const said = (): Int16Array => {
  const pcm = new Int16Array((CALL_MS * RATE_HZ) / 1000)
  for (const { startMs, endMs } of talk) speak(pcm, RATE_HZ, 'hello', startMs, endMs)
  pcm.set(spokenDigitsPcm(), (DIGITS_MS * RATE_HZ) / 1000)
  return pcm
}

const loudest = (pcm: Int16Array, { startMs, endMs }: Stretch): number =>
  pcm
    .subarray((startMs * RATE_HZ) / 1000, (endMs * RATE_HZ) / 1000)
    .reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)

const nobody = { worked: () => {}, faulted: () => {} }
const threads = () => processWorkers('speech', nobody)
t.teardown(() => threads().close())

for (const isKilled of [false, true])
  t.test(
    isKilled
      ? 'threads are killed as often as they start: nothing that is said passes'
      : 'numbers are silent, and what else is said is heard',
    async (t) => {
      const proxy = await liveProxy(t, { policy, leakCheck: { everyNthCall: 0, text: false } })
      if (isKilled) {
        const killing = setInterval(() => {
          for (const worker of threads().workers) void worker?.terminate()
        }, KILL_MS)
        t.teardown(() => clearInterval(killing))
      }
      await proxy.play('call-1', [said(), new Int16Array((CALL_MS * RATE_HZ) / 1000)], { speed: SPEED })
      await until(() => proxy.recordings().has('call-1'), 'a recording')
      const [caller] = proxy.recordings().get('call-1')!.pcm
      t.equal(caller!.length, (CALL_MS * RATE_HZ) / 1000)
      for (const word of digits) t.ok(loudest(caller!, word) < 10, `the number at ${word.startMs} ms`)
      for (const word of talk)
        t.equal(loudest(caller!, word) > 5_000, !isKilled, `the word at ${word.startMs} ms`)
      t.equal(await proxy.figure('hushfork_unjudged_passed_seconds_total'), 0)
    },
  )
