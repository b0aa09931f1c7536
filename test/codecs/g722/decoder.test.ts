import { createHash } from 'node:crypto'
import t from 'tap'
import { G722Decoder } from '../../../proxy/codecs/g722/decoder.js'
import { g722Heard, g722Manifest, g722Speech } from '../../support/g722-speech.js'

const format = (channelCount: 1 | 2) => ({ codec: 'g722', clockRateHz: 16_000, channelCount })

/** SHA-256 of samples as low byte, high byte. */
const hashOf = (pcm: Int16Array): string =>
  createHash('sha256')
    .update(Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength))
    .digest('hex')

t.test('the fixture is what its manifest says', async (t) => {
  t.equal(createHash('sha256').update(g722Speech()).digest('hex'), g722Manifest().sha256)
})

t.test('decodes speech to the very samples of an independent implementation', async (t) => {
  t.equal(hashOf(g722Heard(g722Speech())), g722Manifest().decodedSha256)
})

t.test('frames of any length decode like the whole', async (t) => {
  const speech = g722Speech()
  const decoder = new G722Decoder(format(1))
  const pcm = new Int16Array(2 * speech.length)
  for (let at = 0, length = 1; at < speech.length; at += length, length = (length * 7) % 311)
    decoder.decodeInto(speech.subarray(at, at + length), pcm.subarray(2 * at))
  t.equal(hashOf(pcm), g722Manifest().decodedSha256)
})

t.test('each channel of a stereo payload is decoded by itself', async (t) => {
  const speech = g722Speech()
  const stereo = Uint8Array.from({ length: 2 * speech.length }, (_, i) =>
    i % 2 === 0 ? speech[i >> 1]! : 0xfa,
  )
  const pcm = new Int16Array(4 * speech.length)
  t.equal(new G722Decoder(format(2)).decodeInto(stereo, pcm), 2 * speech.length)
  t.equal(hashOf(pcm.filter((_, i) => i % 2 === 0)), g722Manifest().decodedSha256)
  t.strictSame(
    pcm.filter((_, i) => i % 2 === 1),
    g722Heard(new Uint8Array(speech.length).fill(0xfa)),
  )
})

t.test(
  'two samples a byte at 16 kHz, no more than the target holds; half an instant is left out',
  async (t) => {
    const decoder = new G722Decoder(format(1))
    t.equal(decoder.sampleRateHz, 16_000)
    t.equal(decoder.decodeInto(new Uint8Array(160), new Int16Array(320)), 320)
    t.equal(decoder.decodeInto(new Uint8Array(160), new Int16Array(7)), 6)
    t.equal(new G722Decoder(format(2)).decodeInto(new Uint8Array(3), new Int16Array(8)), 2)
  },
)
