// A small part of the conformance suite, through the whole proxy: no program of others is needed, every seed is fixed.
import t from 'tap'
import { clearMs, oracleGuess } from '../../bench/dtmf/attackers.js'
import { isWatermarkKept, measureFailures } from '../../bench/dtmf/failures.js'
import { type Call, type Section, sections } from '../../bench/dtmf/generate.js'
import { KEYPAD, randomOf, toPcm, voiceLike } from '../../bench/dtmf/key-set.js'
import { atRate, isBarKept, measureSection, strictFork, strictPolicy } from '../../bench/dtmf/measure.js'
import { type Fork, playThrough } from '../../bench/dtmf/path.js'
import { measureSilentPackets } from '../../bench/dtmf/silence.js'
import type { Tools } from '../../bench/dtmf/tools.js'
import { prepareOpusDecoders } from '../../proxy/codecs/opus/decoder-pool.io.js'

const SEED = 7
const noTools: Tools = {
  spandsp: null,
  opus: null,
  multimon: null,
  sox: null,
  espeak: null,
  opusdec: null,
  opusinfo: null,
  missing: [],
  folder: '',
  close() {},
}
const suite = sections(SEED, 0.1, null)
const sectionNamed = (name: string): Section => suite.find((section) => section.name === name)!

for (const name of [
  'clean 50/50 ms',
  '16-digit entries on 2 tracks',
  'duration 15 ms',
  'level -45 dBm0',
  'twist 12 dB',
  'noise, SNR 2 dB',
  '20 ms packets lost, one of each key, 60 ms keys',
  'echoes at -50 dBm0, 160 ms later',
  'G.711 pcma',
  'keys held for 1 to 4 s',
])
  t.test(`no key is left in the recording: ${name} (seed ${SEED})`, async (t) => {
    const result = measureSection(sectionNamed(name), noTools)!
    t.ok(result.keys >= 16)
    t.ok(isBarKept(result), JSON.stringify(result))
  })

t.test('no key is left, whatever the frames, the rate and the hold-back', async (t) => {
  const random = randomOf(SEED)
  const section = sectionNamed('duration 20 ms')
  const forks: readonly [Partial<Fork>, number][] = [
    [{ nextFrame: () => 480, policy: { ...strictPolicy, holdBackMs: 100 } }, 8_000],
    [{ nextFrame: () => 80, policy: { ...strictPolicy, holdBackMs: 60 } }, 8_000],
    [{ codec: 'l16', nextFrame: () => 1 + Math.floor(500 * random()) }, 16_000],
  ]
  for (const [fork, rateHz] of forks) {
    const calls = section.calls.map((call: Call) => atRate(call, rateHz))
    const { leaking, missed } = measureSection({ ...section, calls }, noTools, { ...strictFork, ...fork })!
    t.strictSame({ leaking, missed }, { leaking: 0, missed: 0 })
  }
})

t.test('every accept key is reported once, and no reject key', async (t) => {
  for (const { name, reporting, calls } of suite.filter(({ opus }) => opus === undefined)) {
    if (!['accept', 'reject', 'no-doubles'].includes(reporting)) continue
    const { ours, keys } = measureSection({ ...sectionNamed(name), calls: calls.slice(0, 16) }, noTools)!
    t.strictSame(ours, { right: reporting === 'reject' ? 0 : keys, doubles: 0, wrong: 0 }, name)
  }
})

t.test('the attack works: without us the oracle reads every key, and all of it is clear', async (t) => {
  for (const { tracks, keys } of sectionNamed('duration 15 ms').calls) {
    const { unmasked } = playThrough({ sampleRateHz: 8_000, tracks }, strictFork)
    const { startSample, endSample, digit } = keys[0]!
    t.equal(oracleGuess(unmasked[0]!, startSample, endSample, 8_000), digit)
    t.equal(clearMs(unmasked[0]!, unmasked[0]!, startSample, endSample, 8_000), 15)
  }
})

t.test(
  'silence tells the oracle nothing: it names the same key always, also for what A-law calls silence',
  async (t) => {
    t.equal(oracleGuess(new Int16Array(400), 0, 400, 8_000), KEYPAD[0])
    t.equal(oracleGuess(new Int16Array(400).fill(8), 0, 400, 8_000), KEYPAD[0])
  },
)

t.test('whatever fails, fails closed', async (t) => {
  for (const { name, isClosed } of measureFailures(SEED)) t.ok(isClosed, name)
})

t.test('the watermark never goes back, and no finding starts before it', async (t) => {
  const random = randomOf(SEED)
  const speech = toPcm(voiceLike(20_000, 8_000, random))
  t.ok(isWatermarkKept(speech, () => 1 + Math.floor(400 * random())))
})

t.test('silent Opus packets last as long as what they replace, and decode to zeros', async (t) => {
  await prepareOpusDecoders(1)
  const { packets, wrongLength, audible } = measureSilentPackets(SEED, noTools)
  t.ok(packets > 4_000)
  t.strictSame({ wrongLength, audible }, { wrongLength: 0, audible: 0 })
})

t.test('what needs an encoder is skipped without one', async (t) => {
  t.equal(measureSection(sectionNamed('Opus 12 kbit/s, 20 ms'), noTools), null)
})
