import t from 'tap'
import type { AudioCodec } from '../../proxy/codecs/codec.js'
import { fillLoop, loopsOf } from '../../proxy/codecs/fill-loop.js'
import { codecs } from '../../proxy/codecs/index.js'
import { fills } from '../../proxy/media/fill.js'
import { listen } from '../support/dtmf.js'

/** 0 dBm0 is 3.17 dB below the mean square of a full-scale sine, 32,124 in mu-law. */
const dBm0 = (meanSquare: number): number => 10 * Math.log10(meanSquare / (32_124 ** 2 / 2)) + 3.17
const meanSquare = (pcm: Int16Array): number => pcm.reduce((sum, sample) => sum + sample ** 2, 0) / pcm.length

/** Mean square of what sounds at `hz`. */
const powerAt = (pcm: Int16Array, hz: number, rateHz: number): number => {
  let [cosine, sine] = [0, 0]
  pcm.forEach((sample, i) => {
    cosine += sample * Math.cos((2 * Math.PI * hz * i) / rateHz)
    sine += sample * Math.sin((2 * Math.PI * hz * i) / rateHz)
  })
  return (2 * (cosine ** 2 + sine ** 2)) / pcm.length ** 2
}

t.test('silence is a zero', async (t) => {
  t.strictSame([...fillLoop('silence', 8_000)], [0])
})

for (const rateHz of [8_000, 16_000, 48_000, 44_100])
  t.test(`at ${rateHz} Hz the tone is 440 Hz at -30 dBm0, in whole cycles`, async (t) => {
    const loop = fillLoop('tone', rateHz)
    t.equal((loop.length * 440) % rateHz, 0)
    t.ok(Math.abs(dBm0(meanSquare(loop)) + 30) < 0.2)
    t.ok(Math.abs(dBm0(powerAt(loop, 440, rateHz)) + 30) < 0.2)
    t.ok(
      loop.reduce((sum, sample) => sum + Math.abs(sample), 0) / loop.length > 450,
      "above recorders' threshold",
    )
  })

t.test('noise is at -50 dBm0, without a tone in it, the same every time', async (t) => {
  const loop = fillLoop('noise', 8_000)
  t.ok(Math.abs(dBm0(meanSquare(loop)) + 50) < 0.3)
  for (let hz = 50; hz < 4_000; hz += 50) t.ok(dBm0(powerAt(loop, hz, 8_000)) < -75, `${hz} Hz`)
  t.strictSame(fillLoop('noise', 8_000), loop)
  t.ok(Math.abs(loop.reduce((sum, sample) => sum + sample, 0) / loop.length) < 3, 'no DC')
})

t.test('a loop is encoded once for each rate', async (t) => {
  let times = 0
  const loops = loopsOf((pcm) => {
    times++
    return Uint8Array.from(pcm)
  })
  t.equal(loops('tone', 8_000), loops('tone', 8_000))
  t.not(loops('tone', 16_000).length, loops('tone', 8_000).length)
  t.equal(times, 2)
})

/** Fax and modem tones that would make a recorder, or a gateway behind it, change its mind: CNG, V.21, CED. */
const MODEM_HZ = [980, 1_100, 1_180, 1_650, 1_850, 2_100]

for (const [name, codec] of Object.entries<AudioCodec>(codecs)) {
  if (name === 'opus') continue
  const rateHz = name === 'g722' ? 16_000 : 8_000
  const format = { codec: name, clockRateHz: rateHz, channelCount: 1 as const }
  for (const fill of fills)
    t.test(`${name}: ${fill} is neither a key, however alert the detector, nor a fax`, async (t) => {
      const silencer = codec.createSilencer(format, fill)
      const decoder = codec.createDecoder(format)
      const bytes = codec.encode?.(new Int16Array(rateHz / 50)) ?? new Uint8Array(160)
      const pcm = new Int16Array(3 * rateHz)
      // More than one turn of every loop. The first frame is clear, so that the fill also begins.
      for (let i = 0; i < 150; i++) {
        const ranges = i === 0 ? [] : [{ channel: null, startSample: 0, endSample: rateHz / 50 }]
        decoder.decodeInto(silencer.apply(bytes.slice(), ranges), pcm.subarray((i * rateHz) / 50))
      }
      for (const alertness of ['calm', 'armed'] as const)
        t.strictSame(listen(pcm, { sampleRateHz: rateHz, alertness }).findings, [])
      for (let start = 0; start < pcm.length; start += rateHz / 10)
        for (const hz of MODEM_HZ)
          t.ok(
            dBm0(powerAt(pcm.subarray(start, start + rateHz / 10), hz, rateHz)) < -55,
            `${hz} Hz at ${start}`,
          )
    })
}
