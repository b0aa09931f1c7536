import t from 'tap'
import {
  addEcho,
  addKey,
  addNoise,
  amplitudeOf,
  randomOf,
  toPcm,
  voiceLike,
} from '../../../bench/dtmf/key-set.js'
import type { DigitReport, Finding } from '../../../proxy/detectors/detector.js'
import { dtmf } from '../../../proxy/detectors/dtmf/detector.js'
import { dtmfOptionsSchema } from '../../../proxy/detectors/dtmf/options.js'
import {
  createDtmf,
  joined,
  keyed,
  keyedPcm,
  keysInTurn,
  listen,
  uncovered,
  underHarmonic,
} from '../../support/dtmf.js'

t.test('every key is masked whole, from 15 ms on, at 8, 16 and 48 kHz', async (t) => {
  for (const sampleRateHz of [8_000, 16_000, 48_000]) {
    for (const durationMs of [15, 18, 23, 40, 100]) {
      const presses = keysInTurn(16, 300, { durationMs })
      const { masks } = listen(keyedPcm(5_000, presses, sampleRateHz), { sampleRateHz })
      t.strictSame(uncovered(presses, masks, sampleRateHz), [], `${durationMs} ms at ${sampleRateHz} Hz`)
    }
  }
})

t.test('every key is masked whole at -5 to -50 dBm0, bursts too', async (t) => {
  for (const levelDbm0 of [-5, -20, -35, -45, -50]) {
    for (const durationMs of [15, 50]) {
      const presses = keysInTurn(16, 300, { levelDbm0, durationMs })
      t.strictSame(
        uncovered(presses, listen(keyedPcm(5_000, presses)).masks, 8_000),
        [],
        `${levelDbm0} dBm0, ${durationMs} ms`,
      )
    }
  }
})

t.test(
  'every key is masked whole with 12 dB of twist either way and 1.8 % off its frequencies',
  async (t) => {
    for (const twistDb of [-12, -8, 4, 8, 12]) {
      for (const deviation of [-0.018, 0, 0.018]) {
        const presses = keysInTurn(16, 300, { twistDb, deviation })
        t.strictSame(
          uncovered(presses, listen(keyedPcm(5_000, presses)).masks, 8_000),
          [],
          `${twistDb} dB, ${deviation}`,
        )
      }
    }
  },
)

t.test('every key of an entry is masked whole in white noise 3 dB below it', async (t) => {
  const presses = keysInTurn(32, 300, {})
  const audio = keyed(10_000, presses)
  addNoise(audio, -15, randomOf(3))
  t.strictSame(uncovered(presses.slice(1), listen(toPcm(audio)).masks, 8_000), [])
})

t.test('lone keys of 30 ms are masked whole in white noise 4 dB below them', async (t) => {
  const presses = keysInTurn(32, 500, { durationMs: 30 })
  const audio = keyed(17_000, presses)
  addNoise(audio, -16, randomOf(3))
  const { masks } = listen(toPcm(audio), { options: { reachBackMs: 60, afterKeyMs: 0 } })
  t.strictSame(uncovered(presses, masks, 8_000), [])
})

t.test('a key in speech 6 dB below it is masked', async (t) => {
  const presses = keysInTurn(16, 400, { levelDbm0: -12 })
  const audio = keyed(7_000, presses)
  for (const [i, x] of voiceLike(7_000, 8_000, randomOf(4)).entries()) audio[i]! += x / 2
  const { masks } = listen(toPcm(audio))
  for (const { startMs } of presses)
    t.ok(masks.some(([from, to]) => from < startMs * 8 + 200 && to > startMs * 8 + 200))
})

t.test(
  'a harmonic that wavers, as strong as the tones of a key, hides at most one in twenty: seed 7',
  async (t) => {
    const random = randomOf(7)
    let missed = 0
    for (const press of keysInTurn(200, 0, { levelDbm0: -12 })) {
      const audio = keyed(300, [{ ...press, startMs: 100 + 5 * random() }])
      const [turn, waver, phase] = [
        (2 * Math.PI * (600 + 400 * random())) / 8_000,
        (2 * Math.PI * (20 + 60 * random())) / 8_000,
        6.3 * random(),
      ]
      const peak = amplitudeOf(-12) * (1 + 0.2 * random())
      for (let i = 0; i < audio.length; i += 1)
        audio[i]! += peak * (0.7 + 0.3 * Math.sin(waver * i)) * Math.sin(turn * i + phase)
      const { masks } = listen(toPcm(audio))
      if (!masks.some(([from, to]) => from < 1_000 && to > 1_100)) missed += 1
    }
    t.ok(missed <= 10, `${missed} of 200 missed`)
  },
)

