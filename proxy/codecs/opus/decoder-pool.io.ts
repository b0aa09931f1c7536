import { OpusDecoder } from 'opus-decoder'

/** Rate in Hz of what the decoders put out: all that keys and speech on a telephone need, at a sixth of the samples. */
export const OPUS_PCM_RATE_HZ = 8_000

export type WasmOpusDecoder = OpusDecoder<typeof OPUS_PCM_RATE_HZ>

/**
 * Most decoders in one process, in use and spare: 1,700 calls a core with two tracks = 3,400, and the spares. Each is a
 * WebAssembly instance of its own, so that a fault in one stays in one stream; it costs about 0.1 MB of memory touched
 * and 28 MB of address space. At the limit no more are made and further streams stay silent.
 */
export const OPUS_DECODERS_MAX = 4_000

/**
 * Ready decoders, because making one is asynchronous (about 1.5 ms) and a call begins in the middle of a message. What
 * is taken is made up for in the background. A decoder never serves twice: its memory still holds the last call's
 * audio, and the package's own reset() builds a new instance as well.
 */
export class DecoderPool<D> {
  readonly #spare: D[] = []
  readonly #making = new Set<Promise<void>>()
  #spareTarget = 0
  #inUse = 0

  /** @param make a decoder that is ready for its first packet; what it rejects with is tried again at the next take() */
  constructor(
    private readonly make: () => Promise<D>,
    private readonly decodersMax: number,
  ) {}

  get spareCount(): number {
    return this.#spare.length
  }

  /**
   * Keeps `count` decoders ready from now on, fewer only at the limit, and resolves when they are.
   * @throws whatever `make` rejects with
   */
  async prepare(count: number): Promise<void> {
    this.#spareTarget = Math.max(this.#spareTarget, count)
    this.#replenish()
    await Promise.all(this.#making)
  }

  /** A ready decoder, the caller's until release(); undefined when there is none now. */
  take(): D | undefined {
    const decoder = this.#spare.pop()
    if (decoder !== undefined) this.#inUse++
    this.#replenish()
    return decoder
  }

  /** Tells that a decoder that was taken is no longer in use, whatever state it is in. */
  release(): void {
    this.#inUse--
    this.#replenish()
  }

  #replenish(): void {
    const spareTarget = Math.min(this.#spareTarget, this.decodersMax - this.#inUse)
    const missing = spareTarget - this.#spare.length - this.#making.size
    for (let i = 0; i < missing; i++) this.#makeSpare()
  }

  #makeSpare(): void {
    const making = this.make()
      .then((decoder) => {
        this.#spare.push(decoder)
      })
      .finally(() => this.#making.delete(making))
    this.#making.add(making)
    // Only prepare() hears of a failure; in the background it shows as a pool that runs empty.
    making.catch(() => {})
  }
}

/**
 * Stereo decoders for every stream: a packet says for itself whether it is mono or stereo, whatever was agreed, and one
 * kind serves all at about the price of mono.
 */
const makeDecoder = async (): Promise<WasmOpusDecoder> => {
  const decoder = new OpusDecoder({ sampleRate: OPUS_PCM_RATE_HZ, channels: 2 })
  await decoder.ready
  return decoder
}

export const opusDecoders = new DecoderPool(makeDecoder, OPUS_DECODERS_MAX)

/**
 * Makes `count` Opus decoders ready, the most streams that may begin within a few milliseconds, and keeps as many in
 * reserve. To be awaited before the first call; without it every Opus stream is refused and stays silent.
 */
export const prepareOpusDecoders = (count: number): Promise<void> => opusDecoders.prepare(count)
