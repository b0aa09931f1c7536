/**
 * The newest audio of one track, kept until the recogniser has answered for it and a little longer: a stream that breaks, or
 * has grown too old, is followed by another that is told the same again. It grows when it must, up to its bound; what is
 * forgotten is overwritten.
 */
export class KeptAudio {
  #ring: Int16Array
  #startSample = 0
  #endSample = 0

  /** @param samplesMax what is kept at most; more pushes the oldest out */
  constructor(
    private readonly samplesMax: number,
    samplesMin: number,
  ) {
    this.#ring = new Int16Array(Math.min(samplesMin, samplesMax))
  }

  /** The oldest sample that is there. */
  get startSample(): number {
    return this.#startSample
  }

  /** Where the newest one ends. */
  get endSample(): number {
    return this.#endSample
  }

  /** Copies what follows the newest audio. Hot. */
  push(pcm: Int16Array): void {
    const newest = pcm.length > this.samplesMax ? pcm.subarray(pcm.length - this.samplesMax) : pcm
    if (newest !== pcm) this.skip(this.#endSample + pcm.length - newest.length)
    this.#makeRoom(newest.length)
    const at = this.#endSample % this.#ring.length
    const untilWrap = Math.min(newest.length, this.#ring.length - at)
    this.#ring.set(newest.subarray(0, untilWrap), at)
    this.#ring.set(newest.subarray(untilWrap), 0)
    this.#endSample += newest.length
  }

  /** Nothing is known up to here: all that was kept is forgotten. */
  skip(toSample: number): void {
    this.clear()
    this.#startSample = this.#endSample = toSample
  }

  /** Fills `out` with the audio from here on; all of it must be there. */
  read(fromSample: number, out: Int16Array): void {
    for (let done = 0; done < out.length; ) {
      const at = (fromSample + done) % this.#ring.length
      const piece = this.#ring.subarray(at, Math.min(this.#ring.length, at + out.length - done))
      out.set(piece, done)
      done += piece.length
    }
  }

  forget(beforeSample: number): void {
    const toSample = Math.min(beforeSample, this.#endSample)
    for (let sample = this.#startSample; sample < toSample; ) {
      const at = sample % this.#ring.length
      const end = Math.min(this.#ring.length, at + toSample - sample)
      this.#ring.fill(0, at, end)
      sample += end - at
    }
    this.#startSample = Math.max(this.#startSample, toSample)
  }

  clear(): void {
    this.#ring.fill(0)
    this.#startSample = this.#endSample
  }

  #makeRoom(samples: number): void {
    const needed = this.#endSample - this.#startSample + samples
    if (needed > this.#ring.length && this.#ring.length < this.samplesMax)
      this.#grow(Math.min(this.samplesMax, Math.max(needed, 2 * this.#ring.length)))
    if (needed > this.#ring.length) this.forget(this.#endSample + samples - this.#ring.length)
  }

  #grow(length: number): void {
    const kept = new Int16Array(this.#endSample - this.#startSample)
    this.read(this.#startSample, kept)
    this.#ring.fill(0)
    this.#ring = new Int16Array(length)
    const startSample = this.#startSample
    const endSample = this.#endSample
    for (let sample = startSample; sample < endSample; ) {
      const at = sample % length
      const count = Math.min(length - at, endSample - sample)
      this.#ring.set(kept.subarray(sample - startSample, sample - startSample + count), at)
      sample += count
    }
    kept.fill(0)
  }
}
