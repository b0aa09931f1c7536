import t from 'tap'
import { addKey, addNoise, KEYPAD, randomOf, toPcm, voiceLike } from '../../../bench/dtmf/key-set.js'
import { ENERGY, LAST_SUMS, TONE_COUNT } from '../../../proxy/session/sent-tones/layout.js'
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
  tones.take(tones.newState(), half)
  tones.hear(0, half.length, 0)
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
      const piece = pcm.subarray(at, at + count)
      scalar.take(expected, piece)
      vector.take(found, piece)
      const asExpected = scalar.hear(0, count, filled)
      const asFound = vector.hear(0, count, filled)
      scalar.keep(expected)
      vector.keep(found)
      at += count
      filled = (filled + count) % scalar.half
      if (asFound !== asExpected || Buffer.compare(Buffer.from(found.buffer), Buffer.from(expected.buffer)))
        t.strictSame([asFound, found], [asExpected, expected], `${rateHz} Hz, ${at}`)
      pairs.add(asExpected)
    }
    t.ok(pairs.size > 5, `${rateHz} Hz: ${pairs.size} pairs`)
  }
})

t.test('the loudest audio there is has the same energy either way', async (t) => {
  const states = both(48_000).map((tones) => {
    const state = tones.newState()
    tones.take(state, new Int16Array(tones.half).fill(-32_768))
    tones.hear(0, tones.half - 1, 0)
    tones.keep(state)
    return state
  })
  t.strictSame(states[1], states[0])
})

t.test('what has been heard is overwritten, and no more', async (t) => {
  for (const tones of both(44_100)) {
    const energyLeft = (): number => {
      tones.take(tones.newState(), new Int16Array())
      tones.hear(0, 20, 0)
      const state = tones.newState()
      tones.keep(state)
      return new Float64Array(state.buffer)[ENERGY / 8]!
    }
    tones.take(tones.newState(), new Int16Array(20).fill(1_000))
    tones.hear(3, 5, 0)
    tones.hear(8, 6, 5)
    t.equal(energyLeft(), 9 * 1_000 ** 2)
  }
})
