/**
 * Google Cloud Speech-to-Text v2 on this machine: the vendor's own service definition, answered as the vendor's documents and
 * users describe it, by a recogniser of the language of tones. It checks what it is sent, and has the vendor's limits and faults.
 */
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { Server, ServerCredentials, type ServerDuplexStream, status } from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import { type Listener, ToneListener } from './tone-speech.js'

interface Request {
  readonly recognizer?: string
  readonly streamingConfig?: {
    readonly config: {
      readonly explicitDecodingConfig: { readonly encoding: string; readonly sampleRateHertz: number }
    }
  }
  readonly audio?: Buffer
}

type Call = ServerDuplexStream<Request, object>

/** How the service behaves; all times in ms of audio. */
export interface GoogleBehaviour {
  /** Answers every stream with this status at once. */
  refusal: status | null
  /** Ends a stream with this status after so much audio. */
  breaksAtMs: number
  breaksWith: status
  /** A stream lives no longer than this. */
  limitMs: number
  /** Answers about audio that is at least this old. */
  lateMs: number
  /** Every answer, and the end of a stream, comes this much later, ms by the clock. */
  delayMs: number
  /** Reads, and says nothing any more; not even when it is asked to end. */
  isFrozen: boolean
  hasInterims: boolean
  finals: 'once' | 'twice' | 'never' | 'out-of-order'
  /** Whether final words carry times: a list of words without any is what some models answer. */
  times: 'words' | 'no-words' | 'words-without'
  /** Every second answer claims a time before the one before it. */
  goesBackwards: boolean
}

const AUDIO_BYTES_MAX = 15 * 1024
const INTERIM_MS = 200
const ENDPOINT_MS = 500

export class GoogleSpeechServer {
  readonly behaviour: GoogleBehaviour = {
    refusal: null,
    breaksAtMs: Infinity,
    breaksWith: status.UNAVAILABLE,
    limitMs: 305_000,
    lateMs: 0,
    delayMs: 0,
    isFrozen: false,
    hasInterims: true,
    finals: 'once',
    times: 'words',
    goesBackwards: false,
  }
  /** The first request of every stream, who it said it was, and what it was sent, in ms. */
  readonly streams: { readonly first: Request; authorization: unknown; audioMs: number; isEnded: boolean }[] =
    []
  /** Messages so far: who counts twice and finds the same knows that nothing is under way. */
  messages = 0
  readonly #server = new Server()

  constructor(readonly listenerOf: (rateHz: number) => Listener) {}

  static async start(
    listenerOf: (rateHz: number) => Listener = (rateHz) => new ToneListener(rateHz),
    credentials = ServerCredentials.createInsecure(),
  ): Promise<GoogleSpeechServer> {
    const server = new GoogleSpeechServer(listenerOf)
    await server.#listen(credentials)
    return server
  }

  port = 0

  /** As the configuration of the proxy has it. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`
  }

  stop(): void {
    this.#server.forceShutdown()
  }

  #listen(credentials: ServerCredentials): Promise<void> {
    const json = createRequire(import.meta.url)('@google-cloud/speech/build/protos/protos.json')
    const definition = fromJSON(json, { enums: String, oneofs: true })
    this.#server.addService(definition['google.cloud.speech.v2.Speech'] as never, {
      StreamingRecognize: (call: Call) => void this.#recognize(call),
    })
    return new Promise((resolve, reject) =>
      this.#server.bindAsync('127.0.0.1:0', credentials, (error, port) => {
        this.port = port
        if (error) reject(error)
        else resolve()
      }),
    )
  }

  #later(action: () => void): void {
    if (this.behaviour.delayMs === 0) action()
    else setTimeout(action, this.behaviour.delayMs).unref()
  }

  async #recognize(call: Call): Promise<void> {
    call.on('error', () => undefined)
    const fail = (code: status): void => void call.emit('error', { code, details: 'four nine two nine' })
    if (this.behaviour.refusal !== null) return fail(this.behaviour.refusal)
    const [first] = (await once(call, 'data')) as [Request]
    const config = first.streamingConfig?.config.explicitDecodingConfig
    if (first.audio?.length || config?.encoding !== 'LINEAR16' || !first.recognizer)
      return fail(status.INVALID_ARGUMENT)
    const authorization = call.metadata.get('authorization')[0]
    const told = { first, authorization, audioMs: 0, isEnded: false }
    this.streams.push(told)
    const listener = this.listenerOf(config.sampleRateHertz)
    const stream = new Recognition(config.sampleRateHertz, listener, this.behaviour, (answer) =>
      this.#later(() => call.write(answer)),
    )
    call.on('data', ({ audio }: Request) => {
      this.messages++
      if (!audio || audio.length === 0 || audio.length > AUDIO_BYTES_MAX) return fail(status.INVALID_ARGUMENT)
      told.audioMs += (audio.length / 2 / config.sampleRateHertz) * 1000
      if (told.audioMs > this.behaviour.limitMs) return fail(status.OUT_OF_RANGE)
      if (told.audioMs > this.behaviour.breaksAtMs) return fail(this.behaviour.breaksWith)
      if (!this.behaviour.isFrozen) stream.hear(audio)
    })
    call.on('end', () => {
      told.isEnded = true
      if (this.behaviour.isFrozen) return
      stream.finish()
      this.#later(() => call.end())
    })
  }
}

/** One stream: interim results while words come, a final one when they stop. */
class Recognition {
  readonly #late: Int16Array[] = []
  #lateSamples = 0
  #saidSample = 0
  #saidWords = 0
  #finalWords = 0
  #held: object | null = null
  #answers = 0

