import t from 'tap'
import { policySchema, safePolicy } from '../../proxy/policy/options.js'
import { RecordedCall, type RecordedCallOptions } from '../../proxy/session/recorded-call.js'
import { hummed, join } from '../support/wav-bytes.js'

const MONO = { codec: 'pcmu', clockRateHz: 8000, channelCount: 1 } as const
const STEREO = { codec: 'l16', clockRateHz: 8000, channelCount: 2 } as const
const SPEECH = 0x20
const SILENCE = 0xff
const SECOND_US = 1_000_000

const play = (
  format: typeof MONO | typeof STEREO,
  audio: Uint8Array,
  options: Partial<RecordedCallOptions> = {},
  pieceBytes = 4096,
) => {
  const blockBytes = format === MONO ? 1 : 4
  const call = new RecordedCall(format, blockBytes, {
    policy: safePolicy,
    frameMs: 20,
    payments: [],
    ...options,
  })
  const out: Uint8Array[] = []
  for (let at = 0; at < audio.length; at += pieceBytes) call.push(audio.slice(at, at + pieceBytes), out)
  const heldBytes = audio.length - join(out).length
  call.end(out)
  return { audio: join(out), heldBytes, ...call.summary() }
}

const speech = (seconds: number): Uint8Array => new Uint8Array(8000 * seconds).fill(SPEECH)
const payment = (start: number, end: number) => ({ startUs: start * SECOND_US, endUs: end * SECOND_US })
/** Runs of silent bytes, half-open. */
const silentRuns = (audio: Uint8Array): number[][] => {
  const runs: number[][] = []
  audio.forEach((byte, i) => {
    if (byte !== SILENCE) return
    const last = runs.at(-1)
    if (last?.[1] === i) last[1] = i + 1
    else runs.push([i, i + 1])
  })
  return runs
}

t.test('a payment step is silent from its first sample to the pad after its last', async (t) => {
  const { audio, spans, samples } = play(MONO, speech(10), { payments: [payment(1.500125, 3.25)] })
  t.strictSame(silentRuns(audio), [[12001, 26000 + 4000]], '1.500125 s is sample 12,001; padAfterMs is 500')
  t.strictSame(spans, [{ track: 0, startSample: 12001, endSample: 30000, reason: 'payment' }])
  t.equal(samples, 80_000)
})

t.test(
  'a step that ends between two samples takes the second, one that starts there takes the first',
  async (t) => {
    const policy = policySchema.parse({ payment: { padAfterMs: 20 } })
    const { audio } = play(MONO, speech(1), { policy, payments: [{ startUs: 100_001, endUs: 200_001 }] })
    t.strictSame(silentRuns(audio), [[800, 1601 + 160]])
  },
)

t.test('steps may overlap, begin with the call and outlast it', async (t) => {
  const payments = [payment(4, 99), payment(0, 1), payment(0.5, 2), payment(2, 2.5)]
  const { audio, spans } = play(MONO, speech(5), { payments })
  t.strictSame(silentRuns(audio), [
    [0, 24_000],
    [32_000, 40_000],
  ])
  t.equal(spans.length, 2)
})

t.test('no lease ends a step of a recording', async (t) => {
  const policy = policySchema.parse({ payment: { leaseSeconds: 1, endAfterExpirySeconds: 0 } })
  const { audio } = play(MONO, speech(10), { policy, payments: [payment(1, 9)] })
  t.strictSame(silentRuns(audio), [[8000, 76_000]])
})

t.test('a step that begins behind the end is refused: its audio is elsewhere', async (t) => {
  t.throws(() => play(MONO, speech(5), { payments: [payment(1, 2), payment(5.1, 6)] }), {
    code: 'REDACT_ERR_AUDIO_FILE',
    message: 'a payment step starts behind the end of the audio, which lasts 5.0 s',
  })
})

t.test('a key is silent on both channels, whole, and nothing else changes', async (t) => {
  const pcm = hummed({ channels: 2, rateHz: 8000 }, 6, [{ channel: 0, startSeconds: 2, endSeconds: 2.1 }])
  const before = new Uint8Array(pcm.buffer)
  const { audio, spans } = play(STEREO, before)
  t.ok(spans.some((span) => span.reason === 'dtmf'))
  for (let i = 0; i < pcm.length; i++) {
    const position = i >> 1
    const isIn = spans.some(
      ({ track, startSample, endSample }) =>
        (track ?? i % 2) === i % 2 && position >= startSample && position < endSample,
    )
    const isKey = position >= 16_000 && position < 16_800
    const bytes = [audio[2 * i], audio[2 * i + 1]]
    const expected = isIn ? [0, 0] : [before[2 * i], before[2 * i + 1]]
    if (isKey && !isIn) t.fail(`sample ${position} of the key is not silent`)
    if (bytes.join() !== expected.join()) t.fail(`sample ${position} of channel ${i % 2}: ${bytes}`)
  }
})

t.test('frames and pieces of any size give the same', async (t) => {
  const keys = [0, 1].flatMap((channel) =>
    [1, 1.3, 4].map((at) => ({ channel, startSeconds: at + channel / 20, endSeconds: at + 0.08 })),
  )
  const pcm = new Uint8Array(hummed({ channels: 2, rateHz: 8000 }, 9, keys).buffer)
  const payments = [payment(1.2345, 1.4), payment(7.77, 8)]
  const { heldBytes, ...expected } = play(STEREO, pcm, { payments })
  t.ok(expected.spans.length > 3)
  for (const [frameMs, pieceBytes] of [
    [10, 4096],
    [13, 1],
    [40, 1_000_000],
    [60, 4099],
  ] as const) {
    const { heldBytes: _, ...result } = play(STEREO, pcm, { payments, frameMs }, pieceBytes)
    t.strictSame(result, expected, `${frameMs} ms, ${pieceBytes} bytes`)
  }
})

t.test('no more is held than the hold-back and a frame', async (t) => {
  const { heldBytes } = play(MONO, speech(60))
  t.ok(heldBytes >= 3000 * 8 && heldBytes <= (3000 + 20) * 8, `${heldBytes} bytes`)
})

t.test('bytes that make no whole sample leave as they came', async (t) => {
  const audio = Uint8Array.from({ length: 4 * 100 + 3 }, (_, i) => i)
  const result = play(STEREO, audio)
  t.strictSame(result.audio, audio)
  t.equal(result.samples, 100)
  t.strictSame(play(STEREO, audio.slice(0, 3)).audio, audio.slice(0, 3), 'no sample at all')
})

t.test('what no detector has judged in time leaves as silence, and is told', async (t) => {
  const policy = policySchema.parse({ holdBackMs: 60, detectors: { dtmf: { reachBackMs: 100 } } })
  const { audio, spans, unjudgedSilencedMs } = play(MONO, speech(2), { policy })
  t.ok(unjudgedSilencedMs > 1500)
  t.ok(spans.every((span) => span.reason === 'deadline'))
  t.ok(silentRuns(audio)[0]![1]! > 12_000)
  t.equal(audio.length, 16_000)
})