t.test('an echo at -48 dBm0 is masked like the key', async (t) => {
  const presses = keysInTurn(16, 500, { levelDbm0: -18 })
  const audio = keyed(9_000, presses)
  addEcho(audio, 200, -30, 8_000)
  const echoes = presses.map((press) => ({ ...press, startMs: press.startMs + 200 }))
  t.strictSame(uncovered([...presses, ...echoes], listen(toPcm(audio)).masks, 8_000), [])
})

t.test('a mask begins at most 20 ms before its key and ends at most 35 ms after it', async (t) => {
  const presses = keysInTurn(16, 300, {})
  const { masks } = listen(keyedPcm(5_000, presses))
  t.equal(masks.length, 16)
  for (const [i, [from, to]] of masks.entries()) {
    const { startMs, durationMs } = presses[i]!
    t.ok(from >= (startMs - 20) * 8 && to <= (startMs + durationMs + 35) * 8)
  }
})

t.test('any split of the audio gives the same masks and digits: seed 5', async (t) => {
  const random = randomOf(5)
  const presses = keysInTurn(24, 190, { durationMs: 60 })
  const audio = keyed(5_000, presses)
  addNoise(audio, -22, random)
  const pcm = toPcm(audio)
  const whole = listen(pcm, { nextFrame: () => pcm.length })
  t.equal(whole.digits.length, 24)
  const splits = [80, 160, 240, 480, 1, 39, 41].map((count) => () => count)
  for (const nextFrame of [...splits, () => Math.ceil(400 * random())]) {
    const { masks, digits } = listen(pcm, { nextFrame })
    t.strictSame(masks, whole.masks)
    t.strictSame(digits, whole.digits)
  }
})

t.test(
  'positions count at the clock rate: Opus at 48 kHz decoded to 8 kHz gives six times the 8 kHz positions',
  async (t) => {
    const pcm = keyedPcm(1_000, [{ key: '5', startMs: 300, durationMs: 60 }])
    const [plain, opus] = [listen(pcm), listen(pcm, { clockRateHz: 48_000 })]
    t.strictSame(
      opus.masks,
      plain.masks.map(([from, to]) => [from * 6, to * 6]),
    )
    t.strictSame(opus.digits[0]!.startSample, plain.digits[0]!.startSample * 6)
  },
)

t.test('a key held for 5 s is told as it is heard and never stops the watermark', async (t) => {
  const pcm = keyedPcm(6_000, [{ key: '0', startMs: 500, durationMs: 5_000 }])
  const detector = createDtmf()
  const findings: Finding[] = []
  for (let offset = 0; offset < pcm.length; offset += 160) {
    const told = findings.length
    detector.push(0, pcm.subarray(offset, offset + 160), offset)
    detector.drain(findings, [])
    t.ok(findings.length - told <= 1, 'one piece a push')
    t.equal(detector.watermarkSample(0), Math.max(0, offset + 160 - 320), '40 ms behind')
  }
  t.equal(findings.filter(({ isOnset }) => isOnset).length, 1)
  t.equal(joined(findings).length, 1)
  for (const [i, { startSample }] of findings.entries())
    if (i > 0) t.equal(startSample, findings[i - 1]!.endSample)
})

t.test(
  'a lost packet in a key leaves its rest masked; a gap costs the same however it is told',
  async (t) => {
    const pcm = keyedPcm(1_000, [{ key: '7', startMs: 300, durationMs: 100 }])
    const told = [true, false].map((isSkipped) => {
      const detector = createDtmf()
      const findings: Finding[] = []
      for (let offset = 0; offset < pcm.length; offset += 160) {
        if (offset === 2_720 && isSkipped) detector.skip(0, offset + 160)
        if (offset === 2_720) continue
        detector.push(0, pcm.subarray(offset, offset + 160), offset)
        detector.drain(findings, [])
      }
      return joined(findings)
    })
    t.strictSame(told[0], told[1])
    t.equal(told[0]!.length, 1)
    t.ok(told[0]![0]![0] <= 2_400 && told[0]![0]![1] >= 3_200)
  },
)

