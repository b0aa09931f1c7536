/**
 * The tracks of a call as PCM of one common clock. Tracks arrive one after the other and at their own pace; they are laid
 * side by side by position:
 *
 *   track 0  ########....       "." is not here yet: handed on up to the slowest track, or as silence
 *   track 1  ######......       once a track is LAG_SECONDS_MAX behind
 */
import { FRAME_SAMPLES_MAX } from '../base/limits.js'
import type { AudioDecoder } from '../codecs/codec.js'
import { codecNamed } from '../codecs/index.js'
import type { CallStart, MediaFrame } from '../media/frame.js'

/** How far a track may lag behind the newest before its missing audio is handed on as silence. */
const LAG_SECONDS_MAX = 3
/** A jump of more than this is not filled: a broken position must not fill the disk. One hour on hold is longer than most. */
const HOLE_SECONDS_MAX = 3600
/** Silence is handed on in pieces of at most this, seconds: an hour on hold need not be in memory at once. */
const PIECE_SECONDS_MAX = 10

export class SideBySide {
  /** Of the PCM, Hz. */
  readonly sampleRateHz: number
  /** Positions of the call's clock per sample of PCM. */
  readonly clockRatio: number
  readonly #decoders: (AudioDecoder | null)[]
  readonly #pending: Int16Array[]
  readonly #headSample: number[]
  readonly #pcm = new Int16Array(2 * FRAME_SAMPLES_MAX)
  #writtenSamples = 0

  /** `take` is handed one array per track, equally long and its own to keep. */
  constructor(
    private readonly call: CallStart,
    private readonly take: (tracks: readonly Int16Array[]) => void,
  ) {
    this.#decoders = call.streams.map(({ format }) => codecNamed(format.codec)?.createDecoder(format) ?? null)
    const clockRateHz = call.streams[0]?.format.clockRateHz ?? 8000
    this.sampleRateHz = this.#decoders[0]?.sampleRateHz ?? clockRateHz
    this.clockRatio = clockRateHz / this.sampleRateHz
    this.#pending = call.tracks.map(() => new Int16Array(0))
    this.#headSample = call.tracks.map(() => 0)
  }

  /** Samples per track handed on so far. */
  get samples(): number {
    return this.#writtenSamples
  }

  /** A frame is borrowed until return. One of an unknown stream, or that cannot be decoded, is a hole: silence. */
  write(frame: MediaFrame): void {
    const stream = this.call.streams[frame.stream]
    const decoder = this.#decoders[frame.stream]
    if (stream === undefined || decoder === null || decoder === undefined) return
    const count = decoder.decodeInto(frame.payload, this.#pcm)
    const startSample = Math.round(frame.startSample / this.clockRatio)
    const stride = stream.format.channelCount
    stream.tracks.forEach((track, channel) => {
      const lane = new Int16Array(count)
      for (let i = 0; i < count; i++) lane[i] = this.#pcm[i * stride + channel]!
      this.#append(track, startSample, lane)
    })
    this.#flush(false)
  }

  /** Silences what has not been handed on yet of [startSample, endSample), samples of PCM on one track. */
  erase(track: number, startSample: number, endSample: number): void {
    const from = Math.max(0, startSample - this.#writtenSamples)
    const to = Math.max(0, endSample - this.#writtenSamples)
    this.#pending[track]?.fill(0, from, to)
  }

  /** The call is over: hands on what is left. */
  end(): void {
    this.#flush(true)
    for (const decoder of this.#decoders) decoder?.close()
  }

  #append(track: number, startSample: number, pcm: Int16Array): void {
    const hole = startSample - this.#headSample[track]!
    if (hole < 0 || hole > HOLE_SECONDS_MAX * this.sampleRateHz) return
    this.#pending[track] = joined(this.#pending[track]!, hole, pcm)
    this.#headSample[track] = startSample + pcm.length
  }

  #flush(isEnd: boolean): void {
    const lead = Math.max(...this.#headSample)
    const slowest = Math.min(...this.#headSample)
    const until = isEnd ? lead : Math.max(slowest, lead - LAG_SECONDS_MAX * this.sampleRateHz)
    while (this.#writtenSamples < until)
      this.#hand(Math.min(until - this.#writtenSamples, PIECE_SECONDS_MAX * this.sampleRateHz))
  }

  #hand(count: number): void {
    const until = this.#writtenSamples + count
    const tracks = this.#pending.map((pending, track) => {
      const piece = new Int16Array(count)
      piece.set(pending.subarray(0, count))
      this.#pending[track] = pending.subarray(Math.min(count, pending.length))
      if (this.#headSample[track]! < until) this.#headSample[track] = until
      return piece
    })
    this.#writtenSamples = until
    this.take(tracks)
  }
}

/** `head`, then `hole` samples of silence, then `tail`. */
const joined = (head: Int16Array, hole: number, tail: Int16Array): Int16Array => {
  const all = new Int16Array(head.length + hole + tail.length)
  all.set(head)
  all.set(tail, head.length + hole)
  return all
}
