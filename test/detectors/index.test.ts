import t from 'tap'
import { addKey, randomOf, toPcm, voiceLike } from '../../bench/dtmf/key-set.js'
import type { DetectorKind, DigitReport, Finding } from '../../proxy/detectors/detector.js'
import { type DetectorName, detectorOptionsSchema, detectors } from '../../proxy/detectors/index.js'
import { joined } from '../support/dtmf.js'
import { spokenDigitsPcm } from '../support/spoken-digits.js'

const names = Object.keys(detectors) as DetectorName[]
const options = detectorOptionsSchema.parse({ speech: { recognizers: { embedded: {} } } })

/** Ten seconds of a voice with keys in it, at 8 kHz. */
function call(seed: number): Int16Array {
  const random = randomOf(seed)
  const audio = voiceLike(10_000, 8_000, random)
  for (let ms = 200; ms < 9_000; ms += 150 + 600 * random()) {
    addKey(
      audio,
      { key: '0123456789*#ABCD'[Math.floor(16 * random())]!, startMs: ms, durationMs: 20 + 90 * random() },
      8_000,
      random,
    )
  }
  return toPcm(audio)
}

/** Something to find, for each, and in how many pieces it lies at least. */
const audioOf: Readonly<
  Record<DetectorName, (seed: number) => { readonly pcm: Int16Array; readonly pieces: number }>
> = {
  dtmf: (seed) => ({ pcm: call(seed), pieces: 5 }),
  speech: () => ({ pcm: spokenDigitsPcm(), pieces: 1 }),
}

for (const name of names) {
  const kind = detectors[name] as DetectorKind<unknown>
  const create = () =>
    kind.create(
      { tracks: [{ index: 0, role: 'mixed' }], clockRateHz: 8_000, sampleRateHz: [8_000] },
      options[name],
    )

  t.test(
    `${name}: the watermark never falls, no finding starts before one given, and it lags no more than it says`,
    async (t) => {
      const random = randomOf(7)
      const { pcm } = audioOf[name](7)
      const detector = create()
      t.equal(detector.name, name)
      const findings: Finding[] = []
      let watermark = detector.watermarkSample(0)
      for (let offset = 0; offset < pcm.length; ) {
        const count = Math.ceil(400 * random())
        detector.push(0, pcm.subarray(offset, offset + count), offset)
        offset = Math.min(offset + count, pcm.length)
        findings.length = 0
        detector.drain(findings, [])
        if (findings.some(({ startSample }) => startSample < watermark))
          t.fail(`a finding before ${watermark}`)
        const next = detector.watermarkSample(0)
        if (next < watermark) t.fail(`the watermark fell at ${offset}`)
        if (offset - next > kind.lagMs(options[name]) * 8 && offset > 8_000)
          t.fail(`the watermark lags at ${offset}`)
        watermark = next
      }
      detector.finish()
      findings.length = 0
      detector.drain(findings, [])
      t.ok(findings.every(({ startSample }) => startSample >= watermark))
      t.equal(detector.watermarkSample(0), Number.POSITIVE_INFINITY)
      t.equal(detector.health, 'ok')
    },
  )

  t.test(`${name}: other chunking, same findings`, async (t) => {
    const { pcm, pieces } = audioOf[name](8)
    const results = [160, 1, 333, pcm.length].map((count) => {
      const detector = create()
      const [findings, digits]: [Finding[], DigitReport[]] = [[], []]
      for (let offset = 0; offset < pcm.length; offset += count) {
        detector.push(0, pcm.subarray(offset, offset + count), offset)
        detector.drain(findings, digits)
      }
      detector.finish()
      detector.drain(findings, digits)
      detector.close()
      return [joined(findings), digits]
    })
    for (const result of results) t.strictSame(result, results[0])
    t.ok(results[0]![0]!.length >= pieces)
  })
}
