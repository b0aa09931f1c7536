/** A server of hushfork.recognizer.v1 as somebody else would write it: around the language of tones, or around any recogniser. */
import { Server, ServerCredentials, type ServerDuplexStream, status } from '@grpc/grpc-js'
import { serviceOf } from './proto.js'
import { type Listener, ToneListener } from './tone-speech.js'

interface Request {
  readonly request: 'open' | 'audio' | 'alertness'
  readonly open?: { readonly sample_rate_hz: number; readonly language: string; readonly role: string }
  readonly audio?: { readonly pcm: Buffer }
  readonly alertness?: number
}

type Call = ServerDuplexStream<Request, object>

export class RecognizerServer {
  /** Every stream: how it was opened, what it was shown and sent. */
  readonly streams: { open: Request['open']; token: unknown; audioMs: number; alertness: number[] }[] = []
  /** Reads, and says nothing. */
  isFrozen = false
  /** Does not even read. */
  isDeaf = false
  refusal: status | null = null
  /** Breaks every stream after so much audio, ms. */
  breaksAtMs = Infinity
  port = 0
  /** Messages so far: who counts twice and finds the same knows that nothing is under way. */
  messages = 0
  readonly #server = new Server()

  constructor(readonly listenerOf: (rateHz: number) => Listener) {}

  static async start(
    credentials = ServerCredentials.createInsecure(),
    listenerOf: (rateHz: number) => Listener = (rateHz) => new ToneListener(rateHz),
  ): Promise<RecognizerServer> {
    const server = new RecognizerServer(listenerOf)
    const service = serviceOf('hushfork/recognizer/v1/recognizer.proto', 'hushfork.recognizer.v1.Recognizer')
    server.#server.addService(service, { Listen: (call: Call) => server.#listen(call) })
    await new Promise<void>((resolve, reject) =>
      server.#server.bindAsync('127.0.0.1:0', credentials, (error, port) => {
        server.port = port
        if (error) reject(error)
        else resolve()
      }),
    )
    return server
  }

  stop(): void {
    this.#server.forceShutdown()
  }

  #listen(call: Call): void {
    call.on('error', () => undefined)
    const fail = (code: status): void => {
      call.emit('error', { code, details: 'four nine two nine' })
    }
    if (this.refusal !== null) {
      fail(this.refusal)
      return
    }
    if (this.isDeaf) {
      call.pause()
      return
    }
    const stream = {
      open: undefined as Request['open'],
      token: call.metadata.get('authorization')[0],
      audioMs: 0,
      alertness: [] as number[],
    }
    this.streams.push(stream)
    let listener = this.listenerOf(8_000)
    let told = 0
    const tell = (): void => {
      const words = listener.words.slice(told).map(({ word, startSample, endSample }) => ({
        text: word,
        start_sample: startSample,
        end_sample: endSample,
        final: true,
      }))
      told = listener.words.length
      call.write({ words, watermark_sample: listener.settledSample })
    }
    call.on('data', ({ open, audio, alertness }: Request) => {
      this.messages++
      if (open) {
        stream.open = open
        listener = this.listenerOf(open.sample_rate_hz)
      } else if (audio) {
        stream.audioMs += (audio.pcm.length / 2 / stream.open!.sample_rate_hz) * 1000
        if (stream.audioMs > this.breaksAtMs) fail(status.UNAVAILABLE)
        if (stream.audioMs > this.breaksAtMs || this.isFrozen) return
        listener.push(
          Int16Array.from({ length: audio.pcm.length / 2 }, (_, i) => audio.pcm.readInt16LE(2 * i)),
        )
        tell()
      } else if (alertness !== undefined) stream.alertness.push(alertness)
    })
    call.on('end', () => {
      if (this.isFrozen) return
      listener.finish()
      tell()
      call.end()
    })
  }
}
