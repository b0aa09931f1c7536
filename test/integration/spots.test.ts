// The spotter in the proxy, and behind `hushfork recognize`: of the same call, both silence the same.
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { readDemoCall } from '../../bench/demo/demo-call.js'
import { type DetectorSetup, type Finding, recordedServices } from '../../proxy/detectors/detector.js'
import { speech } from '../../proxy/detectors/speech/detector.js'
import { type SpeechOptions, speechOptionsSchema } from '../../proxy/detectors/speech/options.js'
import { closeConnections } from '../../proxy/detectors/speech/recognizers/grpc/connection.io.js'
import { startQuietRecognizer } from '../support/quiet-recognizer.js'
import { rng } from '../support/rng.js'
import { spokenDigits, spokenDigitsPcm, spokenPhrasesPcm } from '../support/spoken-digits.js'

// They wait for what is said most of the time.
t.jobs = 4

const RATE_HZ = 8_000
/** Told this much at a time, and so often, ms: five times as fast as it is spoken, of six that the server takes. */
const PIECE = 800
const EVERY_MS = 20

const server = await startQuietRecognizer()
t.teardown(async () => {
  closeConnections()
  await server.drain(0)
})

/** On a busy machine an answer may take long: no stream is given up for it. */
const remote = { url: `grpc://127.0.0.1:${server.port}`, answerMs: 60_000, endMs: 10_000 }

/** By track, what is silenced, as half-open ranges that do not touch. */
type Silenced = readonly (readonly [number, number])[][]

const silencedBy = (findings: readonly Finding[], tracks: number): Silenced =>
  Array.from({ length: tracks }, (_, track) => {
    const ranges: [number, number][] = []
    const own = findings.filter((finding) => finding.track === track)
    for (const { startSample, endSample } of own.sort((a, b) => a.startSample - b.startSample)) {
      const last = ranges.at(-1)
      if (last !== undefined && startSample <= last[1]) last[1] = Math.max(last[1], endSample)
      else ranges.push([startSample, endSample])
    }
    return ranges
  })

const heardBy = async (
  tracks: readonly Int16Array[],
  options: SpeechOptions,
  pace: 'live' | 'recorded',
): Promise<Silenced> => {
  const setup: DetectorSetup = {
    tracks: tracks.map((_, index) => ({ index, role: 'mixed' })),
    clockRateHz: RATE_HZ,
    sampleRateHz: tracks.map(() => RATE_HZ),
  }
  const detector = speech.create(setup, options, { ...recordedServices, pace })
  const findings: Finding[] = []
  const isOver = (): boolean => tracks.every((_, track) => detector.watermarkSample(track) === Infinity)
  for (let at = 0; at < tracks[0]!.length; at += PIECE) {
    for (const [track, pcm] of tracks.entries()) detector.push(track, pcm.subarray(at, at + PIECE), at)
    detector.drain(findings, [])
    if (pace === 'live') await wait(EVERY_MS)
  }
  detector.finish()
  for (detector.drain(findings, []); !isOver(); detector.drain(findings, [])) await wait(EVERY_MS)
  detector.close()
  return silencedBy(findings, tracks.length)
}

const check = async (t: Test, tracks: readonly Int16Array[], payment: object = {}): Promise<Silenced> => {
  const options = (recognizers: object): SpeechOptions =>
    speechOptionsSchema.parse({ recognizers, words: { payment } })
  const here = await heardBy(tracks, options({ embedded: {} }), 'recorded')
  t.strictSame(await heardBy(tracks, options({ grpc: remote }), 'live'), here)
  return here
}

/** A call of two parties in noise; `said` is put where it is told to. */
const callOf = (seconds: number, noise: number, ...said: readonly [number, Int16Array, number][]) => {
  const random = rng(7)
  const tracks = [0, 1].map(() =>
    Int16Array.from({ length: seconds * RATE_HZ }, () => 2 * noise * (random() - 0.5)),
  )
  for (const [track, pcm, atMs] of said)
    for (const [i, sample] of pcm.entries()) tracks[track]![(atMs * RATE_HZ) / 1000 + i]! += sample
  return tracks
}

const [, first, end] = spokenDigits.words[0]!
const four = spokenDigitsPcm().subarray(first, end)

t.test('numbers with which a call begins, and others in noise', { buffered: true }, async (t) => {
  const beginning = spokenDigitsPcm().subarray(first)
  const [caller, agent] = await check(t, callOf(8, 500, [0, beginning, 0], [1, spokenDigitsPcm(), 2_000]))
  t.equal(caller![0]![0], 0)
  t.ok(agent!.length > 0)
})

for (const [what, payment, isSilenced] of [
  ['behind a phrase of the other party', {}, true],
  ['where phrases open no window', { window: 'off' }, false],
] as const)
  t.test(`a lone number ${what}`, { buffered: true }, async (t) => {
    const phrase = spokenPhrasesPcm().subarray(0, 4 * RATE_HZ)
    const [caller] = await check(t, callOf(9, 30, [1, phrase, 500], [0, four, 5_000]), payment)
    t.equal(caller!.length > 0, isSilenced)
  })

t.test('a code and what is read back, with all that is said around it', { buffered: true }, async (t) => {
  const { audio } = await readDemoCall()
  const part = audio.tracks.map((pcm) => pcm.subarray(46 * RATE_HZ, 60 * RATE_HZ))
  const [caller, agent] = await check(t, part)
  t.ok(caller!.length > 0 && agent!.length > 0)
})
