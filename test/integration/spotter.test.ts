// Calls through the proxy while threads beside the media loop listen for numbers: what the recorder has of them while the threads
// live, and when they hang, spin, dawdle, have more to judge than they can, or are killed as often as they are started.
import t, { type Test } from 'tap'
import {
  closeWorkers,
  prepareWorkers,
  processWorkers,
} from '../../proxy/detectors/speech/recognizers/embedded/worker-pool.io.js'
import { WorkerRecognizer } from '../../proxy/detectors/speech/recognizers/embedded/worker-recognizer.js'
import { policySchema } from '../../proxy/policy/options.js'
import { faultySpotter, haveSpotter } from '../support/faulty-spotter.js'
import { linesIn } from '../support/ledger-folder.js'
import { type LiveProxy, liveProxy, RATE_HZ, until } from '../support/live-proxy.js'
import { spokenDigits, spokenDigitsPcm } from '../support/spoken-digits.js'
import { speak } from '../support/tone-speech.js'

const CALL_MS = 13_000
const DIGITS_MS = 5_000
/** The first number is being said, and the greeting has been judged, on a busy machine as well. */
const FAULT_MS = 5_600
/** Times as fast as it is spoken. */
const SPEED = 4
/** Well above what the threads need, of which a busy machine takes its part four times. */
const policy = policySchema.parse({
  holdBackMs: 8_000,
  flushMs: 1_000,
  detectors: { speech: { recognizers: { embedded: {} } } },
})
/** How often threads are killed, ms: sooner than one that was started again can listen. */
const KILL_MS = 20
/** Streams of others, how much each is sent and how often: four times what a core can judge. */
const OTHERS = 600
const OTHERS_SENT_MS = 800
const OTHERS_EVERY_MS = 50

interface Stretch {
  readonly startMs: number
  readonly endMs: number
}

const greeting: Stretch = { startMs: 700, endMs: 1_300 }
const farewell: Stretch = { startMs: 11_800, endMs: 12_400 }
const digits: readonly Stretch[] = spokenDigits.words.map(([, start, end]) => ({
  startMs: DIGITS_MS + (start / RATE_HZ) * 1000,
  endMs: DIGITS_MS + (end / RATE_HZ) * 1000,
}))

const said = (): Int16Array => {
  const pcm = new Int16Array((CALL_MS * RATE_HZ) / 1000)
  for (const { startMs, endMs } of [greeting, farewell]) speak(pcm, RATE_HZ, 'hello', startMs, endMs)
  pcm.set(spokenDigitsPcm(), (DIGITS_MS * RATE_HZ) / 1000)
  return pcm
}

const loudest = (pcm: Int16Array, { startMs, endMs }: Stretch): number =>
  pcm
    .subarray((startMs * RATE_HZ) / 1000, (endMs * RATE_HZ) / 1000)
    .reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)

const NAME = 'embedded'
const nobody = { worked: () => {}, faulted: () => {}, windowOpened: () => {} }
const threads = () => processWorkers(NAME, nobody)
t.teardown(() => closeWorkers())

interface Case {
  readonly title: string
  /** Happens while the numbers are said; returns what ends it. */
  readonly meanwhile: () => () => void
  readonly greetingIsHeard: boolean
  readonly farewellIsHeard: boolean
  /** How the metrics call it, and whether audio reaches its deadline for it; null: it may. */
  readonly fault: string | null
  readonly isUnjudged: boolean | null
}

const well = (): void => haveSpotter('well')
const silenced = { greetingIsHeard: true, farewellIsHeard: false, isUnjudged: true }

/** Each begins with the thread that has taken over in the one before. */
const cases: readonly Case[] = [
  {
    ...silenced,
    title: 'a thread that hangs: nothing passes that it has not judged',
    meanwhile: () => {
      haveSpotter('hangs')
      return well
    },
    fault: 'worker-frozen',
  },
  {
    ...silenced,
    title: 'a thread that is busy for ever: nothing passes that it has not judged',
    meanwhile: () => {
      haveSpotter('spins')
      return well
    },
    fault: 'worker-frozen',
  },
  {
    ...silenced,
    title: 'a thread that is too late: nothing passes that it has not judged in time',
    meanwhile: () => {
      haveSpotter('dawdles')
      return well
    },
    fault: 'worker-behind',
  },
  {
    ...silenced,
    title: 'a thread that has more to judge than it can: nothing passes that it was not asked',
    meanwhile: () => overload(),
    fault: 'worker-behind',
    // It is told to be unheard as soon as the thread is asked again, which may be in time.
    isUnjudged: null,
  },
  {
    title: 'numbers are silent, and what else is said is heard',
    meanwhile: () => well,
    greetingIsHeard: true,
    farewellIsHeard: true,
    fault: null,
    isUnjudged: false,
  },
]

