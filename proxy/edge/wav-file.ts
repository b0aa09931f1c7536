/** A WAV of 16-bit PCM on its way to disk: PATH.part until it is whole, then PATH. */
import { createWriteStream, type WriteStream } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { WAV_HEADER_BYTES, wavHeader } from '../media/wav-header.js'

export class WavFile {
  readonly #file: WriteStream
  #samples = 0
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

  /** Completes the header and names the file. Rejects when it could not be kept. Returns its path. */
  async finish(): Promise<string> {
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

  #header(): Uint8Array {
    const { channels, sampleRateHz } = this
    return wavHeader({ channels, sampleRateHz, samples: this.#samples })
  }
}
