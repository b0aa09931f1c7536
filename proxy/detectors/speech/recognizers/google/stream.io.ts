import { status } from '@grpc/grpc-js'
import type { Alertness } from '../../../detector.js'
import { faultOf } from '../remote/grpc-fault.js'
import type { OpenStream, SpeechStream, StreamFault, StreamHandler } from '../remote/speech-stream.js'
import { acquireClient, type PooledClient, releaseClient, retireClient } from './client.io.js'
import type { GoogleOptions } from './options.js'
import { firstRequest } from './requests.js'
import { GoogleTranscript } from './transcript.js'

/** An RPC may last this much longer than its stream is meant to, ms: its last words, and a clock that runs differently. */
const DEADLINE_MARGIN_MS = 60_000

/** What the vendor's client hands out for a stream of both directions. */
interface Rpc {
  write(request: object, written?: () => void): boolean
  end(): void
  cancel(): void
  on(event: 'data', listener: (response: unknown) => void): this
  on(event: 'error', listener: (error: { code?: unknown }) => void): this
  on(event: 'status', listener: (status: { code?: unknown }) => void): this
  on(event: 'end', listener: () => void): this
}

/** Streams of one track to Google Cloud Speech, each as long as the vendor allows. */
export const googleStreams =
  (options: GoogleOptions, sampleRateHz: number): OpenStream =>
  (handler) =>
    new GoogleStream(options, sampleRateHz, handler)

/** What is sent before there is a client waits here; RemoteTrack sees to it that it is not much. */
class GoogleStream implements SpeechStream {
  readonly #transcript: GoogleTranscript
  readonly #pooled: PooledClient
  #waiting: (Buffer | 'end')[] = []
  #rpc: Rpc | null = null
  #bufferedBytes = 0
  #isOver = false

  constructor(
    options: GoogleOptions,
    sampleRateHz: number,
    private readonly handler: StreamHandler,
  ) {
    this.#transcript = new GoogleTranscript(sampleRateHz)
    this.#pooled = acquireClient(options)
    this.#pooled.connection.then(
      (client) => {
        if (this.#isOver) return
        const timeout = options.streamSeconds * 1000 + DEADLINE_MARGIN_MS
        this.#begin(client._streamingRecognize({ timeout }) as unknown as Rpc)
        this.#rpc?.write(firstRequest(options, sampleRateHz))
        for (const item of this.#waiting.splice(0)) this.#write(item)
      },
      // What it says may quote a key file.
      () => this.#end('credentials'),
    )
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  send(pcm: Int16Array): void {
    const audio = Buffer.from(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength))
    this.#bufferedBytes += audio.length
    this.#write(audio)
  }

  setAlertness(_: Alertness): void {
    // Google knows nothing of it.
  }

  end(): void {
    this.#write('end')
  }

  destroy(isStuck: boolean): void {
    if (isStuck) retireClient(this.#pooled)
    this.#end(null)
    this.#rpc?.cancel()
    for (const item of this.#waiting.splice(0)) if (item !== 'end') item.fill(0)
  }

  #begin(rpc: Rpc): void {
    this.#rpc = rpc
    rpc.on('data', (response) => {
      if (this.#isOver) return
      const { words, heardSample } = this.#transcript.receive(response)
      this.handler.answered(words, heardSample)
    })
    // The status may come before the last answers, and the end says nothing of it: only both together are a good end.
    let isGood = false
    rpc.on('status', ({ code }) => {
      isGood = code === status.OK
    })
    rpc.on('end', () => this.#end(isGood ? 'done' : 'unavailable'))
    // Its text may quote anything.
    rpc.on('error', ({ code }) => this.#end(faultOf(code)))
  }

  #write(item: Buffer | 'end'): void {
    if (this.#isOver) return
    if (this.#rpc === null) this.#waiting.push(item)
    else if (item === 'end') this.#rpc.end()
    // The client says so a few messages before they are on the wire, so that they may not be overwritten yet.
    else
      this.#rpc.write({ audio: item }, () => {
        this.#bufferedBytes -= item.length
      })
  }

  /** Tells once how it ended; null: nobody wants to know. */
  #end(outcome: 'done' | StreamFault | null): void {
    if (this.#isOver) return
    this.#isOver = true
    releaseClient(this.#pooled)
    if (outcome !== null) this.handler.ended(outcome)
  }
}
