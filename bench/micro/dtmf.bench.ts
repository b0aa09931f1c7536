/**
 * What the DTMF masker costs: microseconds of CPU per second of audio of one track, in frames of 20 ms, medians of several
 * rounds. A voice with an entry of keys in it, warm. Run: node dist/bench/micro/dtmf.bench.js
 */
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

console.log(`node ${process.version}, one track, frames of 20 ms, median of ${ROUNDS} rounds of ${SECONDS} s`)
for (const sampleRateHz of [8_000, 16_000, 48_000]) {
  const pcm = call(sampleRateHz)
  for (let i = 0; i < 3; i += 1) round(pcm, sampleRateHz)
  const rounds = Array.from({ length: ROUNDS }, () => round(pcm, sampleRateHz)).sort((a, b) => a - b)
  console.log(`${sampleRateHz} Hz: ${rounds[ROUNDS >> 1]!.toFixed(0)} us per second of audio`)
}
