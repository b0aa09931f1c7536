/** A WAV of 16-bit PCM on its way to disk: PATH.part until it is whole, then PATH. */
import { createWriteStream, type WriteStream } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { WAV_HEADER_BYTES, wavHeader } from '../media/wav-header.js'

/** Samples per channel that are overwritten at a time. */
const ERASED_SAMPLES_MAX = 1 << 16

export class WavFile {
  readonly #file: WriteStream
  #samples = 0
  /** One at a time: each reads what it writes back. */
  #erasing: Promise<void> = Promise.resolve()
  #error: NodeJS.ErrnoException | null = null

  /** Opens PATH.part; its folder exists. */
  constructor(
    private readonly path: string,
    private readonly channels: number,
    private readonly sampleRateHz: number,
  ) {
    this.#file = createWriteStream(`${path}.part`, { mode: 0o600 })
    this.#file.on('error', (error) => {
      this.#error = error
    })
    this.#file.write(this.#header())
  }

  /** Bytes that wait for the disk. */
  get queuedBytes(): number {
    return this.#file.writableLength
  }

  /** Disk full, or not writable: nothing more can be kept. */
  get hasFailed(): boolean {
    return this.#error !== null
  }

  /** One array per channel, equally long; borrowed until return. */
  write(channels: readonly Int16Array[]): void {
    const count = channels[0]!.length
    this.#samples += count
    if (this.#error !== null) return
    const block = Buffer.alloc(channels.length * count * 2)
    channels.forEach((pcm, channel) => {
      for (let i = 0; i < count; i++) block.writeInt16LE(pcm[i]!, 2 * (i * channels.length + channel))
    })
    this.#file.write(block)
  }

  /**
   * Overwrites [startSample, endSample) of some channels with silence, as far as it has been written, and syncs it to disk.
   * Not after `finish` has been called. Rejects when the disk does not take it.
   */
  erase(channels: readonly number[], startSample: number, endSample: number): Promise<void> {
    const start = Math.max(0, startSample)
    const end = Math.min(endSample, this.#samples)
    const erased = this.#erasing.then(() => this.#overwrite(channels, start, end))
    this.#erasing = erased.catch(() => undefined)
    return erased
  }

  /** Completes the header and names the file. Rejects when it could not be kept. Returns its path. */
  async finish(): Promise<string> {
    await this.#erasing
    await new Promise<void>((resolve) => this.#file.end(() => resolve()).once('error', () => resolve()))
    if (this.#error !== null) throw this.#error
    const handle = await open(`${this.path}.part`, 'r+')
    try {
      await handle.write(this.#header(), 0, WAV_HEADER_BYTES, 0)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(`${this.path}.part`, this.path)
    return this.path
  }

  /** What still waits for the disk comes first: it would be written over the silence. */
  async #overwrite(channels: readonly number[], startSample: number, endSample: number): Promise<void> {
    if (startSample >= endSample) return
    await new Promise<void>((resolve, reject) =>
      this.#file.write(Buffer.alloc(0), (error) => (error ? reject(error) : resolve())),
    )
    const blockBytes = this.channels * 2
    const handle = await open(`${this.path}.part`, 'r+')
    try {
      for (let sample = startSample; sample < endSample; sample += ERASED_SAMPLES_MAX) {
        const bytes = Buffer.alloc(Math.min(ERASED_SAMPLES_MAX, endSample - sample) * blockBytes)
        const position = WAV_HEADER_BYTES + sample * blockBytes
        await handle.read(bytes, 0, bytes.length, position)
        for (let at = 0; at < bytes.length; at += blockBytes)
          for (const channel of channels) bytes.writeInt16LE(0, at + 2 * channel)
        await handle.write(bytes, 0, bytes.length, position)
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  #header(): Uint8Array {
    const { channels, sampleRateHz } = this
    return wavHeader({ channels, sampleRateHz, samples: this.#samples })
  }
}
