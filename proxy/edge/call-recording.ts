/**
 * One recorded call on disk: a WAV of 16-bit PCM with a channel per track, and a JSON sidecar that says which of it is
 * silent and why. Only judged audio comes here. Either file is written as NAME.part and takes its name when it is whole.
 *
 * Tracks arrive one after the other and at their own pace; they are laid side by side by position:
 *
 *   track 0  ########....       "." is not here yet: written up to the slowest track, or as silence
 *   track 1  ######......       once a track is LAG_SECONDS_MAX behind
 */
import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir, open, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FRAME_SAMPLES_MAX } from '../base/limits.js'
import type { AudioDecoder } from '../codecs/codec.js'
import { codecNamed } from '../codecs/index.js'
import type { CallStart, MediaFrame } from '../media/frame.js'
import { WAV_HEADER_BYTES, wavHeader } from '../media/wav-header.js'
import type { CallSummary } from '../session/call-session.js'

/** How far a track may lag behind the newest before its missing audio is written as silence. */
const LAG_SECONDS_MAX = 3
/** A jump of more than this is not filled: a broken position must not fill the disk. One hour on hold is longer than most. */
const HOLE_SECONDS_MAX = 3600

export interface SidecarFacts {
  readonly dialect: string
  readonly policy: string
  /** ISO 8601. */
  readonly startedAt: string
}

export class CallRecording {
  readonly #decoders: (AudioDecoder | null)[]
  readonly #pending: Int16Array[]
  readonly #headSample: number[]
  readonly #rateHz: number
  readonly #clockRatio: number
  readonly #pcm = new Int16Array(2 * FRAME_SAMPLES_MAX)
  readonly #file: WriteStream
  #writtenSamples = 0
  #error: NodeJS.ErrnoException | null = null

