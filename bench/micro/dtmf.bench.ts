/**
 * What the DTMF masker costs: microseconds of CPU per second of audio of one track, in frames of 20 ms, medians of several
 * rounds, and what it allocates. A voice with an entry of keys in it, warm. Run: node dist/bench/micro/dtmf.bench.js
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { DigitReport, Finding } from '../../proxy/detectors/detector.js'
import { dtmf } from '../../proxy/detectors/dtmf/detector.js'
import { dtmfOptionsSchema } from '../../proxy/detectors/dtmf/options.js'
import { addKey, randomOf, toPcm, voiceLike } from '../dtmf/key-set.js'

const SECONDS = 60
const ROUNDS = 9

function call(sampleRateHz: number): Int16Array {
  const random = randomOf(1)
  const audio = voiceLike(SECONDS * 1000, sampleRateHz, random)
  for (let i = 0; i < 16; i += 1) {
    addKey(
      audio,
      { key: '0123456789*#ABCD'[i]!, startMs: 20_000 + 250 * i, durationMs: 90 },
      sampleRateHz,
      random,
    )
  }
  return toPcm(audio)
}

function round(pcm: Int16Array, sampleRateHz: number): number {
  const setup = {
    tracks: [{ index: 0, role: 'mixed' as const }],
    clockRateHz: sampleRateHz,
    sampleRateHz: [sampleRateHz],
  }
  const detector = dtmf.create(setup, dtmfOptionsSchema.parse({}))
  const frame = sampleRateHz / 50
  const before = process.cpuUsage()
  for (let offset = 0; offset < pcm.length; offset += frame)
    detector.push(0, pcm.subarray(offset, offset + frame), offset)
  detector.finish()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / SECONDS
}

/** Bytes of heap a frame, findings included: what it grows by between two collections of garbage, medians. */
function bytesPerFrame(pcm: Int16Array): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const setup = { tracks: [{ index: 0, role: 'mixed' as const }], clockRateHz: 8_000, sampleRateHz: [8_000] }
  const detector = dtmf.create(setup, dtmfOptionsSchema.parse({}))
  const frames = Array.from({ length: pcm.length / 160 }, (_, n) => pcm.subarray(160 * n, 160 * (n + 1)))
  const findings: Finding[] = []
  const digits: DigitReport[] = []
  let startSample = 0
  const pass = (): number => {
    collect()
    const before = process.memoryUsage().heapUsed
    for (const frame of frames) {
      detector.push(0, frame, startSample)
      startSample += frame.length
      detector.drain(findings, digits)
      findings.length = 0
      digits.length = 0
    }
    return (process.memoryUsage().heapUsed - before) / frames.length
  }
  for (let i = 0; i < 5; i += 1) pass()
  return Array.from({ length: ROUNDS }, pass).sort((a, b) => a - b)[ROUNDS >> 1]!
}

console.log(`node ${process.version}, one track, frames of 20 ms, median of ${ROUNDS} rounds of ${SECONDS} s`)
for (const sampleRateHz of [8_000, 16_000, 48_000]) {
  const pcm = call(sampleRateHz)
  for (let i = 0; i < 3; i += 1) round(pcm, sampleRateHz)
  const rounds = Array.from({ length: ROUNDS }, () => round(pcm, sampleRateHz)).sort((a, b) => a - b)
  console.log(`${sampleRateHz} Hz: ${rounds[ROUNDS >> 1]!.toFixed(0)} us per second of audio`)
}
for (const [name, pcm] of [
  ['a voice with keys', call(8_000)],
  ['silence', new Int16Array(SECONDS * 8_000)],
] as const)
  console.log(`${name}: ${bytesPerFrame(pcm).toFixed(1)} bytes of heap a frame`)
