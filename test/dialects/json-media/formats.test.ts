import t from 'tap'
import { durationOf, formatOf, silenceBase64 } from '../../../proxy/dialects/json-media/formats.js'

const codecs = { pcmu: 'pcmu', pcma: 'pcma', g722: 'g722', opus: 'opus', l16: 'l16be' }
const format = (codec: string, clockRateHz: number) => ({ codec, clockRateHz, channelCount: 1 as const })

t.test('an encoding is a codec at its own clock', async (t) => {
  t.same(formatOf(codecs, 'PCMU', 8000, 1), format('pcmu', 8000))
  t.same(formatOf(codecs, 'PCMA ;rate=8000', 8000, 1), format('pcma', 8000))
  t.same(formatOf(codecs, 'L16', 24_000, 1), format('l16be', 24_000))
  t.same(formatOf(codecs, 'G722', 8000, 1), format('g722', 16_000), "RTP's clock is not its rate")
  t.same(formatOf(codecs, 'OPUS', 16_000, 1), format('opus', 48_000))
})

t.test('what cannot be judged is none', async (t) => {
  const none: [string, number, number][] = [
    ['AMR-WB', 16_000, 1],
    ['', 8000, 1],
    ['toString', 8000, 1],
    ['PCMU', 16_000, 1],
    ['PCMU', 8000, 2],
    ['L16', 44_100, 1],
    ['L16', 56_000, 1],
    ['L16', 0, 1],
    ['L16', Number.NaN, 1],
    ['G722', 48_000, 1],
  ]
  for (const [encoding, rateHz, channels] of none)
    t.equal(formatOf(codecs, encoding, rateHz, channels), null, `${encoding} ${rateHz} ${channels}`)
})

t.test('a payload lasts as long as its codec says', async (t) => {
  t.equal(durationOf(format('pcmu', 8000))(new Uint8Array(160)), 160)
  t.equal(durationOf(format('l16', 8000))(new Uint8Array(320)), 160)
  t.equal(durationOf(format('g722', 16_000))(new Uint8Array(160)), 320)
  t.equal(durationOf(format('opus', 48_000))(Uint8Array.of(0xf8, 0xff, 0xfe)), 960)
  t.equal(durationOf(format('speex', 8000))(new Uint8Array(160)), -1)
})

t.test('silence is bytes where bytes are samples, and nothing where they are not', async (t) => {
  t.equal(silenceBase64(3, format('pcmu', 8000)), '////')
  t.equal(silenceBase64(3, format('pcma', 8000)), '1dXV')
  t.equal(silenceBase64(3, format('l16be', 8000)), 'AAAA')
  for (const codec of ['opus', 'g722']) t.equal(silenceBase64(3, format(codec, 48_000)), '')
})
