import t from 'tap'
import { addNoise, randomOf, toPcm } from '../../../bench/dtmf/key-set.js'
import { EvidenceRun, LONG_WINDOW, SHORT_WINDOW } from '../../../proxy/detectors/dtmf/evidence.js'
import { HopRing } from '../../../proxy/detectors/dtmf/hop-ring.js'
import { KeyJudge } from '../../../proxy/detectors/dtmf/key-judge.js'
import { STEADY_TONE } from '../../../proxy/detectors/dtmf/layout.js'
import { NONE, toneBank } from '../../../proxy/detectors/dtmf/tone-bank.js'
import { hearHop, keyed, underHarmonic } from '../../support/dtmf.js'

interface Verdict {
  readonly clear: number
  readonly covered: number
}

/** What is judged after every hop; -Infinity where a run shows nothing. */
function judged(audio: Float64Array): Verdict[] {
  const pcm = toPcm(audio)
  const ring = new HopRing(toneBank(8_000))
  const runs = { short: new EvidenceRun(ring, SHORT_WINDOW), long: new EvidenceRun(ring, LONG_WINDOW) }
  const judge = new KeyJudge(ring)
  return Array.from({ length: pcm.length / 40 }, (_, hop) => {
    hearHop(ring, pcm, hop * 40)
    runs.short.advance()
    runs.long.advance()
    return {
      clear: runs.short.pair === NONE ? Number.NEGATIVE_INFINITY : judge.clear(runs.short),
      covered: runs.long.pair === NONE ? Number.NEGATIVE_INFINITY : judge.covered(runs.long),
    }
  })
}

const most = (verdicts: readonly Verdict[], of: keyof Verdict): number =>
  Math.max(...verdicts.map((verdict) => verdict[of]))

/** A key under noise 6 dB below it, out of quiet noise. */
const noisy = (press: Parameters<typeof keyed>[1][number]): Float64Array => {
  const audio = keyed(200, [press])
  addNoise(audio, -18, randomOf(1))
  return audio
}

const PRESS = { key: '5', startMs: 100, durationMs: 50 }

t.test('10 ms of a clean key are clear; 20 ms after the onset its run counts a third', async (t) => {
  const sums = judged(keyed(160, [PRESS])).map(({ clear }) => Math.round(10 * clear) / 10)
  t.strictSame(sums.slice(20, 26), [Number.NEGATIVE_INFINITY, 3, 6, 9, 4, 5])
})

t.test('twist takes from what is clear', async (t) => {
  const [, level] = judged(keyed(160, [PRESS])).slice(20)
  const [, twisted] = judged(keyed(160, [{ ...PRESS, twistDb: 8 }])).slice(20)
  t.ok(Math.abs(level!.clear - twisted!.clear - 2) < 0.1)
})

t.test('tones that swell count a third from the start', async (t) => {
  const held = { ...PRESS, durationMs: 300 }
  const audio = keyed(400, [held])
  for (let i = 800; i < 3_200; i += 1) audio[i]! *= 0.02 * 50 ** Math.min(1, (i - 800) / 2_000)
  addNoise(audio, -50, randomOf(1))
  const swelling = judged(audio)
    .map(({ clear }) => clear)
    .filter((clear) => clear > 0)
  const sudden = judged(keyed(400, [held])).slice(21, 24)
  t.ok(swelling[0]! <= 1 && sudden[0]!.clear > 2.9, `${swelling[0]} and ${sudden[0]!.clear}`)
})

t.test('a run that begins anew in the middle of its tones has no onset', async (t) => {
  const audio = keyed(400, [{ ...PRESS, durationMs: 300 }])
  for (let i = 2_000; i < 2_080; i += 1) audio[i]! += 15_000 * Math.sin((2 * Math.PI * 2_600 * i) / 8_000)
  const [before, broken, , anew] = judged(audio).slice(50)
  t.ok(before!.clear > 20 && broken!.clear < 0)
  t.ok(anew!.clear > 0.5 && anew!.clear < 1.5, `${anew!.clear}`)
})

