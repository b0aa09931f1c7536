import t from 'tap'
import { RedactError } from '../../../proxy/base/errors.js'
import { prepareOpusDecoders } from '../../../proxy/codecs/opus/decoder-pool.io.js'
import { opus } from '../../../proxy/codecs/opus/opus.js'

const format = { codec: 'opus', clockRateHz: 48_000, channelCount: 1 } as const

t.test('createDecoder() refuses while no decoder is ready', async (t) => {
  t.throws(
    () => opus.createDecoder(format),
    new RedactError('REDACT_ERR_CODEC_UNAVAILABLE', 'No Opus decoder is ready. Prepare more at start-up.'),
  )
})

t.test('createDecoder() takes a ready decoder, which hears nothing of the stream before', async (t) => {
  await prepareOpusDecoders(1)
  const decoder = opus.createDecoder(format)
  t.equal(decoder.sampleRateHz, 8_000)
  t.throws(() => opus.createDecoder(format), { code: 'REDACT_ERR_CODEC_UNAVAILABLE' })
  const target = new Int16Array(160)
  t.equal(decoder.decodeInto(Uint8Array.of(0x08, 0x5a, 0x3c, 0x71, 0x19, 0x42), target), 160)
  decoder.close()
  await prepareOpusDecoders(1)
  const next = opus.createDecoder(format)
  t.equal(next.decodeInto(Uint8Array.of(0x08), target.fill(7)), 160, 'a packet that was lost')
  t.ok(target.every((sample) => sample === 0))
  next.close()
})

t.test('sampleCount() counts at 48 kHz and is -1 for malformed packets', async (t) => {
  t.equal(opus.sampleCount(Uint8Array.of(0xf8, 0xff, 0xfe), format), 960)
  t.equal(opus.sampleCount(Uint8Array.of(0xe0, 1), format), 120)
  t.equal(opus.sampleCount(Uint8Array.of(0xf9, 1, 2, 3), format), -1)
  t.equal(opus.sampleCount(new Uint8Array(0), format), -1)
})
