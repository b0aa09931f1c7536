import t from 'tap'
import { Resampler } from '../../../../../proxy/detectors/speech/recognizers/embedded/resampler.js'

const tone = (hz: number, rateHz: number): Int16Array =>
  Int16Array.from({ length: rateHz }, (_, i) =>
    Math.round(10_000 * Math.sin((2 * Math.PI * hz * i) / rateHz)),
  )

const resampled = (pcm: Int16Array, rateHz: number, chunk: number): Int16Array => {
  const resampler = new Resampler(rateHz)
  const out: number[] = []
  const scratch = new Int16Array(resampler.outputCountMax(chunk))
  for (let at = 0; at < pcm.length; at += chunk) {
    const count = resampler.push(pcm.subarray(at, at + chunk), scratch)
    out.push(...scratch.subarray(0, count))
  }
  return Int16Array.from(out)
}

for (const rateHz of [11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]) {
  t.test(`${rateHz} Hz: a tone of a telephone stays what it was, sample by sample`, async (t) => {
    const out = resampled(tone(1_000, rateHz), rateHz, 480)
    const expected = tone(1_000, 8_000)
    t.ok(out.length > 7_900 && out.length <= 8_000, `${out.length}`)
    for (let i = 200; i < out.length; i++)
      if (Math.abs(out[i]! - expected[i]!) > 100) t.fail(`sample ${i}: ${out[i]} for ${expected[i]}`)
  })

  t.test(`${rateHz} Hz: what a telephone does not carry does not fold into it`, async (t) => {
    const out = resampled(tone(Math.min(5_000, rateHz / 2 - 400), rateHz), rateHz, 480).subarray(200)
    t.ok(Math.max(...out) < 100, `${Math.max(...out)}`)
  })

  t.test(`${rateHz} Hz: any split gives the same`, async (t) => {
    const pcm = tone(700, rateHz)
    t.strictSame(resampled(pcm, rateHz, 1), resampled(pcm, rateHz, pcm.length))
  })
}