t.test('a gap of a year costs as much as one of a second', async (t) => {
  const pcm = keyedPcm(300, [{ key: '7', startMs: 100, durationMs: 100 }])
  const yearSamples = 365 * 86_400 * 8_000
  const detector = createDtmf()
  const findings: Finding[] = []
  detector.push(0, pcm, 0)
  detector.push(0, pcm, yearSamples)
  detector.drain(findings, [])
  const [first, second] = joined(findings)
  t.ok(first && second)
  t.strictSame(
    second,
    first!.map((sample) => sample + yearSamples),
  )
})

t.test('a track that begins late, at a position within a hop, is masked where it is', async (t) => {
  const pcm = keyedPcm(300, [{ key: '7', startMs: 100, durationMs: 60 }])
  const detector = createDtmf()
  const findings: Finding[] = []
  detector.push(0, pcm, 8_013)
  detector.drain(findings, [])
  const [mask] = joined(findings)
  t.ok(mask![0] <= 8_813 && mask![1] >= 9_293)
})

t.test('no finding starts before a watermark given earlier, which never falls: seeds 1 to 30', async (t) => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const random = randomOf(seed)
    const audio = voiceLike(4_000, 8_000, random)
    for (let ms = 50; ms < 3_700; ms += 40 + 260 * random()) {
      const key = '123A456B789C*0#D'[Math.floor(16 * random())]!
      addKey(
        audio,
        { key, startMs: ms, durationMs: 10 + 200 * random(), levelDbm0: -5 - 30 * random() },
        8_000,
        random,
      )
    }
    const pcm = toPcm(audio)
    const reachBackMs = 20 + Math.floor(81 * random())
    const detector = createDtmf({ options: { reachBackMs, padAfterMs: 5 + Math.floor(90 * random()) } })
    let watermark = 0
    for (let offset = 0; offset < pcm.length; ) {
      const count = Math.ceil(500 * random())
      if (random() < 0.05) offset += count
      if (random() < 0.1) detector.setAlertness(random() < 0.5 ? 'armed' : 'calm')
      if (random() < 0.1) detector.skip(0, offset)
      detector.push(0, pcm.subarray(offset, offset + count), offset)
      offset += count
      const findings: Finding[] = []
      if (random() < 0.7) detector.drain(findings, [])
      else continue
      for (const { startSample, endSample } of findings)
        if (startSample < watermark || endSample <= startSample) t.fail(`seed ${seed}`)
      const next = detector.watermarkSample(0)
      if (next < watermark) t.fail(`seed ${seed}: the watermark fell`)
      watermark = next
    }
    const findings: Finding[] = []
    detector.finish()
    detector.drain(findings, [])
    for (const { startSample } of findings) if (startSample < watermark) t.fail(`seed ${seed}: at the end`)
  }
})

t.test('a key cut short by the end of the call is masked to the end', async (t) => {
  const pcm = keyedPcm(117, [{ key: '3', startMs: 100, durationMs: 50 }])
  const { masks } = listen(pcm)
  t.ok(masks.length === 1 && masks[0]![0] <= 800 && masks[0]![1] >= pcm.length)
})

t.test('digits are reported once per key, with the right digit and place', async (t) => {
  const presses = keysInTurn(32, 90, { durationMs: 50, twistDb: 3, deviation: 0.015 })
  const { digits } = listen(keyedPcm(3_200, presses))
  t.equal(digits.map(({ digit }) => digit).join(''), presses.map(({ key }) => key).join(''))
  for (const [i, { startSample }] of digits.entries())
    t.ok(Math.abs(startSample - presses[i]!.startMs * 8) <= 80)
})

t.test(
  'the same key twice, 40 ms apart, is two digits; an interruption of 10 ms does not make two of one',
  async (t) => {
    for (const shiftMs of [0, 1, 2, 3, 4]) {
      const twice = [100, 180].map((startMs) => ({ key: '5', startMs: startMs + shiftMs, durationMs: 40 }))
      t.equal(listen(keyedPcm(400, twice)).digits.length, 2)
      const once = { key: '5', startMs: 100 + shiftMs, durationMs: 100, interruptionMs: 10 }
      t.equal(listen(keyedPcm(400, [once])).digits.length, 1)
    }
  },
)

