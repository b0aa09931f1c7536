import t from 'tap'
import { KeptAudio } from '../../../../../proxy/detectors/speech/recognizers/remote/kept-audio.js'

const ramp = (from: number, to: number): Int16Array =>
  Int16Array.from({ length: to - from }, (_, i) => from + i)

const read = (kept: KeptAudio, from: number, to: number): number[] => {
  const out = new Int16Array(to - from)
  kept.read(from, out)
  return [...out]
}

t.test(
  'what was pushed is read from any place, across the end of the ring and after it has grown',
  async (t) => {
    const kept = new KeptAudio(64, 8)
    kept.push(ramp(0, 6))
    kept.forget(4)
    kept.push(ramp(6, 11))
    t.same(read(kept, 4, 11), [...ramp(4, 11)])
    kept.push(ramp(11, 40))
    t.same(read(kept, 4, 40), [...ramp(4, 40)])
    t.same([kept.startSample, kept.endSample], [4, 40])
  },
)

t.test('beyond its bound the oldest goes', async (t) => {
  const kept = new KeptAudio(16, 4)
  kept.push(ramp(0, 12))
  kept.push(ramp(12, 22))
  t.same([kept.startSample, kept.endSample], [6, 22])
  t.same(read(kept, 6, 22), [...ramp(6, 22)])
  kept.push(ramp(22, 62))
  t.same([kept.startSample, kept.endSample], [46, 62])
  t.same(read(kept, 46, 62), [...ramp(46, 62)])
})

t.test('what is forgotten is overwritten', async (t) => {
  const kept = new KeptAudio(8, 8)
  kept.push(ramp(1, 9))
  kept.forget(6)
  t.same(read(kept, 0, 8), [0, 0, 0, 0, 0, 0, 7, 8])
  kept.clear()
  t.same(read(kept, 0, 8), [0, 0, 0, 0, 0, 0, 0, 0])
})

t.test('a gap begins anew', async (t) => {
  const kept = new KeptAudio(8, 8)
  kept.push(ramp(1, 5))
  kept.skip(100)
  kept.push(ramp(100, 103))
  t.same([kept.startSample, kept.endSample], [100, 103])
  t.same(read(kept, 100, 103), [100, 101, 102])
})
