// The API over gRPC against a live call: a client of the same library, control.proto, the health and reflection services.
import {
  type ChannelCredentials,
  Client,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import t, { type Test } from 'tap'
import { loadControl } from '../../proxy/edge/grpc/control-server.js'
import { calmCall, isSilence, liveProxy, RATE_HZ, until } from '../support/live-proxy.js'

const KEY = 'correct-horse-battery-staple'

type Unary = (
  request: object,
  metadata: Metadata,
  done: (error: ServiceError | null, answer: never) => void,
) => void

const { hushfork } = loadPackageDefinition(loadControl()) as unknown as {
  hushfork: { control: { v1: { Control: ServiceClientConstructor } } }
}

const clientOf = (t: Test, port: number, channel: ChannelCredentials = credentials.createInsecure()) => {
  const client = new hushfork.control.v1.Control(`127.0.0.1:${port}`, channel)
  t.teardown(() => client.close())
  const call = (method: string, request: object = {}, key: string | null = KEY) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const unary = (client[method] as Unary).bind(client)
      unary(request, metadataOf(key), (error, answer) => (error === null ? resolve(answer) : reject(error)))
    })
  return { client, call }
}

const metadataOf = (key: string | null): Metadata => {
  const metadata = new Metadata()
  if (key !== null) metadata.set('authorization', `Bearer ${key}`)
  return metadata
}

const live = (t: Test, config: object = {}) =>
  liveProxy(t, {
    admin: {
      grpc: { port: 0 },
      apiKeys: [{ name: 'desk', key: KEY, tenants: ['default'], scopes: ['signal:payment', 'read'] }],
      ...config,
    },
  })

t.test('a payment step signalled over gRPC is silent in the recording', async (t) => {
  const { proxy, play, recordings } = await live(t)
  const { call } = clientOf(t, proxy.grpcPort)
  const signal = { address: { call_id: 'call-1' }, kind: 'KIND_PAYMENT', signal_id: 'step-1' }
  const answers: Record<string, unknown>[] = []
  await play('call-1', calmCall(6), {
    cues: [
      {
        atMs: 2000,
        run: async () => void answers.push(await call('Signal', { ...signal, state: 'STATE_STARTED' })),
      },
      { atMs: 2500, run: async () => void answers.push(await call('GetCall', { call_id: 'call-1' })) },
      {
        atMs: 4000,
        run: async () => void answers.push(await call('Signal', { ...signal, state: 'STATE_ENDED' })),
      },
    ],
  })
  t.match(answers[0], {
    result: 'RESULT_APPLIED',
    repeated: false,
    streams: [{ call_id: 'call-1', late_ms: 0 }],
  })
  t.match(answers[1], {
    streams: [{ dialect: 'twilio', tenant: 'default', open_seconds: { payment: /\d/ } }],
  })
  t.match(answers[2], { result: 'RESULT_APPLIED' })
  await until(() => recordings().size === 1, 'a recording is kept')
  for (const pcm of recordings().get('call-1')!.pcm) {
    t.ok(isSilence(pcm.subarray(2 * RATE_HZ, 4 * RATE_HZ)))
    t.notOk(isSilence(pcm.subarray(RATE_HZ, 1.5 * RATE_HZ)))
    t.notOk(isSilence(pcm.subarray(5 * RATE_HZ)))
  }
})

t.test('who asks, and what for, decides; every refusal is a status with a reason', async (t) => {
  const { proxy, figure } = await live(t)
  const { call } = clientOf(t, proxy.grpcPort)
  const signal = { address: { call_id: 'x' }, kind: 'KIND_PAYMENT', state: 'STATE_STARTED', signal_id: 's' }
  for (const [method, request, key, code, reason] of [
    ['ListCalls', {}, null, status.UNAUTHENTICATED, 'no-credentials'],
    ['ListCalls', {}, 'wrong-wrong-wrong-wrong', status.UNAUTHENTICATED, 'unknown-key'],
    ['Signal', { ...signal, kind: 'KIND_MANUAL' }, KEY, status.PERMISSION_DENIED, 'scope'],
    ['Drain', {}, KEY, status.PERMISSION_DENIED, 'scope'],
  ] as const) {
    const error = await call(method, request, key).then(
      () => null,
      (error: ServiceError) => error,
    )
    t.equal(error?.code, code, `${method} as ${key}`)
    t.strictSame(error?.metadata.get('hushfork-reason'), [reason])
  }
  t.equal(await figure('hushfork_requests_refused_total{reason="scope"}'), 2)
})