t.test('under noise a key is covered, and less so when it is off, twisted, short or swells', async (t) => {
  const plain = most(judged(noisy(PRESS)), 'covered')
  t.ok(plain > 5, `${plain}`)
  t.ok(most(judged(noisy({ ...PRESS, deviation: 0.015 })), 'covered') < plain - 2)
  t.ok(most(judged(noisy({ ...PRESS, twistDb: 6 })), 'covered') < plain - 1)
  t.ok(most(judged(noisy({ ...PRESS, durationMs: 25 })), 'covered') < plain - 1)
  const audio = keyed(400, [{ ...PRESS, durationMs: 300 }])
  for (let i = 800; i < 3_200; i += 1) audio[i]! *= Math.min(1, (i - 800) / 2_000)
  addNoise(audio, -18, randomOf(1))
  t.ok(most(judged(audio), 'covered') < plain - 2)
})

t.test('tones that waver together are less like a key than one that wavers alone', async (t) => {
  const wavering = (column: number): number => {
    const audio = new Float64Array(1_600)
    addNoise(audio, -40, randomOf(1))
    for (let i = 800; i < 1_200; i += 1) {
      const [still, waver] = [3_000, 3_000 * (1 + 0.9 * Math.sin(0.05 * i))]
      const row = waver * Math.sin((2 * Math.PI * 770 * i) / 8_000)
      audio[i]! += row + (still + column * (waver - still)) * Math.sin((2 * Math.PI * 1_336 * i) / 8_000)
    }
    return judged(audio)[29]!.covered
  }
  const [alone, together] = [wavering(0), wavering(1)]
  t.ok(alone > together + 0.3, `${alone} and ${together}`)
})

t.test('digital silence before a key and behind it is no number to fear', async (t) => {
  for (const { clear, covered } of judged(keyed(300, [PRESS])))
    t.notOk(Number.isNaN(clear) || Number.isNaN(covered))
})

t.test('noise alone is never clear nor covered by default', async (t) => {
  const noise = new Float64Array(80_000)
  addNoise(noise, -20, randomOf(2))
  const verdicts = judged(noise)
  t.ok(most(verdicts, 'clear') < 2.4 && most(verdicts, 'covered') < 2.4)
})

/** The most that is said of a steady tone, hop by hop; -Infinity where there is none. */
const drowned = (audio: Float64Array): number => {
  const pcm = toPcm(audio)
  const ring = new HopRing(toneBank(8_000))
  const judge = new KeyJudge(ring)
  return Math.max(
    ...Array.from({ length: pcm.length / 40 }, (_, hop) => {
      hearHop(ring, pcm, hop * 40)
      const tone = ring.candidate(STEADY_TONE)
      return tone === NONE ? Number.NEGATIVE_INFINITY : judge.drowned(tone, Number.NEGATIVE_INFINITY)
    }),
  )
}

t.test(
  'a key with its row under a harmonic is a drowned key; the harmonics alone, and a tone alone, are none',
  async (t) => {
    for (let trial = 0; trial < 20; trial += 1) {
      t.ok(drowned(underHarmonic(keyed(200, [PRESS], 8_000, trial), trial)) >= 2.4, `trial ${trial}`)
      t.ok(drowned(underHarmonic(new Float64Array(1_600), trial)) < 0)
    }
    t.ok(drowned(keyed(200, [{ ...PRESS, twistDb: 30 }])) < 0)
  },
)

t.test('a tone that swells for 40 ms, or is 2 % off, is no half of a drowned key', async (t) => {
  const steep = drowned(underHarmonic(keyed(200, [PRESS]), 1))
  const swelling = keyed(200, [PRESS])
  for (let i = 800; i < 1_200; i += 1) swelling[i]! *= 0.5 + (i - 800) / 800
  t.ok(drowned(underHarmonic(swelling, 1)) < 0)
  t.ok(drowned(underHarmonic(keyed(200, [{ ...PRESS, deviation: 0.02 }]), 1)) < steep - 3)
})

t.test('what the steepest rise could not make a key is not asked for its rise', async (t) => {
  const ring = new HopRing(toneBank(8_000))
  const judge = new KeyJudge(ring)
  const pcm = toPcm(underHarmonic(keyed(60, [{ ...PRESS, startMs: 0 }]), 1))
  for (let hop = 0; hop < 8; hop += 1) hearHop(ring, pcm, hop * 40)
  const evidence = judge.drowned(5, 0)
  t.ok(evidence > 2.4)
  t.equal(judge.drowned(5, evidence), evidence)
  t.equal(judge.drowned(5, 100), Number.NEGATIVE_INFINITY)
})
