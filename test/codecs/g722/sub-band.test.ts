import { createHash } from 'node:crypto'
import t from 'tap'
import { highBand, lowBand } from '../../../proxy/codecs/g722/band-laws.js'
import { SubBand } from '../../../proxy/codecs/g722/sub-band.js'
import { g722Heard, g722Manifest, g722Speech } from '../../support/g722-speech.js'
import { rng } from '../../support/rng.js'

/** The transmitting filter (G.722 section 3.1): two samples of 16 kHz to one of each band. Only tests hear the whole encoder. */
const analysis = () => {
  const taps = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11]
  const history = new Array<number>(24).fill(0)
  return (first: number, second: number): [low: number, high: number] => {
    history.splice(0, 2)
    history.push(first, second)
    let [odd, even] = [0, 0]
    taps.forEach((tap, i) => {
      odd += history[2 * i]! * tap
      even += history[2 * i + 1]! * taps[11 - i]!
    })
    return [(even + odd) >> 14, (even - odd) >> 14]
  }
}

t.test('encodes speech to the very bytes of an independent implementation', async (t) => {
  const pcm = g722Heard(g722Speech())
  const [low, high, split] = [new SubBand(lowBand), new SubBand(highBand), analysis()]
  const bytes = Uint8Array.from({ length: pcm.length / 2 }, (_, i) => {
    const [lowSample, highSample] = split(pcm[2 * i]!, pcm[2 * i + 1]!)
    return (high.encode(highSample) << 6) | low.encode(lowSample)
  })
  t.equal(createHash('sha256').update(bytes).digest('hex'), g722Manifest().encodedAgainSha256)
})

for (const [name, law, codes] of [
  ['lower', lowBand, 64],
  ['higher', highBand, 4],
] as const)
  t.test(
    `${name} band: who follows, decodes or has encoded a stream (seed 3) stands at the same place`,
    async (t) => {
      const random = rng(3)
      const [follower, decoder, encoder] = [new SubBand(law), new SubBand(law), new SubBand(law)]
      const wrong: number[] = []
      for (let i = 0; i < 5_000; i++) {
        const code = encoder.encode(Math.round((random() - 0.5) * 20_000))
        follower.follow(code)
        decoder.decode(code)
      }
      for (let code = 0; code < codes; code++) {
        const sample = decoder.decode(code)
        if (sample !== follower.decode(code) || sample !== encoder.decode(code)) wrong.push(code)
      }
      t.strictSame(wrong, [])
    },
  )

t.test('codes of junk (seed 4) never leave 15 bits', async (t) => {
  const random = rng(4)
  const band = new SubBand(lowBand)
  const samples = Array.from({ length: 20_000 }, () => band.decode(Math.floor(random() * 64)))
  t.equal(Math.max(...samples), 16_383)
  t.equal(Math.min(...samples), -16_384)
})
