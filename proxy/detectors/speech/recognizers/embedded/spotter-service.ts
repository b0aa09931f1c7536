/**
 * The worker's side: reads what is asked, listens, and answers. A function of its rings and nothing else.
 *
 *   requests: OPEN, PCM, SKIP, FINISH, CLOSE   -> answers: WORD, SUSPECTED, WATERMARK
 */
import { samplesOf } from '../../../../media/time.js'
import { KernelNet } from './kernel-net.js'
import type { RecordRing, RingRecord } from './record-ring.js'
import type { Spotter } from './spotter.io.js'
import { TrackSpotter } from './track-spotter.js'

/** What is asked, by `kind`. Of every one `stream` is whom it concerns. */
export const REQUEST = {
  /**
   * Listen from position `a` on, fresh: PCM of `count` Hz, positions of `b` Hz. Where the stream was open already, what it had
   * not judged before `a` is told as unheard.
   */
  open: 1,
  /** `samples` at position `a`. */
  pcm: 2,
  /** No audio before position `a`. */
  skip: 3,
  finish: 4,
  close: 5,
} as const

/** What is answered, by `kind`. */
export const ANSWER = {
  /** What `count` packs was said from `a` to `b`; -1: nobody knows what was. */
  word: 1,
  /** No further word starts before `a`. */
  watermark: 2,
  /** A batch: audio of `a` ms, all streams together, took `b` ms. */
  batch: 3,
  /** The thread has read its model, and listens. */
  ready: 4,
  /** Class `count`, a word of payment, may have been said from `a` to `b`. */
  suspected: 5,
} as const

const CUT_WORD_MS = 800

/** `count` of a word that nobody heard. */
export const UNHEARD = -1

/** A class, and how sure it is in percent, as one number: `count` of a word. */
export const packedWord = (word: number, certainty: number): number => word | (certainty << 8)
/** The class of it. */
export const wordIn = (packed: number): number => packed & 0xff
/** How sure it is, percent. */
export const certaintyIn = (packed: number): number => packed >> 8

/**
 * What a stream that begins in mid-call is not believed to hear of its first audio, in positions: the rest of a word of which the beginning was
 * missed, 0.8 s.
 */
export const cutWordSamples = (clockRateHz: number): number => samplesOf(CUT_WORD_MS, clockRateHz)

interface Stream {
  spotter: TrackSpotter
  /** Position of the spotter's first sample. */
  originSample: number
  /** Words before it are clipped: it has been told that nobody heard what was there. */
  fromSample: number
  toldSample: number
  readonly sampleRateHz: number
}

export class SpotterService {
  readonly #streams = new Map<number, Stream>()
  #audioMs = 0
  readonly #take = (record: RingRecord): void => this.#carryOut(record)

  /** @param wait called while the answers find no room: whoever reads them is busy */
  constructor(
    private readonly spotter: Spotter,
    private readonly requests: RecordRing,
    private readonly answers: RecordRing,
    private readonly wait: () => void,
  ) {}

  /** Answers all that has been asked by now; returns how much audio that was, ms. */
  work(): number {
    this.#audioMs = 0
    this.requests.readAll(this.#take)
    for (const [id, stream] of this.#streams) this.#collect(id, stream)
    return this.#audioMs
  }

  #carryOut({ kind, stream: id, count, a, b, samples }: RingRecord): void {
    if (kind === REQUEST.open) {
      this.#open(id, a, count, b)
      return
    }
    const stream = this.#streams.get(id)
    if (stream === undefined) return
    if (kind === REQUEST.pcm) {
      stream.spotter.push(samples, a - stream.originSample)
      this.#audioMs += (1000 * count) / stream.sampleRateHz
    } else if (kind === REQUEST.skip) stream.spotter.skip(a - stream.originSample)
    else if (kind === REQUEST.finish) stream.spotter.finish()
    else this.#close(id, stream)
  }

  #open(id: number, originSample: number, sampleRateHz: number, clockRateHz: number): void {
    const before = this.#streams.get(id)
    before?.spotter.close()
    const isFirst = before === undefined && originSample === 0
    const { model, frontEnd, kernel } = this.spotter
    const stream: Stream = {
      spotter: new TrackSpotter({
        model,
        frontEnd,
        net: new KernelNet(kernel),
        sampleRateHz,
        clockRateHz,
        heard: (word, start, end, certainty) =>
          this.#tellWord(ANSWER.word, id, packedWord(word, certainty), start, end),
        suspected: (word, start, end) => this.#tellWord(ANSWER.suspected, id, word, start, end),
      }),
      originSample,
      fromSample: originSample + (isFirst ? 0 : cutWordSamples(clockRateHz)),
      toldSample: before?.toldSample ?? 0,
      sampleRateHz,
    }
    this.#streams.set(id, stream)
    if (before !== undefined) this.#answer(ANSWER.word, id, before.toldSample, stream.fromSample, UNHEARD)
  }

  #tellWord(kind: number, id: number, count: number, startSample: number, endSample: number): void {
    const { originSample, fromSample } = this.#streams.get(id)!
    const start = Math.max(originSample + startSample, fromSample)
    const end = originSample + endSample
    if (start < end) this.#answer(kind, id, start, end, count)
  }

  /** Tells what it has heard by now. */
  #collect(id: number, stream: Stream): void {
    stream.spotter.collect()
    const sample = Math.max(stream.fromSample, stream.originSample + stream.spotter.watermarkSample)
    if (sample <= stream.toldSample) return
    stream.toldSample = sample
    this.#answer(ANSWER.watermark, id, sample, 0, 0)
  }

  #close(id: number, stream: Stream): void {
    stream.spotter.close()
    this.#streams.delete(id)
  }

  #answer(kind: number, id: number, a: number, b: number, count: number): void {
    while (!this.answers.write(kind, id, a, b, count)) this.wait()
  }
}
