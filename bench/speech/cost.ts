/** What listening costs, as live calls have it: frames are decoded in the media loop and listened to in a thread. */
import { setTimeout as wait } from 'node:timers/promises'
import { codecNamed } from '../../proxy/codecs/index.js'
import type { DetectorSetup } from '../../proxy/detectors/detector.js'
import type { HeardWord } from '../../proxy/detectors/speech/recognizer.js'
import { threadSpotter } from '../../proxy/detectors/speech/recognizers/embedded/spotter.io.js'
import {
  closeWorkers,
  prepareWorkers,
  processWorkers,
} from '../../proxy/detectors/speech/recognizers/embedded/worker-pool.io.js'
import { WorkerRecognizer } from '../../proxy/detectors/speech/recognizers/embedded/worker-recognizer.js'
import type { SpeechFile } from './corpus.js'
import { channelsOf } from './measure.js'

export interface Cost {
  /** Tracks that one core decodes and listens to: seconds of audio by seconds of processor time, both threads together. */
  readonly tracksPerCore: number
  /** How many were listened to at once, and whether the thread kept up with all of them. */
  readonly tracks: number
  readonly hasKeptUp: boolean
  /** What the net keeps of a track, and what the process grew by for each, KiB. */
  readonly netKilobytes: number
  readonly grownKilobytes: number
}

const TRACKS = 300
const FRAME_MS = 20
const FRAME_SAMPLES = 160
const WARM_UP_SECONDS = 2
const MEASURED_SECONDS = 10
const NAME = 'bench'
const format = { codec: 'pcmu', clockRateHz: 8_000, channelCount: 1 } as const
const setup: DetectorSetup = {
  tracks: [{ index: 0, role: 'mixed' }],
  clockRateHz: 8_000,
  sampleRateHz: [8_000],
}

/** Plays `files` in real time on so many tracks, each from another place: those with more than ten seconds, over and over. */
export const costOf = async (files: readonly SpeechFile[]): Promise<Cost> => {
  const codec = codecNamed('pcmu')!
  const audio = files.flatMap(({ bytes }) => channelsOf(bytes)).filter((pcm) => pcm.length > 80_000)
  const payloads = audio.map((pcm) => codec.encode!(pcm))
  await prepareWorkers(NAME, 1)
  let faults = 0
  const workers = processWorkers(NAME, { worked() {}, faulted: () => void faults++, windowOpened() {} })
  const grownFrom = process.memoryUsage().rss
  const tracks = Array.from({ length: TRACKS }, (_, i) => ({
    payload: payloads[i % payloads.length]!,
    decoder: codec.createDecoder(format),
    pcm: new Int16Array(FRAME_SAMPLES),
    recognizer: new WorkerRecognizer(NAME, setup, workers),
  }))
  const words: HeardWord[] = []
  const playFrame = (frame: number): void => {
    for (const { payload, decoder, pcm, recognizer } of tracks) {
      const from = (frame * FRAME_SAMPLES) % (payload.length - FRAME_SAMPLES)
      decoder.decodeInto(payload.subarray(from, from + FRAME_SAMPLES), pcm)
      recognizer.push(0, pcm, frame * FRAME_SAMPLES)
      recognizer.drain(words)
    }
    words.length = 0
  }
  const startedAtMs = performance.now()
  let busyUs = 0
  for (let frame = 0; frame < ((WARM_UP_SECONDS + MEASURED_SECONDS) * 1000) / FRAME_MS; frame++) {
    if (frame === (WARM_UP_SECONDS * 1000) / FRAME_MS) busyUs = -cpuUs()
    playFrame(frame)
    await wait(Math.max(0, startedAtMs + (frame + 1) * FRAME_MS - performance.now()))
  }
  busyUs += cpuUs()
  const grown = process.memoryUsage().rss - grownFrom
  for (const { recognizer } of tracks) recognizer.close()
  await closeWorkers()
  return {
    tracksPerCore: Math.floor((TRACKS * MEASURED_SECONDS * 1e6) / busyUs),
    tracks: TRACKS,
    hasKeptUp: faults === 0,
    netKilobytes: threadSpotter().kernel.streamBytes / 1024,
    grownKilobytes: grown / 1024 / TRACKS,
  }
}

const cpuUs = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}