  constructor(
    private readonly rateHz: number,
    private readonly listener: Listener,
    private readonly behaviour: GoogleBehaviour,
    private readonly say: (answer: object) => void,
  ) {}

  hear(audio: Buffer): void {
    const pcm = new Int16Array(audio.length / 2)
    for (let i = 0; i < pcm.length; i++) pcm[i] = audio.readInt16LE(2 * i)
    this.#late.push(pcm)
    this.#lateSamples += pcm.length
    while (
      this.#late.length > 0 &&
      this.#lateSamples - this.#late[0]!.length >= this.#samples(this.behaviour.lateMs)
    )
      this.#listen()
  }

  finish(): void {
    while (this.#late.length > 0) this.#listen()
    this.listener.finish()
    if (this.listener.words.length > this.#finalWords) this.#final()
    if (this.#held !== null) this.say(this.#held)
  }

  #listen(): void {
    const pcm = this.#late.shift()!
    this.#lateSamples -= pcm.length
    this.listener.push(pcm)
    const { words, heardSample, settledSample } = this.listener
    const newest = words.at(-1)
    if (
      this.behaviour.hasInterims &&
      words.length > this.#saidWords &&
      heardSample - this.#saidSample >= this.#samples(INTERIM_MS)
    )
      this.#interim()
    const isQuiet = newest !== undefined && settledSample - newest.endSample >= this.#samples(ENDPOINT_MS)
    if (words.length > this.#finalWords && isQuiet) this.#final()
  }

  #interim(): void {
    this.#saidSample = this.listener.heardSample
    this.#saidWords = this.listener.words.length
    this.say({ results: [{ ...this.#result(), isFinal: false, stability: 0.5 }] })
  }

  /** What is not final yet, up to where what has been said is over. */
  #result() {
    const words = this.listener.words.slice(this.#finalWords)
    const behind = this.behaviour.goesBackwards && this.#answers++ % 2 === 1 ? this.#samples(700) : 0
    const end = Math.max(0, this.listener.settledSample - behind)
    return {
      alternatives: [{ transcript: words.map(({ word }) => word).join(' ') }],
      resultEndOffset: this.#duration(end),
    }
  }

  #final(): void {
    const words = this.listener.words.slice(this.#finalWords)
    const result = this.#result()
    const { times } = this.behaviour
    const timed = words.map(({ word, startSample, endSample }) => ({
      word,
      ...(times === 'words' && {
        startOffset: this.#duration(startSample),
        endOffset: this.#duration(endSample),
      }),
    }))
    const [{ transcript }] = result.alternatives as [{ transcript: string }]
    const alternatives = [{ transcript, ...(times !== 'no-words' && { words: timed }) }]
    this.#finalWords = this.#saidWords = this.listener.words.length
    this.#tell({ results: [{ ...result, alternatives, isFinal: true }] })
  }

  #tell(answer: object): void {
    const { finals } = this.behaviour
    if (finals === 'never') return
    if (finals === 'out-of-order') {
      const held = this.#held
      this.#held = held === null ? answer : null
      if (held === null) return
      this.say(answer)
      this.say(held)
      return
    }
    this.say(answer)
    if (finals === 'twice') this.say(answer)
  }

  #duration(samples: number) {
    const ms = Math.round((samples / this.rateHz) * 1000)
    return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 }
  }

  #samples(ms: number): number {
    return (ms * this.rateHz) / 1000
  }
}
