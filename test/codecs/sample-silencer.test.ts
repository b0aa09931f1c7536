import t from 'tap'
import { SampleSilencer } from '../../proxy/codecs/sample-silencer.js'

const range = (startSample: number, endSample: number, channel: number | null = null) => ({
  channel,
  startSample,
  endSample,
})

t.test('a mono range is overwritten in place and nothing else', async (t) => {
  const payload = Uint8Array.of(1, 2, 3, 4, 5)
  const silent = new SampleSilencer(Uint8Array.of(0xff), 1, 1).apply(payload, [range(1, 3)])
  t.equal(silent, payload)
  t.strictSame([...silent], [1, 0xff, 0xff, 4, 5])
})

t.test('on stereo, a range silences its own channel alone, and null both', async (t) => {
  const silencer = new SampleSilencer(Uint8Array.of(0xff), 1, 2)
  t.strictSame([...silencer.apply(Uint8Array.of(1, 2, 3, 4, 5, 6), [range(1, 3, 0)])], [1, 2, 255, 4, 255, 6])
  t.strictSame([...silencer.apply(Uint8Array.of(1, 2, 3, 4, 5, 6), [range(1, 3, 1)])], [1, 2, 3, 255, 5, 255])
  t.strictSame([...silencer.apply(Uint8Array.of(1, 2, 3, 4, 5, 6), [range(1, 2)])], [1, 2, 255, 255, 5, 6])
})

t.test('both bytes of a two-byte sample are overwritten', async (t) => {
  const payload = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
  t.strictSame(
    [...new SampleSilencer(Uint8Array.of(0, 0), 2, 2).apply(payload, [range(0, 1, 1)])],
    [1, 2, 0, 0, 5, 6, 7, 8],
  )
})

t.test('several ranges add up', async (t) => {
  const payload = Uint8Array.of(1, 2, 3, 4, 5, 6)
  t.strictSame(
    [...new SampleSilencer(Uint8Array.of(0), 1, 1).apply(payload, [range(0, 2), range(1, 3), range(5, 6)])],
    [0, 0, 0, 4, 5, 0],
  )
})

t.test('ranges beyond the frame are clamped, empty and reversed ones silence nothing', async (t) => {
  const silencer = new SampleSilencer(Uint8Array.of(0), 1, 1)
  t.strictSame([...silencer.apply(Uint8Array.of(1, 2, 3), [range(-1, 1)])], [0, 2, 3])
  t.strictSame([...silencer.apply(Uint8Array.of(1, 2, 3), [range(2, Infinity)])], [1, 2, 0])
  const stereo = new SampleSilencer(Uint8Array.of(0), 1, 2)
  t.strictSame([...stereo.apply(Uint8Array.of(1, 2, 3, 4), [range(1, Infinity, 1)])], [1, 2, 3, 0])
  t.strictSame(
    [...silencer.apply(Uint8Array.of(1, 2, 3), [range(7, 9), range(1, 1), range(2, 1)])],
    [1, 2, 3],
  )
})

t.test('a channel that the payload does not have silences every channel', async (t) => {
  t.strictSame(
    [...new SampleSilencer(Uint8Array.of(0), 1, 2).apply(Uint8Array.of(1, 2, 3, 4), [range(0, 1, 2)])],
    [0, 0, 3, 4],
  )
  t.strictSame(
    [...new SampleSilencer(Uint8Array.of(0), 1, 1).apply(Uint8Array.of(1, 2), [range(0, 1, 1)])],
    [0, 2],
  )
})

t.test('bytes behind the last whole sample go with any range and pass with none', async (t) => {
  const silencer = new SampleSilencer(Uint8Array.of(0, 0), 2, 2)
  t.strictSame(
    [...silencer.apply(Uint8Array.of(1, 2, 3, 4, 5, 6, 7), [range(0, 1, 0)])],
    [0, 0, 3, 4, 0, 0, 0],
  )
  t.strictSame([...silencer.apply(Uint8Array.of(1, 2, 3, 4, 5), [])], [1, 2, 3, 4, 5])
})

t.test('no sample hides another: hasExtended stays false', async (t) => {
  const silencer = new SampleSilencer(Uint8Array.of(0), 1, 1)
  silencer.apply(Uint8Array.of(1), [range(0, 1)])
  t.equal(silencer.hasExtended, false)
})

t.test('a fill goes on where it would be by now, through ranges, clear samples and frames', async (t) => {
  const silencer = new SampleSilencer(Uint8Array.of(1, 2, 3), 1, 1)
  t.strictSame([...silencer.apply(new Uint8Array(5), [range(0, 2), range(3, 5)])], [1, 2, 0, 1, 2])
  t.strictSame([...silencer.apply(new Uint8Array(2), [])], [0, 0])
  t.strictSame([...silencer.apply(new Uint8Array(4), [range(0, 4)])], [2, 3, 1, 2])
  t.strictSame(
    [...silencer.apply(new Uint8Array(4), [range(1, 3), range(0, 2)])],
    [3, 1, 2, 0],
    'in any order',
  )
})

t.test('a fill of two-byte samples keeps them whole, on each channel alike', async (t) => {
  const silencer = new SampleSilencer(Uint8Array.of(1, 2, 3, 4), 2, 2)
  t.strictSame([...silencer.apply(new Uint8Array(8), [range(0, 2, 1)])], [0, 0, 1, 2, 0, 0, 3, 4])
  t.strictSame([...silencer.apply(new Uint8Array(4), [range(0, 1)])], [1, 2, 1, 2])
  t.strictSame([...silencer.apply(new Uint8Array(8), [range(0, 2, 0)])], [3, 4, 0, 0, 1, 2, 0, 0])
})
