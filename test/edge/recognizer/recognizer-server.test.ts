// The server on loopback: who is let in, how many, and how it goes.
import {
  type ChannelCredentials,
  Client,
  type ClientDuplexStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type StatusObject,
  status,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { protoPath } from 'grpc-health-check'
import t, { type Test } from 'tap'
import { prepareWorkers } from '../../../proxy/detectors/speech/recognizers/embedded/worker-pool.io.js'
import { recognizerService } from '../../../proxy/detectors/speech/recognizers/grpc/service.io.js'
import type { RecognizerServerOptions } from '../../../proxy/edge/recognizer/recognizer-server.js'
import { clientCa, deskIdentity } from '../../support/client-certificates.js'
import { faultySpotter, haveSpotter } from '../../support/faulty-spotter.js'
import { until } from '../../support/live-proxy.js'
import { startQuietRecognizer } from '../../support/quiet-recognizer.js'
import { selfSigned } from '../../support/self-signed.js'

const TOKENS = ['the token of last month', 'the token of this month'].map((text) => text.replaceAll(' ', '-'))

const start = async (t: Test, options: Partial<RecognizerServerOptions> = {}) => {
  const server = await startQuietRecognizer(options)
  t.teardown(() => server.drain(0))
  const page = async () => (await fetch(`http://127.0.0.1:${server.adminPort}/metrics`)).text()
  const listen = (
    shown: string | null = null,
    channel: ChannelCredentials = credentials.createInsecure(),
  ): Stream => new Stream(t, server.port, shown, channel)
  return { server, listen, page }
}

/** What a client hears. */
class Stream {
  readonly ended: Promise<status>
  answers = 0
  readonly #client: Client
  readonly #rpc: ClientDuplexStream<object, object>

  constructor(t: Test, port: number, shown: string | null, channel: ChannelCredentials) {
    const { path, requestSerialize, responseDeserialize } = recognizerService().Listen
    this.#client = new Client(`127.0.0.1:${port}`, channel, { 'grpc.use_local_subchannel_pool': 1 })
    t.teardown(() => this.#client.close())
    const metadata = new Metadata()
    if (shown !== null) metadata.set('authorization', shown)
    this.#rpc = this.#client.makeBidiStreamRequest(
      path,
      requestSerialize as (value: object) => Buffer,
      responseDeserialize,
      metadata,
    )
    this.#rpc.on('error', () => undefined)
    this.#rpc.on('data', () => {
      this.answers++
    })
    this.ended = new Promise((resolve) => this.#rpc.on('status', ({ code }: StatusObject) => resolve(code)))
  }

  open(): this {
    this.#rpc.write({ open: { sample_rate_hz: 8_000, language: 'en-GB', phrases: [], role: 'caller' } })
    return this
  }

  end(): void {
    this.#rpc.end()
  }

  cancel(): void {
    this.#rpc.cancel()
  }

  /** It is let in, and listened to. */
  async isHeard(): Promise<boolean> {
    this.open()
    await Promise.race([this.ended, until(() => this.answers > 0, 'an answer')])
    return this.answers > 0
  }
}

t.test('who shows one of the tokens is let in, and nobody else', async (t) => {
  const { listen, page } = await start(t, { tokens: TOKENS })
  for (const token of TOKENS) t.ok(await listen(`Bearer ${token}`).isHeard())
  for (const shown of [null, 'Bearer', `Bearer ${TOKENS[0]}x`, `Basic ${TOKENS[0]}`, 'Bearer '])
    t.equal(await listen(shown).ended, status.UNAUTHENTICATED, `${shown}`)
  const figures = await page()
  t.match(figures, 'hushfork_recognizer_streams_total{result="unauthenticated"} 5')
  t.notMatch(figures, TOKENS[0]!)
})

t.test('tokens are renewed while streams go on', async (t) => {
  const { server, listen } = await start(t, { tokens: [TOKENS[0]!] })
  const live = listen(`Bearer ${TOKENS[0]}`)
  t.ok(await live.isHeard())
  server.renew(null, [TOKENS[1]!])
  t.equal(await listen(`Bearer ${TOKENS[0]}`).ended, status.UNAUTHENTICATED)
  t.ok(await listen(`Bearer ${TOKENS[1]}`).isHeard())
  live.end()
  t.equal(await live.ended, status.OK)
})