t.test('what is no request is told by its fields, and not repeated', async (t) => {
  const { proxy } = await live(t)
  const { call } = clientOf(t, proxy.grpcPort)
  const secret = '4111111111111111'.repeat(20)
  for (const request of [
    {},
    { address: { call_id: secret }, kind: 'KIND_PAYMENT', state: 'STATE_STARTED', signal_id: 's' },
    { address: { call_id: 'x' }, kind: 'KIND_PAYMENT', state: 'STATE_GIVEN', signal_id: 's' },
    { address: { call_id: 'x' }, kind: 'KIND_CONSENT', state: 'STATE_STARTED', signal_id: 's' },
    { address: { call_id: 'x' }, kind: 'KIND_PAYMENT', state: 'STATE_STARTED', signal_id: '' },
  ]) {
    const error = await call('Signal', request).then(
      () => null,
      (error: ServiceError) => error,
    )
    t.equal(error?.code, status.INVALID_ARGUMENT)
    t.notMatch(error?.details, /4111/)
  }
  const unknown = await call('GetCall', { call_id: 'nobody' }).catch((error: ServiceError) => error.code)
  t.equal(unknown, status.NOT_FOUND)
})

t.test('a watch tells of a call from its beginning to its end', async (t) => {
  const { proxy, play } = await live(t)
  const { client, call } = clientOf(t, proxy.grpcPort)
  const changes: string[] = []
  const watch = (
    client['WatchCalls'] as (request: object, metadata: Metadata) => ClientReadableStream<never>
  ).call(client, { call_id: '' }, metadataOf(KEY))
  watch.on(
    'data',
    ({ change, call: { open_seconds } }: { change: string; call: { open_seconds: object } }) => {
      changes.push(`${change} ${Object.keys(open_seconds)}`.trim())
    },
  )
  watch.on('error', () => undefined)
  const signal = {
    address: { call_id: 'call-2' },
    kind: 'KIND_PAYMENT',
    state: 'STATE_STARTED',
    signal_id: 's',
  }
  await play('call-2', calmCall(8), {
    speed: 4,
    cues: [{ atMs: 3000, run: async () => void (await call('Signal', signal)) }],
  })
  await until(() => changes.includes('CHANGE_GONE payment'), 'the end is told')
  t.strictSame(changes, ['CHANGE_PRESENT', 'CHANGE_UPDATED payment', 'CHANGE_GONE payment'])
  watch.cancel()
})

t.test("a client's deadline ends its watch, and the server goes on", async (t) => {
  const { proxy } = await live(t)
  const { client, call } = clientOf(t, proxy.grpcPort)
  const watch = (
    client['WatchCalls'] as (
      request: object,
      metadata: Metadata,
      options: object,
    ) => ClientReadableStream<never>
  ).call(client, { call_id: '' }, metadataOf(KEY), { deadline: Date.now() + 300 })
  watch.on('data', () => t.fail('there is no call'))
  const code = await new Promise<number>((resolve) =>
    watch.on('error', (error) => resolve((error as ServiceError).code)),
  )
  t.equal(code, status.DEADLINE_EXCEEDED)
  t.match(await call('ListCalls'), { calls: [] })
})

t.test('health is served, and reflection describes the service', async (t) => {
  const { proxy } = await live(t)
  const health = new Client(`127.0.0.1:${proxy.grpcPort}`, credentials.createInsecure())
  t.teardown(() => health.close())
  const serving = await new Promise<Buffer>((resolve, reject) =>
    health.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      Buffer.alloc(0),
      (error, answer) => (error ? reject(error) : resolve(answer!)),
    ),
  )
  t.strictSame([...serving], [0x08, 0x01], 'status 1 is SERVING')
  const listed = await new Promise<Buffer>((resolve, reject) => {
    const stream = health.makeBidiStreamRequest(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
    )
    stream.on('data', (bytes: Buffer) => {
      resolve(bytes)
      stream.end()
    })
    stream.on('error', reject)
    // list_services, field 7, an empty string.
    stream.write(Buffer.of(0x3a, 0x00))
  })
  t.match(listed.toString('latin1'), /hushfork\.control\.v1\.Control/)
})

t.test('the published .proto and what is served are one', async (t) => {
  const file = loadSync('hushfork/control/v1/control.proto', { includeDirs: ['proto'], keepCase: true })
  t.strictSame(Object.keys(file).sort(), Object.keys(loadControl()).sort())
})
