import t from 'tap'
import { builtInPolicy } from '../../proxy/edge/policy-file.js'
import { fileReport, nameOf } from '../../proxy/edge/redact-report.js'
import type { WavSummary } from '../../proxy/session/wav-redaction.js'

const span = (track: number | null, startSample: number, endSample: number, reason: string) => ({
  track,
  startSample,
  endSample,
  reason,
})

t.test('the report of a file', async (t) => {
  const summary: WavSummary = {
    format: { codec: 'pcmu', clockRateHz: 8000, channelCount: 2, blockBytes: 2 },
    samples: 80_001,
    spans: [
      span(0, 800, 1600, 'dtmf'),
      span(1, 1200, 2400, 'dtmf'),
      span(null, 2000, 4000, 'payment'),
      span(0, 8000, 8001, 'dtmf'),
    ],
    unjudgedSilencedMs: 0,
    strayBytes: 3,
  }
  const policy = builtInPolicy()
  t.strictSame(fileReport({ input: 'in.wav', output: 'out.wav' }, policy, summary), {
    input: 'in.wav',
    output: 'out.wav',
    policy: { name: 'safe', hash: policy.hash },
    sampleRate: 8000,
    channels: 2,
    samples: 80_001,
    durationSeconds: 10.000125,
    silencedSeconds: { dtmf: 0.200125, payment: 0.25 },
    silencedSecondsTotal: 0.400125,
    strayBytes: 3,
    spans: summary.spans,
  })
})

t.test('names have no folder', async (t) => {
  t.strictSame(['/calls/2024/a.wav', 'a.wav', '-'].map(nameOf), ['a.wav', 'a.wav', '-'])
})