  /** Opens PATH.wav.part for a call; `path` has no ending. Its folder exists. */
  constructor(
    private readonly call: CallStart,
    private readonly path: string,
    private readonly facts: SidecarFacts,
  ) {
    this.#decoders = call.streams.map(({ format }) => codecNamed(format.codec)?.createDecoder(format) ?? null)
    const clockRateHz = call.streams[0]?.format.clockRateHz ?? 8000
    this.#rateHz = this.#decoders[0]?.sampleRateHz ?? clockRateHz
    this.#clockRatio = clockRateHz / this.#rateHz
    this.#pending = call.tracks.map(() => new Int16Array(0))
    this.#headSample = call.tracks.map(() => 0)
    this.#file = createWriteStream(`${path}.wav.part`, { mode: 0o600 })
    this.#file.on('error', (error) => {
      this.#error = error
    })
    this.#file.write(this.#header(0))
  }

  /** Bytes that wait for the disk. */
  get queuedBytes(): number {
    return this.#file.writableLength
  }

  /** Disk full, or not writable: nothing more can be kept. */
  get hasFailed(): boolean {
    return this.#error !== null
  }

  write(frame: MediaFrame): void {
    const stream = this.call.streams[frame.stream]
    const decoder = this.#decoders[frame.stream]
    if (stream === undefined || decoder === null || decoder === undefined) return
    const count = decoder.decodeInto(frame.payload, this.#pcm)
    const startSample = Math.round(frame.startSample / this.#clockRatio)
    const stride = stream.format.channelCount
    stream.tracks.forEach((track, channel) => {
      const lane = new Int16Array(count)
      for (let i = 0; i < count; i++) lane[i] = this.#pcm[i * stride + channel]!
      this.#append(track, startSample, lane)
    })
    this.#flush(false)
  }

  /** Writes what is left, completes the header, names the file and writes the sidecar. Returns the WAV's path. */
  async finish(summary: CallSummary, endedAt: string): Promise<string> {
    this.#flush(true)
    for (const decoder of this.#decoders) decoder?.close()
    await new Promise<void>((resolve) => this.#file.end(() => resolve()).once('error', () => resolve()))
    if (this.#error !== null) throw this.#error
    const partial = `${this.path}.wav.part`
    const handle = await open(partial, 'r+')
    try {
      await handle.write(this.#header(this.#writtenSamples), 0, WAV_HEADER_BYTES, 0)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(partial, `${this.path}.wav`)
    const sidecar = `${JSON.stringify(this.#sidecar(summary, endedAt), null, 2)}\n`
    await writeFile(`${this.path}.json.part`, sidecar, { mode: 0o600 })
    await rename(`${this.path}.json.part`, `${this.path}.json`)
    return `${this.path}.wav`
  }

  #header(samples: number): Uint8Array {
    return wavHeader({ channels: this.call.tracks.length, sampleRateHz: this.#rateHz, samples })
  }

  #append(track: number, startSample: number, pcm: Int16Array): void {
    const hole = startSample - this.#headSample[track]!
    if (hole < 0 || hole > HOLE_SECONDS_MAX * this.#rateHz) return
    this.#pending[track] = joined(this.#pending[track]!, hole, pcm)
    this.#headSample[track] = startSample + pcm.length
  }

  #flush(isEnd: boolean): void {
    const lead = Math.max(...this.#headSample)
    const slowest = Math.min(...this.#headSample)
    const until = isEnd ? lead : Math.max(slowest, lead - LAG_SECONDS_MAX * this.#rateHz)
    const count = until - this.#writtenSamples
    if (count <= 0) return
    const channels = this.#pending.length
    const block = Buffer.alloc(count * channels * 2)
    this.#pending.forEach((pending, channel) => {
      const have = Math.min(count, pending.length)
      for (let i = 0; i < have; i++) block.writeInt16LE(pending[i]!, 2 * (i * channels + channel))
      this.#pending[channel] = pending.subarray(have)
      if (this.#headSample[channel]! < until) this.#headSample[channel] = until
    })
    this.#writtenSamples = until
    if (this.#error === null) this.#file.write(block)
  }

  #sidecar(summary: CallSummary, endedAt: string): unknown {
    const { call } = this
    const ratio = this.#clockRatio
    return {
      callId: call.callId,
      streamId: call.streamId,
      ...this.facts,
      endedAt,
      endReason: summary.endReason,
      ...(summary.consent !== 'not-asked' && { consent: summary.consent }),
      sampleRate: this.#rateHz,
      channels: call.tracks.map(({ role }) => role),
      samples: this.#writtenSamples,
      frames: { in: summary.framesIn, out: summary.framesOut, redacted: summary.framesRedacted },
      lateMs: summary.lateMs,
      unjudgedSilencedMs: summary.unjudgedSilencedMs,
      unjudgedPassedMs: summary.unjudgedPassedMs,
      lostSamples: summary.lostSamples,
      spans: summary.runs.map(({ track, startSample, endSample, reason }) => ({
        track,
        startSample: Math.round(startSample / ratio),
        endSample: Math.round(endSample / ratio),
        reason,
      })),
    }
  }
}

/** `head`, then `hole` samples of silence, then `tail`. */
const joined = (head: Int16Array, hole: number, tail: Int16Array): Int16Array => {
  const all = new Int16Array(head.length + hole + tail.length)
  all.set(head)
  all.set(tail, head.length + hole)
  return all
}

/** Where a call's recording goes: a folder per day, and a name made of ids with everything unusual replaced. */
export const recordingPath = async (
  directory: string,
  call: CallStart,
  epochMs: number,
  connection: string,
): Promise<string> => {
  const stamp = new Date(epochMs).toISOString()
  const id = (text: string): string => text.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 80)
  const name = `${stamp.slice(11, 19).replaceAll(':', '')}-${id(call.callId)}-${id(call.streamId)}-${connection}`
  const path = join(directory, stamp.slice(0, 10), name)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  return path
}
