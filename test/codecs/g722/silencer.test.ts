import t from 'tap'
import type { SilentRange } from '../../../proxy/codecs/codec.js'
import { G722Silencer } from '../../../proxy/codecs/g722/silencer.js'
import { fills } from '../../../proxy/media/fill.js'
import { g722Frames, g722Heard, g722Speech } from '../../support/g722-speech.js'

const format = (channelCount: 1 | 2) => ({ codec: 'g722', clockRateHz: 16_000, channelCount })
const range = (startSample: number, endSample: number, channel: number | null = null): SilentRange => ({
  channel,
  startSample,
  endSample,
})
const WHOLE = [range(0, 320)]

const joined = (frames: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(frames))

/** Speech in which 600 ms, from frame 60 on, are silenced; as bytes in a row. */
const silenced = (fill: (typeof fills)[number]): Uint8Array => {
  const silencer = new G722Silencer(format(1), fill)
  return joined(g722Frames(1).map((frame, i) => silencer.apply(frame, i >= 60 && i < 90 ? WHOLE : [])))
}
const START = 60 * 320
const END = 90 * 320

const power = (pcm: Int16Array): number => pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length
const dBFS = (pcm: Int16Array): number => 10 * Math.log10(power(pcm) / 32_768 ** 2)

t.test('within silence: the tail of the filters, then nothing that can be heard', async (t) => {
  const pcm = g722Heard(silenced('silence'))
  t.ok(dBFS(g722Heard(g722Speech()).subarray(START, END)) > -30, 'there was something to hear')
  t.ok(dBFS(pcm.subarray(START + 320, START + 1_920)) < -80)
  t.ok(dBFS(pcm.subarray(START + 4_800, END)) < -80)
  t.ok(Math.max(...pcm.subarray(START + 320, END).map(Math.abs)) <= 12)
})

for (const fill of fills)
  t.test(`behind ${fill} the error is never louder than the speech, and gone after 300 ms`, async (t) => {
    const was = g722Heard(g722Speech())
    const is = g722Heard(silenced(fill))
    const snrDb = [0, 20, 40, 80, 160, 320, 640].map((ms, i, all) => {
      const [from, to] = [END + ms * 16, END + (all[i + 1] ?? 700) * 16]
      const error = is.map((sample, at) => sample - was[at]!)
      return 10 * Math.log10(power(was.subarray(from, to)) / (power(error.subarray(from, to)) + 1e-9))
    })
    t.ok(Math.min(...snrDb) > 0, `${snrDb.map(Math.round)}`)
    t.ok(snrDb[4]! > 20 && snrDb[5]! > 40, `${snrDb.map(Math.round)}`)
  })

t.test('before silence, and behind it, every byte is as it came', async (t) => {
  const [was, is] = [g722Speech(), silenced('silence')]
  t.strictSame(is.subarray(0, START / 2), was.subarray(0, START / 2))
  t.strictSame(is.subarray(END / 2), was.subarray(END / 2))
})

t.test('what is sent in silence does not depend on what is silenced', async (t) => {
  const [a, b] = [g722Frames(1), g722Frames(1)]
  for (const frame of b.slice(60)) frame.fill(0x77)
  const [ofSpeech, ofJunk] = [a, b].map((frames) => {
    const silencer = new G722Silencer(format(1), 'silence')
    return joined(frames.map((frame, i) => silencer.apply(frame, i >= 60 ? WHOLE : [])))
  })
  t.strictSame(ofSpeech, ofJunk)
})

t.test('ranges silence the bytes that they touch, overlapping or not, and no other', async (t) => {
  const touched = (ranges: readonly SilentRange[], channelCount: 1 | 2 = 1): number[] => {
    const [frame] = g722Frames(channelCount)
    // Codes 0 to 3 no encoder sends: what is still one has not been silenced.
    const payload = frame!.slice(0, 8).fill(0)
    const silent = new G722Silencer(format(channelCount), 'silence').apply(payload, ranges)
    t.equal(silent, payload)
    return [...silent.keys()].filter((i) => silent[i] !== 0)
  }
  t.strictSame(touched([range(2, 6)]), [1, 2])
  t.strictSame(touched([range(3, 5)]), [1, 2], 'a byte goes when either of its samples does')
  t.strictSame(touched([range(0, 4), range(2, 6), range(14, 99)]), [0, 1, 2, 7])
  t.strictSame(touched([range(4, 4), range(9, 5), range(16, 20), range(-4, 0)]), [])
  t.strictSame(touched([range(2, 4, 1)], 2), [3])
  t.strictSame(touched([range(2, 4, 0)], 2), [2])
  t.strictSame(touched([range(2, 4)], 2), [2, 3])
  t.strictSame(touched([range(2, 4, 2)], 2), [2, 3], 'a channel that is not there means all')
})

t.test('half an instant behind the last goes with any range and passes with none', async (t) => {
  const silencer = new G722Silencer(format(2), 'silence')
  t.equal(silencer.apply(Uint8Array.of(1, 2, 3), [])[2], 3)
  t.equal(silencer.apply(Uint8Array.of(1, 2, 3), [range(0, 1, 0)])[2], 0)
})

t.test('a tone goes on at its level and phase through frames of any length', async (t) => {
  const silencer = new G722Silencer(format(1), 'tone')
  const bytes = new Uint8Array(8_000)
  for (let at = 0, length = 7; at < bytes.length; at += length, length = (length * 5) % 173)
    silencer.apply(bytes.subarray(at, at + length), [range(0, 2 * length)])
  const pcm = g722Heard(bytes).subarray(1_600)
  let [cosine, sine] = [0, 0]
  pcm.forEach((sample, i) => {
    cosine += sample * Math.cos((2 * Math.PI * 440 * i) / 16_000)
    sine += sample * Math.sin((2 * Math.PI * 440 * i) / 16_000)
  })
  const peak = (2 * Math.hypot(cosine, sine)) / pcm.length
  t.ok(Math.abs(peak - 720) < 15, `${peak}`)
})

t.test('a gap and an empty payload change nothing', async (t) => {
  const silencer = new G722Silencer(format(1), 'silence')
  silencer.gap()
  t.equal(silencer.apply(new Uint8Array(0), WHOLE).length, 0)
  t.equal(silencer.hasExtended, false)
})
