import t from 'tap'
import { KeyWatch } from '../../../proxy/detectors/dtmf/key-watch.js'
import { dtmfOptionsSchema } from '../../../proxy/detectors/dtmf/options.js'
import { toneBank } from '../../../proxy/detectors/dtmf/tone-bank.js'
import { keyedPcm } from '../../support/dtmf.js'

type Call = ['masked', number, number, boolean] | ['recognised', number, number]

/** What the watch tells, hop by hop. */
function watch(pcm: Int16Array, options: Readonly<Record<string, number>> = {}): Call[] {
  const calls: Call[] = []
  const bank = toneBank(8_000)
  const keyWatch = new KeyWatch(bank, dtmfOptionsSchema.parse({ reachBackMs: 40, ...options }), {
    masked: (start, end, isOnset) => calls.push(['masked', start, end, isOnset]),
    recognised: (pair, start) => calls.push(['recognised', pair, start]),
  })
  for (let offset = 0; offset + 40 <= pcm.length; offset += 40) {
    bank.put(pcm.subarray(offset, offset + 40), 0)
    keyWatch.hear(1, false)
  }
  return calls
}

t.test(
  'a key of hops 20 to 30 is masked from two hops before its first window to four after its last, as it is heard',
  async (t) => {
    const calls = watch(keyedPcm(300, [{ key: '6', startMs: 100, durationMs: 50 }]))
    t.strictSame(calls[0], ['masked', 17, 22, true])
    const masked = calls.filter(([kind]) => kind === 'masked')
    for (const [i, [, start]] of masked.entries()) if (i > 0) t.equal(start, masked[i - 1]![2])
    t.equal(masked.at(-1)![2], 35)
    t.strictSame(
      calls.filter(([kind]) => kind === 'recognised'),
      [['recognised', 6, 20]],
    )
  },
)

t.test('pads and reach-back are what the options say, in whole hops', async (t) => {
  const pcm = keyedPcm(300, [{ key: '6', startMs: 100, durationMs: 50 }])
  const calls = watch(pcm, { padBeforeMs: 0, padAfterMs: 42 }).filter(([kind]) => kind === 'masked')
  t.equal(calls[0]![1], 19)
  t.equal(calls.at(-1)![2], 40)
  t.equal(watch(pcm, { padBeforeMs: 40, reachBackMs: 20 })[0]![1], 18)
})

t.test("a second key ends the first one's mask and begins its own", async (t) => {
  const presses = [
    { key: '1', startMs: 100, durationMs: 50 },
    { key: '8', startMs: 150, durationMs: 50 },
  ]
  const calls = watch(keyedPcm(400, presses))
  t.equal(calls.filter(([kind, , , isOnset]) => kind === 'masked' && isOnset).length, 2)
  t.strictSame(
    calls.filter(([kind]) => kind === 'recognised').map(([, pair]) => pair),
    [0, 9],
  )
})

t.test('an interruption of 30 ms leaves one mask', async (t) => {
  const calls = watch(keyedPcm(400, [{ key: '1', startMs: 100, durationMs: 100, interruptionMs: 30 }]))
  t.equal(calls.filter(([kind, , , isOnset]) => kind === 'masked' && isOnset).length, 1)
})

t.test('a key that begins under something louder is masked from where its tones began', async (t) => {
  const pcm = keyedPcm(300, [{ key: '6', startMs: 100, durationMs: 60 }])
  for (let i = 0; i < 960; i += 1) pcm[i]! += 15_000 * Math.sin(2.2 * i)
  const [[, start] = []] = watch(pcm)
  t.ok(start! >= 16 && start! <= 20, `${start}`)
})

t.test('a key that fades under others by 18 dB still holds its mask for 100 ms, and no longer', async (t) => {
  const audio = keyedPcm(1_000, [
    { key: '5', startMs: 100, durationMs: 100 },
    { key: '5', startMs: 200, durationMs: 700, levelDbm0: -30 },
  ])
  for (let i = 1_600; i < audio.length; i += 1) audio[i]! += 9_000 * Math.sin(0.31 * i)
  const end = watch(audio)
    .filter(([kind]) => kind === 'masked')
    .at(-1)![2] as number
  t.ok(end >= 40 + 20 && end <= 40 + 20 + 6, `${end}`)
})

t.test('after a key less evidence is enough, for as long as the options say', async (t) => {
  const press = { key: '5', durationMs: 10 }
  const [long, soon, late] = [
    { key: '1', startMs: 100, durationMs: 60 },
    { ...press, startMs: 1_003 },
    { ...press, startMs: 3_003 },
  ]
  const onsets = (presses: Parameters<typeof keyedPcm>[1]) =>
    watch(keyedPcm(4_000, presses), { afterKeyMs: 2_000, maskThreshold: 6 }).filter(
      ([, , , isOnset]) => isOnset === true,
    ).length
  t.equal(onsets([soon]), 0)
  t.equal(onsets([long, soon]), 2)
  t.equal(onsets([long, late]), 1)
})
