import { type ClientDuplexStream, Metadata, type StatusObject, status } from '@grpc/grpc-js'
import type { Alertness } from '../../../detector.js'
import { faultOf } from '../remote/grpc-fault.js'
import type { OpenStream, SpeechStream, StreamFault, StreamHandler } from '../remote/speech-stream.js'
import {
  acquireConnection,
  type PooledConnection,
  releaseConnection,
  retireConnection,
} from './connection.io.js'
import type { GrpcOptions } from './options.js'
import { type ListenResponse, spotsIn, wordsIn } from './protocol.js'
import { type ListenRequest, recognizerService } from './service.io.js'

/** An RPC may last this much longer than its stream is meant to, ms. */
const DEADLINE_MARGIN_MS = 60_000

type Rpc = ClientDuplexStream<ListenRequest, ListenResponse>

/** Streams of one track to a recogniser of one's own. */
export const grpcStreams =
  (options: GrpcOptions, sampleRateHz: number, role: string): OpenStream =>
  (handler) => {
    const { language, phrases } = options
    const stream = new GrpcStream(options, handler)
    stream.write({
      open: { sample_rate_hz: sampleRateHz, language, phrases, role, weighs_spots: true },
    })
    return stream
  }

class GrpcStream implements SpeechStream {
  readonly #pooled: PooledConnection | null
  readonly #rpc: Rpc | null
  #bufferedBytes = 0
  #watermarkSample = 0
  #isOver = false

  constructor(
    options: GrpcOptions,
    private readonly handler: StreamHandler,
  ) {
    this.#pooled = connectionOrNull(options)
    this.#rpc = this.#pooled && this.#begin(this.#pooled, options)
    if (this.#rpc === null) setImmediate(() => this.#end('credentials'))
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  send(pcm: Int16Array): void {
    const audio = Buffer.from(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength))
    this.#bufferedBytes += audio.length
    this.write({ audio: { pcm: audio } }, () => {
      this.#bufferedBytes -= audio.length
      audio.fill(0)
    })
  }

  setAlertness(alertness: Alertness): void {
    this.write({ alertness: alertness === 'armed' ? 'ALERTNESS_ARMED' : 'ALERTNESS_CALM' })
  }

  end(): void {
    if (!this.#isOver) this.#rpc?.end()
  }

  destroy(isStuck: boolean): void {
    if (isStuck && this.#pooled !== null) retireConnection(this.#pooled)
    this.#end(null)
    this.#rpc?.cancel()
  }

  write(request: ListenRequest, written: () => void = () => undefined): void {
    if (!this.#isOver) this.#rpc?.write(request, written)
  }

  #begin({ connection }: PooledConnection, options: GrpcOptions): Rpc {
    const { path, requestSerialize, responseDeserialize } = recognizerService().Listen
    const metadata = new Metadata()
    if (options.auth !== 'none') metadata.set('authorization', `Bearer ${options.auth.token}`)
    const deadline = Date.now() + 2 * options.streamSeconds * 1000 + DEADLINE_MARGIN_MS
    const rpc = connection.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, {
      deadline,
    })
    rpc.on('data', (response: ListenResponse) => this.#hear(response))
    // An error's text may quote the peer; its code is in the status.
    rpc.on('error', () => undefined)
    // The status may come before the last answers, the end comes after them.
    rpc.on('status', ({ code }: StatusObject) => {
      if (code === status.OK) rpc.on('end', () => this.#end('done'))
      else this.#end(faultOf(code))
    })
    return rpc
  }

  #hear(response: ListenResponse): void {
    if (this.#isOver) return
    this.#watermarkSample = Math.max(this.#watermarkSample, response.watermark_sample ?? 0)
    this.handler.answered([...wordsIn(response), ...spotsIn(response)], this.#watermarkSample)
  }

  /** Tells once how it ended; null: nobody wants to know. */
  #end(outcome: 'done' | StreamFault | null): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#pooled !== null) releaseConnection(this.#pooled)
    if (outcome !== null) this.handler.ended(outcome)
  }
}

/** Null when the certificates that are configured cannot be read. */
const connectionOrNull = (options: GrpcOptions): PooledConnection | null => {
  try {
    return acquireConnection(options)
  } catch {
    return null
  }
}
