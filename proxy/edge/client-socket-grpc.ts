import {
  Client,
  type ClientDuplexStream,
  connectivityState,
  credentials,
  Metadata,
  status,
} from '@grpc/grpc-js'
import { MESSAGE_BYTES_MAX } from '../base/limits.js'
import type { RecorderHandshake } from '../dialects/dialect.js'
import type { GrpcTransport } from '../dialects/transport.js'
import type { WireMessage } from '../media/wire.js'
import { type ClientSocket, type ClientSocketHandler, CONNECT_MS_MAX, READING_MS } from './client-socket.js'
import { bufferOf } from './grpc-status.js'
import { Unwritten } from './unwritten.js'

/** `grpc:`, or `grpcs:` with the certificate checked against the host and the system's authorities. */
export const dialGrpc = (
  transport: GrpcTransport,
  url: URL,
  handshake: RecorderHandshake,
  handler: ClientSocketHandler,
): ClientSocket => new GrpcSocket(transport, url, handshake, handler)

/**
 * A call has a connection of its own, so that neither a lost connection nor a receiver's limit of streams concerns another.
 * It sends no pings: servers on the C core cut off clients that ping more than once in five minutes.
 */
class GrpcSocket implements ClientSocket {
  readonly #client: Client
  #call: ClientDuplexStream<Buffer, Buffer> | null = null
  readonly #unwritten = new Unwritten()
  #bufferedBytes = 0
  #isEnding = false
  #isClosed = false

  constructor(
    private readonly transport: GrpcTransport,
    { protocol, host }: URL,
    private readonly handshake: RecorderHandshake,
    private readonly handler: ClientSocketHandler,
  ) {
    const channelCredentials = protocol === 'grpcs:' ? credentials.createSsl() : credentials.createInsecure()
    this.#client = new Client(host, channelCredentials, {
      'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_retries': 0,
      'grpc.enable_http_proxy': 0,
      'grpc.enable_channelz': 0,
      'grpc.service_config_disable_resolution': 1,
    })
    this.#connect()
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  send(message: WireMessage): boolean {
    const copy = this.#unwritten.copyOf(message)
    if (copy === null) return false
    const { length } = copy.data
    this.#bufferedBytes += length
    this.#call?.write(bufferOf(copy.data), (error?: Error | null) => {
      this.#bufferedBytes -= length
      if (error) return
      this.#unwritten.written()
      this.handler.written(1)
    })
    return true
  }

  takeBack(): WireMessage[] {
    return this.#unwritten.takeBack()
  }

  /** Half-closes, whatever the code: cancelling would take back what the other side has not read yet. */
  close(code: number): void {
    if (code === 1011) this.destroy()
    else if (!this.#isEnding) this.#call?.end()
    this.#isEnding = true
  }

  destroy(): void {
    if (this.#call === null) this.#over(false)
    else this.#call.cancel()
  }

  async caughtUp(): Promise<void> {
    while (this.#bufferedBytes > 0 && !this.#isClosed) await new Promise((resolve) => setTimeout(resolve, 1))
    await new Promise((resolve) => setTimeout(resolve, READING_MS))
  }

  /** Waits for the channel, not longer than for any other connection, and not for a second attempt. */
  #connect(): void {
    const channel = this.#client.getChannel()
    const deadline = Date.now() + CONNECT_MS_MAX
    const watch = (state: connectivityState): void =>
      channel.watchConnectivityState(state, deadline, (error?: Error) => {
        if (this.#isClosed) return
        const next = channel.getConnectivityState(false)
        if (next === connectivityState.READY) this.#open()
        else if (error || next === connectivityState.TRANSIENT_FAILURE) this.#over(false)
        else watch(next)
      })
    watch(channel.getConnectivityState(true))
  }

  #open(): void {
    const metadata = new Metadata()
    for (const [name, value] of Object.entries(this.handshake.headers)) metadata.set(name, value)
    const raw = (message: Buffer): Buffer => message
    const call = this.#client.makeBidiStreamRequest(this.transport.method, raw, raw, metadata)
    this.#call = call
    call.on('data', (data: Buffer) => this.handler.message({ data, isBinary: true }))
    // 'status' follows every error; the error's text may quote the peer and is not kept.
    call.on('error', () => undefined)
    call.on('status', ({ code }) => this.#over(code === status.OK))
    this.handler.opened()
  }

  /** Told from the event loop, never from within a call to us. */
  #over(wasClean: boolean): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#client.close()
    setImmediate(() => this.handler.closed(wasClean))
  }
}
