import t from 'tap'
import { addKey, addNoise, type KeyPress, randomOf, toPcm, voiceLike } from '../../bench/dtmf/key-set.js'
import { SentKeys } from '../../proxy/session/sent-keys.js'
import { sentTonesAt } from '../../proxy/session/sent-tones/sent-tones.js'

interface Hearing {
  readonly rateHz?: number
  readonly frame?: number
  readonly noiseDbm0?: number
  readonly seconds?: number
}

const heard = (
  presses: readonly KeyPress[],
  { rateHz = 8000, frame = rateHz / 50, noiseDbm0 = -60, seconds = 4 }: Hearing = {},
): [number, number][] => {
  const random = randomOf(1)
  const audio = new Float64Array(rateHz * seconds)
  for (const press of presses) addKey(audio, press, rateHz, random)
  addNoise(audio, noiseDbm0, random)
  const pcm = toPcm(audio)
  const ranges: [number, number][] = []
  const keys = new SentKeys(sentTonesAt(rateHz), (start, end) =>
    ranges.push([Math.round((start * 1000) / rateHz), Math.round((end * 1000) / rateHz)]),
  )
  for (let at = 0; at < pcm.length; at += frame) keys.push(pcm.subarray(at, at + frame), at)
  keys.finish()
  return ranges
}

const entry = (startsMs: readonly number[], durationMs = 100): KeyPress[] =>
  startsMs.map((startMs, i) => ({ key: '123A456B789C*0#D'[i]!, startMs, durationMs }))

t.test('three keys are a suspicion over all of them, each further key one of its own', async (t) => {
  t.same(heard(entry([500, 800])), [])
  const [first, second, ...rest] = heard(entry([500, 800, 1100, 1400]))
  t.same(rest, [])
  t.ok(first![0] >= 480 && first![0] <= 520 && first![1] >= 1180 && first![1] <= 1220, `${first}`)
  t.ok(second![0] >= 1380 && second![1] <= 1520, `${second}`)
})

t.test('keys more than five seconds apart are no entry', async (t) => {
  t.same(heard(entry([500, 6000, 11_500]), { seconds: 12 }), [])
  t.equal(heard(entry([500, 5000, 9500]), { seconds: 12 }).length, 1)
})

t.test('the same key three times is three keys, one long one is one', async (t) => {
  const same = (startMs: number, durationMs: number): KeyPress => ({ key: '5', startMs, durationMs })
  t.equal(heard([same(500, 80), same(660, 80), same(820, 80)]).length, 1)
  t.equal(heard([same(500, 2000)]).length, 0)
})

t.test('keys of 40 ms are heard wherever they begin, at every rate, in frames of any length', async (t) => {
  for (const rateHz of [8000, 16_000, 48_000])
    for (let shift = 0; shift < 20; shift += 4)
      t.equal(
        heard(entry([500 + shift, 800 + shift, 1100 + shift], 40), { rateHz }).length,
        1,
        `${rateHz} ${shift}`,
      )
  t.equal(heard(entry([500, 800, 1100], 40), { frame: 37 }).length, 1)
})

t.test('faint keys are heard, and those that noise nearly covers; what is fainter is not', async (t) => {
  const at = (levelDbm0: number): KeyPress[] =>
    entry([500, 800, 1100]).map((press) => ({ ...press, levelDbm0 }))
  t.equal(heard(at(-45), { noiseDbm0: -80 }).length, 1)
  t.equal(heard(at(-15), { noiseDbm0: -20 }).length, 1)
  t.equal(heard(at(-60), { noiseDbm0: -80 }).length, 0)
  t.equal(heard(at(-15), { noiseDbm0: -10 }).length, 0)
})

t.test('single tones, and three at once, are no keys', async (t) => {
  const tones = (...hz: number[]): number => {
    const keys: unknown[] = []
    const listener = new SentKeys(sentTonesAt(8000), (...range) => keys.push(range))
    const pcm = Int16Array.from({ length: 16_000 }, (_, n) =>
      n % 1600 < 800 ? hz.reduce((sum, f) => sum + 3000 * Math.sin((2 * Math.PI * f * n) / 8000), 0) : 0,
    )
    listener.push(pcm, 0)
    listener.finish()
    return keys.length
  }
  t.equal(tones(697), 0)
  t.equal(tones(440), 0)
  t.equal(tones(697, 852, 1336), 0)
  t.equal(tones(350, 440), 0, 'dial tone')
  t.ok(tones(697, 1336) > 0, 'and two are')
})

t.test('what is missing in between ends a key', async (t) => {
  const ranges: unknown[] = []
  const keys = new SentKeys(sentTonesAt(8000), (...range) => ranges.push(range))
  const random = randomOf(2)
  const audio = new Float64Array(800)
  addKey(audio, { key: '5', startMs: 0, durationMs: 100 }, 8000, random)
  for (const start of [0, 4000, 8000]) keys.push(toPcm(audio), start)
  keys.finish()
  t.match(ranges, [[0, 8800]])
})

t.test('tracks that are heard in turn do not hear each other', async (t) => {
  const random = randomOf(4)
  const audio = new Float64Array(16_000)
  for (const press of entry([500, 800, 1100])) addKey(audio, press, 8000, random)
  const tracks = [toPcm(audio), toPcm(voiceLike(2000, 8000, random))]
  const told: number[] = []
  const keys = tracks.map((_, track) => new SentKeys(sentTonesAt(8000), () => void told.push(track)))
  for (let at = 0; at < 16_000; at += 40)
    for (const [track, pcm] of tracks.entries()) keys[track]!.push(pcm.subarray(at, at + 40), at)
  for (const track of keys) track.finish()
  t.same(told, [0])
})