t.test(
  'no digit is reported below 23 ms (Q.24) or 3.5 % off, and none of those 3.5 % off is masked',
  async (t) => {
    t.strictSame(listen(keyedPcm(10_000, keysInTurn(32, 300, { durationMs: 23 }))).digits, [])
    for (const deviation of [-0.05, -0.035, 0.035, 0.05]) {
      const { digits, masks } = listen(keyedPcm(10_000, keysInTurn(32, 300, { deviation })))
      t.strictSame(digits, [])
      t.strictSame(masks, [])
    }
  },
)

t.test(
  'two minutes of something like speech are masked less than ten times and report no digit: seed 6',
  async (t) => {
    const { masks, digits } = listen(toPcm(voiceLike(120_000, 8_000, randomOf(6))))
    t.ok(masks.length < 10, `${masks.length} masks`)
    t.strictSame(digits, [])
  },
)

t.test('an armed call masks on less evidence than a calm one', async (t) => {
  const presses = keysInTurn(8, 5_000, { durationMs: 10 })
  const pcm = keyedPcm(40_000, presses)
  const [calm, armed] = [listen(pcm), listen(pcm, { alertness: 'armed' })]
  t.ok(uncovered(presses, armed.masks, 8_000).length < uncovered(presses, calm.masks, 8_000).length)
})

t.test('a longer reach-back masks the same keys', async (t) => {
  const presses = keysInTurn(16, 300, {})
  const pcm = keyedPcm(5_000, presses)
  t.strictSame(listen(pcm, { options: { reachBackMs: 40 } }).masks, listen(pcm).masks)
})

t.test('numbers that are none fail the detector closed: its watermark stops for good', async (t) => {
  const detector = createDtmf()
  detector.push(0, new Int16Array(800), 0)
  const watermark = detector.watermarkSample(0)
  detector.push(0, new Float64Array(160).fill(Number.NaN) as unknown as Int16Array, 800)
  t.equal(detector.health, 'failed')
  detector.push(0, new Int16Array(8_000), 960)
  detector.skip(0, 80_000)
  t.equal(detector.watermarkSample(0), watermark)
  detector.finish()
  t.equal(detector.watermarkSample(0), watermark)
})

t.test('tracks are watched each by itself', async (t) => {
  const setup = {
    tracks: [0, 1].map((index) => ({ index, role: 'mixed' as const })),
    clockRateHz: 8_000,
    sampleRateHz: [8_000, 8_000],
  }
  const detector = dtmf.create(setup, dtmfOptionsSchema.parse({ reachBackMs: 40 }))
  detector.push(1, keyedPcm(400, [{ key: '9', startMs: 100, durationMs: 60 }]), 0)
  const [findings, digits]: [Finding[], DigitReport[]] = [[], []]
  detector.drain(findings, digits)
  t.ok(
    findings.length > 0 &&
      findings.every(({ track, detector, label }) => track === 1 && detector === 'dtmf' && label === 'key'),
  )
  t.match(digits, [{ track: 1, digit: '9' }])
  t.equal(detector.watermarkSample(0), 0)
  t.equal(detector.watermarkSample(1), 3_200 - 320)
  t.throws(() => detector.watermarkSample(2), { code: 'REDACT_ERR_TRACK_UNKNOWN' })
  detector.close()
})

t.test('the lag is the reach-back and a hop', async (t) => {
  t.equal(dtmf.lagMs(dtmfOptionsSchema.parse({})), 65)
  t.equal(dtmf.lagMs(dtmfOptionsSchema.parse({ reachBackMs: 40 })), 45)
})

t.test('keys whose row a harmonic drowns are masked whole', async (t) => {
  for (const key of '456B789C')
    for (let trial = 0; trial < 4; trial += 1) {
      const press = { key, startMs: 200, durationMs: 50 }
      const pcm = toPcm(underHarmonic(keyed(600, [press], 8_000, trial), trial))
      const { masks } = listen(pcm, { options: { reachBackMs: 60 } })
      t.strictSame(uncovered([press], masks, 8_000), [], key)
    }
})
