import type { DemoCall, Stretch } from '../../bench/demo/demo-call.js'
import type { PaymentAnswer, Played, Sidecar } from '../../bench/demo/play.js'

const SAMPLES = 1600

/** A call of 0.2 s: a key on the caller's track, its echo on the agent's, one payment signal, nothing else sensitive. */
export const toyCall = (): DemoCall => ({
  sampleRateHz: 8000,
  samples: SAMPLES,
  tracks: ['caller', 'agent'],
  keys: [{ track: 0, startSample: 400, endSample: 800 }],
  secrets: [{ track: 1, startSample: 500, endSample: 900, kind: 'echo of a key' }],
  calm: [{ startSample: 0, endSample: 200 }],
  signals: [{ atMs: 50, signalId: 'page', state: 'started', note: 'in time' }],
  audio: {
    sampleRateHz: 8000,
    tracks: [new Int16Array(SAMPLES).fill(1000), new Int16Array(SAMPLES).fill(-500)],
  },
})

export const toyAnswer: PaymentAnswer = {
  atMs: 50,
  signalId: 'page',
  state: 'started',
  note: 'in time',
  result: 'applied',
  lateMs: 0,
  silentFromMs: 45,
  clearFromMs: null,
}

/** What the toy call's proxy silenced: both tracks from 300 to 1000. */
export const toySpans: Sidecar['spans'] = [{ track: null, startSample: 300, endSample: 1000, reason: 'dtmf' }]

export const toyPlayed = (spans = toySpans, sidecar: Partial<Sidecar> = {}): Played => ({
  dialect: 'twilio',
  messageCount: 23,
  answers: [toyAnswer],
  workMs: { p50: 0.02, p99: 0.3 },
  elapsedMs: 100,
  wavPath: 'twilio.wav',
  sidecarPath: 'twilio.json',
  sidecar: {
    sampleRate: 8000,
    samples: SAMPLES,
    frames: { in: 20, out: 20, redacted: 9 },
    lateMs: 0,
    unjudgedPassedMs: 0,
    spans,
    ...sidecar,
  },
})

/** The call with these stretches silent. */
export const recordingOf = (call: DemoCall, silent: readonly Stretch[]): DemoCall['audio'] => {
  const tracks = call.audio.tracks.map((samples) => samples.slice())
  for (const { track, startSample, endSample } of silent) tracks[track]!.fill(0, startSample, endSample)
  return { ...call.audio, tracks }
}

export const bothTracks = (startSample: number, endSample: number): Stretch[] => [
  { track: 0, startSample, endSample },
  { track: 1, startSample, endSample },
]