t.test('who shows a certificate that somebody vouches for is let in, and nobody else', async (t) => {
  const { listen } = await start(t, { tls: { ...selfSigned, ca: clientCa }, tokens: [TOKENS[0]!] })
  const { cert, key } = deskIdentity
  const known = credentials.createSsl(selfSigned.cert, key, cert)
  const nameless = credentials.createSsl(selfSigned.cert)
  t.ok(await listen(`Bearer ${TOKENS[0]}`, known).isHeard())
  t.equal(await listen(`Bearer ${TOKENS[0]}`, nameless).ended, status.UNAUTHENTICATED)
  t.equal(await listen(null, known).ended, status.UNAUTHENTICATED, 'what is asked for is asked for in full')
})

t.test('there are as many streams as are allowed; one that ends makes room', async (t) => {
  const { server, listen, page } = await start(t, { streamsMax: 2 })
  const [first, second] = [listen(), listen()]
  t.ok(await first.isHeard())
  t.ok(await second.isHeard())
  t.equal(await listen().ended, status.RESOURCE_EXHAUSTED)
  t.match(await page(), 'hushfork_recognizer_streams 2')
  second.cancel()
  await until(() => server.streamCount === 1, 'room')
  const third = listen()
  t.ok(await third.isHeard())
  third.end()
  t.equal(await third.ended, status.OK)
  const figures = await page()
  t.match(figures, 'hushfork_recognizer_streams_total{result="cancelled"} 1')
  t.match(figures, 'hushfork_recognizer_streams_total{result="done"} 1')
  t.match(figures, 'hushfork_recognizer_streams_total{result="resource_exhausted"} 1')
  t.match(figures, 'hushfork_speech_threads{state="listening"} 1')
  t.notMatch(figures, 'hushfork_frames_total')
})

/** What a server says of its health, over gRPC and over HTTP. */
const healthOf = (t: Test, { port, adminPort }: { readonly port: number; readonly adminPort: number }) => {
  const { grpc: health } = loadPackageDefinition(loadSync(protoPath, { enums: String })) as unknown as {
    grpc: { health: { v1: { Health: ServiceClientConstructor } } }
  }
  const asking = new health.health.v1.Health(`127.0.0.1:${port}`, credentials.createInsecure())
  t.teardown(() => asking.close())
  const check = () =>
    new Promise((resolve, reject) =>
      asking['check']!(
        { service: 'hushfork.recognizer.v1.Recognizer' },
        (error: Error | null, answer?: { status: unknown }) =>
          error ? reject(error) : resolve(answer!.status),
      ),
    )
  const readyz = async () => (await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status
  return { check, readyz }
}

t.test('it goes: no new stream, live ones may end, and health says so', async (t) => {
  const { server, listen } = await start(t)
  const { check, readyz } = healthOf(t, server)
  t.equal(await check(), 'SERVING')
  t.equal(await readyz(), 200)
  const live = listen()
  t.ok(await live.isHeard())
  const drained = server.drain(10_000)
  t.equal(await readyz(), 503)
  t.equal(await listen().ended, status.UNAVAILABLE)
  live.end()
  t.equal(await live.ended, status.OK, 'what is live is heard out')
  await drained
})

t.test('where its last thread is gone it is not ready until one listens again', async (t) => {
  await prepareWorkers('embedded', 1, faultySpotter)
  const { server, listen } = await start(t)
  const { check, readyz } = healthOf(t, server)
  t.equal(await check(), 'SERVING')
  haveSpotter('ends')
  await until(async () => (await readyz()) === 503, '503')
  await until(async () => (await check()) === 'NOT_SERVING', 'NOT_SERVING')
  haveSpotter('well')
  await until(async () => (await readyz()) === 200, '200')
  await until(async () => (await check()) === 'SERVING', 'SERVING')
  t.ok(await listen().isHeard())
})

t.test('it goes at once when it is told a second time', async (t) => {
  const { server, listen } = await start(t)
  const live = listen()
  t.ok(await live.isHeard())
  const drained = server.drain(60_000)
  void server.drain(0)
  t.equal(await live.ended, status.UNAVAILABLE)
  await drained
})
