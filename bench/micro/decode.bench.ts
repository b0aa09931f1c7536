/**
 * What it costs to decode a frame and to forget it again: nanoseconds of CPU per frame, medians of several rounds, with WebAssembly's
 * vectors and without, in turns. Frames of 20 ms at 8 kHz, and short ones. Run: node dist/bench/micro/decode.bench.js
 */
import { cpus } from 'node:os'
import { FramePcm } from '../../proxy/codecs/frame-pcm.js'
import { codecs } from '../../proxy/codecs/index.js'

const ROUNDS = 9
const ROUND_FRAMES = 200_000
const FRAME_SAMPLES = [20, 160] as const

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

const nanoseconds = (turn: () => void): number => {
  const before = process.cpuUsage()
  for (let i = 0; i < ROUND_FRAMES; i++) turn()
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1e3) / ROUND_FRAMES
}

const turnOf = (pcm: FramePcm, name: keyof typeof codecs, channelCount: 1 | 2, samples: number) => {
  const codec = codecs[name]
  const decoder = codec.createDecoder({ codec: name, clockRateHz: 8_000, channelCount })
  const bytesPerSample = name === 'l16' ? 2 : 1
  const payload = Uint8Array.from(
    { length: samples * channelCount * bytesPerSample },
    (_, i) => 37 * i + (i >> 3),
  )
  return () => pcm.forget(pcm.decode(decoder, payload, channelCount), channelCount)
}

const pcms = { vectors: new FramePcm(true), TypeScript: new FramePcm(false) }

console.log(
  `${cpus()[0]?.model}, Node ${process.version}, ${ROUNDS} rounds of ${ROUND_FRAMES} frames, medians`,
)
for (const name of ['pcmu', 'pcma', 'l16'] as const)
  for (const channelCount of [1, 2] as const)
    for (const samples of FRAME_SAMPLES) {
      const variants = Object.entries(pcms).map(([variant, pcm]) => ({
        variant,
        turn: turnOf(pcm, name, channelCount, samples),
        ns: [] as number[],
      }))
      for (let round = 0; round < ROUNDS; round++)
        for (const { turn, ns } of variants) ns.push(nanoseconds(turn))
      const told = variants.map(({ variant, ns }) => `${variant} ${median(ns).toFixed(0).padStart(4)} ns`)
      console.log(
        `  ${name} ${channelCount === 1 ? 'mono  ' : 'stereo'} ${String(samples).padStart(3)} samples  ${told.join('   ')}`,
      )
    }
