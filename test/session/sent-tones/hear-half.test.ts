import t from 'tap'
import { addKey, addNoise, KEYPAD, randomOf, toPcm, voiceLike } from '../../../bench/dtmf/key-set.js'
import { LAST_SUMS, TONE_COUNT } from '../../../proxy/session/sent-tones/layout.js'
import { SentTones } from '../../../proxy/session/sent-tones/sent-tones.js'

const TONES_HZ = [697, 770, 852, 941, 1209, 1336, 1477, 1633]

/** Rates with halves of an even count of samples, and one with halves of an odd one. */
const RATES_HZ = [8_000, 44_100, 48_000]

/** Both ways of hearing, each in a memory of its own. */
const both = (rateHz: number): SentTones[] => [false, true].map((isVector) => new SentTones(rateHz, isVector))

/** A voice and noise with keys of every kind in them. */
const call = (rateHz: number, seconds: number): Int16Array => {
  const random = randomOf(3)
  const audio = voiceLike(seconds * 1000, rateHz, random)
  addNoise(audio, -45, random)
  for (let startMs = 100; startMs < seconds * 1000; startMs += 150)
    addKey(
      audio,
      {
        key: KEYPAD[Math.floor(16 * random())]!,
        startMs: startMs + 40 * random(),
        durationMs: 40 + 60 * random(),
        levelDbm0: 3 - 40 * random(),
        twistDb: 12 - 24 * random(),
        deviation: 0.03 - 0.06 * random(),
      },
      rateHz,
      random,
    )
  return toPcm(audio)
}

/** What a half that has been heard comes to, the sums back on the scale of the audio. */
const sumsOf = (tones: SentTones, half: Int16Array): number[] => {
  tones.take(tones.newState())
  tones.pcm[1].set(half)
  tones.hear(1, 0, half.length, 0)
  const state = tones.newState()
  tones.keep(state)
  const scale = Math.floor(65_535 / tones.half)
  return [...state.subarray(LAST_SUMS / 4, LAST_SUMS / 4 + 2 * TONE_COUNT)].map((sum) => sum / scale)
}

t.test('a half comes to its Fourier sums at the eight frequencies, however loud it is', async (t) => {
  for (const rateHz of RATES_HZ)
    for (const tones of both(rateHz))
      for (const [loudest, hz] of TONES_HZ.entries()) {
        const half = Int16Array.from({ length: tones.half }, (_, n) =>
          Math.cos((2 * Math.PI * hz * n) / rateHz) > 0 ? 32_767 : -32_768,
        )
        const sums = sumsOf(tones, half)
        for (const [tone, hz] of TONES_HZ.entries()) {
          let [re, im] = [0, 0]
          for (const [n, sample] of half.entries()) {
            re += sample * Math.cos((2 * Math.PI * hz * n) / rateHz)
            im -= sample * Math.sin((2 * Math.PI * hz * n) / rateHz)
          }
          const error = Math.hypot(sums[tone]! - re, sums[TONE_COUNT + tone]! - im)
          if (error > 0.001 * 32_768 * tones.half)
            t.fail(`${rateHz} Hz, ${loudest} loudest, ${tone}: ${error}`)
        }
      }
})

t.test('vectors come to the same as TypeScript, to the bit, in pieces of any length', async (t) => {
  for (const rateHz of RATES_HZ) {
    const [scalar, vector] = both(rateHz) as [SentTones, SentTones]
    const pcm = call(rateHz, rateHz > 8_000 ? 2 : 20)
    const [expected, found] = [scalar.newState(), vector.newState()]
    const random = randomOf(5)
    const pairs = new Set<number>()
    for (let at = 0, filled = 0; at < pcm.length; ) {
      const count = Math.min(Math.floor(1.5 * scalar.half * random()), scalar.half - filled, pcm.length - at)
      const [asExpected, asFound] = [scalar, vector].map((tones) => {
        tones.pcm[0].set(pcm.subarray(at, at + count), 7)
        return tones.hear(0, 7, count, filled)
      }) as [number, number]
      at += count
      filled = (filled + count) % scalar.half
      scalar.keep(expected)
      vector.keep(found)
      if (asFound !== asExpected || Buffer.compare(Buffer.from(found.buffer), Buffer.from(expected.buffer)))
        t.strictSame([asFound, found], [asExpected, expected], `${rateHz} Hz, ${at}`)
      pairs.add(asExpected)
    }
    t.ok(pairs.size > 5, `${rateHz} Hz: ${pairs.size} pairs`)
  }
})

t.test('the loudest audio there is has the same energy either way', async (t) => {
  const states = both(48_000).map((tones) => {
    tones.pcm[0].fill(-32_768, 0, tones.half)
    tones.hear(0, 0, tones.half - 1, 0)
    const state = tones.newState()
    tones.keep(state)
    return state
  })
  t.strictSame(states[1], states[0])
})

t.test('what has been heard is overwritten, and no more', async (t) => {
  for (const tones of both(44_100)) {
    tones.pcm[0].fill(1_000, 0, 500)
    tones.hear(0, 3, 5, 0)
    tones.hear(0, 8, 6, 5)
    t.same(tones.pcm[0].subarray(0, 3), [1_000, 1_000, 1_000])
    t.notOk(tones.pcm[0].subarray(3, 14).some((sample) => sample !== 0))
    t.notOk(tones.pcm[0].subarray(14, 500).some((sample) => sample !== 1_000))
  }
})