/** Other calls, at once and faster than they are spoken. */
const overload = (): (() => void) => {
  const pcm = spokenDigitsPcm()
  const setup = {
    tracks: [{ index: 0, role: 'mixed' as const }],
    clockRateHz: RATE_HZ,
    sampleRateHz: [RATE_HZ],
  }
  const others = Array.from({ length: OTHERS }, () => new WorkerRecognizer(NAME, setup, threads()))
  const count = (OTHERS_SENT_MS * RATE_HZ) / 1000
  let at = 0
  const timer = setInterval(() => {
    for (const other of others) other.push(0, pcm.subarray(at % 32_000, (at % 32_000) + count), at)
    at += count
  }, OTHERS_EVERY_MS)
  return () => {
    clearInterval(timer)
    for (const other of others) other.close()
  }
}

const check = async (t: Test, proxy: LiveProxy, { meanwhile, ...expected }: Case): Promise<void> => {
  const timer = setTimeout(() => t.teardown(meanwhile()), FAULT_MS / SPEED)
  await proxy.play('call-1', [said(), new Int16Array((CALL_MS * RATE_HZ) / 1000)], { speed: SPEED })
  clearTimeout(timer)
  await until(() => proxy.recordings().has('call-1'), 'a recording')
  const [caller] = proxy.recordings().get('call-1')!.pcm
  t.equal(caller!.length, (CALL_MS * RATE_HZ) / 1000)
  for (const word of digits) t.ok(loudest(caller!, word) < 10, `the number at ${word.startMs} ms`)
  t.equal(loudest(caller!, greeting) > 5_000, expected.greetingIsHeard, 'the greeting')
  t.equal(loudest(caller!, farewell) > 5_000, expected.farewellIsHeard, 'the farewell')
  t.equal(await proxy.figure('hushfork_unjudged_passed_seconds_total'), 0)
  const unjudged = await proxy.figure('hushfork_unjudged_silenced_seconds_total')
  const { isUnjudged } = expected
  if (isUnjudged !== null) t.equal(unjudged > 0, isUnjudged, 'the metrics say what nobody has judged')
  if (expected.fault !== null) {
    const fault = `hushfork_detector_faults_total{worker="${NAME}",reason="${expected.fault}"}`
    await until(async () => (await proxy.figure(fault)) > 0, expected.fault)
  }
  const closed = () => linesIn(proxy.ledgerDirectory).find((line) => line.includes('"kind":"call-closed"'))
  await until(() => closed() !== undefined, 'the ledger')
  const entry = JSON.parse(closed()!) as { unjudgedPassedMs: number; unjudgedSilencedMs: number }
  t.equal(entry.unjudgedPassedMs, 0)
  t.equal(entry.unjudgedSilencedMs > 0, unjudged > 0, 'and so does the ledger')
}

const open = (t: Test): Promise<LiveProxy> =>
  liveProxy(t, { policy, leakCheck: { everyNthCall: 0, text: false } })

t.test('before a call is taken, threads listen', async (t) => {
  const proxy = await open(t)
  t.ok((await proxy.figure('hushfork_speech_threads{state="listening"}')) > 0)
  t.equal(await proxy.figure('hushfork_speech_threads{state="starting"}'), 0)
  await closeWorkers()
})

t.test('a process that nobody listens in is not ready for calls, until somebody listens again', async (t) => {
  await prepareWorkers(NAME, 1, faultySpotter)
  const proxy = await open(t)
  const readyz = async () => (await fetch(`http://127.0.0.1:${proxy.proxy.adminPort}/readyz`)).text()
  t.equal(await readyz(), '{"status":"ready"}')
  haveSpotter('ends')
  await until(async () => (await readyz()) === '{"status":"nobody-listens"}', 'what /readyz says')
  haveSpotter('well')
  await until(async () => (await readyz()) === '{"status":"ready"}', 'what /readyz says')
  await closeWorkers()
})

t.test('one thread after another', async (t) => {
  await prepareWorkers(NAME, 1, faultySpotter)
  for (const example of cases)
    await t.test(example.title, async (t) => {
      const proxy = await open(t)
      await check(t, proxy, example)
      // Those that have ended are over when it is closed.
      await until(
        async () => (await proxy.figure('hushfork_speech_threads{state="listening"}')) === 1,
        'a thread',
      )
    })
})

t.test('threads are killed as often as they start: nothing that is said passes', async (t) => {
  const proxy = await open(t)
  const killing = setInterval(() => {
    for (const worker of threads().workers) void worker?.terminate()
  }, KILL_MS)
  t.teardown(() => clearInterval(killing))
  await check(t, proxy, {
    title: '',
    meanwhile: () => well,
    greetingIsHeard: false,
    farewellIsHeard: false,
    fault: 'worker-lost',
    isUnjudged: true,
  })
})
