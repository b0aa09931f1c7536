// Who a client is over TLS: a certificate that somebody vouches for is a credential, any other is cut off. How watches end.
import {
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import t, { type Test } from 'tap'
import { accessOf } from '../../../proxy/edge/admin-access.js'
import { createControlServer, loadControl } from '../../../proxy/edge/grpc/control-server.js'
import { createLog } from '../../../proxy/edge/log.js'
import { serviceRoom } from '../../support/admin-room.js'
import { until } from '../../support/live-proxy.js'
import { selfSigned } from '../../support/self-signed.js'

const { hushfork } = loadPackageDefinition(loadControl()) as unknown as {
  hushfork: { control: { v1: { Control: ServiceClientConstructor } } }
}

const DESK = { name: 'desk', subject: 'DNS:localhost', scopes: ['read'], tenants: '*' }

const served = async (t: Test, ca: Buffer | null) => {
  const { service } = serviceRoom({
    certificates: [DESK],
    tls: { certFile: 'c', keyFile: 'k', clientCaFile: 'a' },
    apiKeys: [],
  })
  const server = createControlServer({
    service,
    tls: { ...selfSigned, ca },
    log: createLog('silent'),
    readiness: () => 'ready',
  })
  t.teardown(() => server.close())
  const port = await server.listen('127.0.0.1', 0)
  return (withCertificate: boolean): Promise<{ code: status | 'answered' }> => {
    const { cert, key } = selfSigned
    const channel = withCertificate ? credentials.createSsl(cert, key, cert) : credentials.createSsl(cert)
    const client = new hushfork.control.v1.Control(`localhost:${port}`, channel)
    t.teardown(() => client.close())
    return new Promise((resolve) => {
      const deadline = Date.now() + 5000
      const list = client['ListCalls'] as CallableFunction
      list.bind(client)({}, new Metadata(), { deadline }, (error: ServiceError | null) =>
        resolve({ code: error === null ? 'answered' : error.code }),
      )
    })
  }
}

t.test(
  'a certificate that somebody vouches for says who asks; without one, and without a key, nobody does',
  async (t) => {
    const list = await served(t, selfSigned.cert)
    t.equal((await list(true)).code, 'answered')
    t.equal((await list(false)).code, status.UNAUTHENTICATED)
  },
)

t.test('where no client certificates are asked for, one that is shown is no credential', async (t) => {
  const list = await served(t, null)
  t.equal((await list(true)).code, status.UNAUTHENTICATED)
})

/** The service of this machine's own people, with a call to see, and how to watch it. */
const watched = async (t: Test) => {
  const { service, room, admin } = serviceRoom()
  room.begin('CA1')
  const server = createControlServer({
    service,
    tls: null,
    log: createLog('silent'),
    readiness: () => 'ready',
  })
  t.teardown(() => server.close())
  const port = await server.listen('127.0.0.1', 0)
  const client = new hushfork.control.v1.Control(`127.0.0.1:${port}`, credentials.createInsecure())
  t.teardown(() => client.close())
  const watch = (): ClientReadableStream<unknown> =>
    (client['WatchCalls'] as CallableFunction).bind(client)({ call_id: '' }, new Metadata())
  return { service, admin, watch }
}

/** What a watch is told first: a change, or why there is none. */
const firstWord = (watch: ClientReadableStream<unknown>): Promise<unknown> =>
  new Promise((resolve) => {
    watch.on('error', ({ code }: ServiceError) => resolve(code)).once('data', ({ change }) => resolve(change))
  })

t.test(
  'a watch ends when others are let in than when it came, and whoever still is watches again',
  async (t) => {
    const { service, admin, watch } = await watched(t)
    const first = watch()
    t.equal(await firstWord(first), 'CHANGE_PRESENT')
    const ended = new Promise((resolve) => first.on('error', ({ code }: ServiceError) => resolve(code)))
    service.admit(accessOf(admin))
    t.equal(await ended, status.UNAVAILABLE)
    const again = watch()
    t.equal(await firstWord(again), 'CHANGE_PRESENT')
    again.cancel()
  },
)

t.test('who leaves while it is found out who they are takes no place from those who watch', async (t) => {
  const { service, watch } = await watched(t)
  const identify = service.identify.bind(service)
  let asked = 0
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  service.identify = async (...who) => {
    asked++
    await held
    return identify(...who)
  }
  const leaving = Array.from({ length: 64 }, watch)
  const gone = Promise.all(leaving.map(firstWord))
  await until(() => asked === 64, 'all have come')
  for (const each of leaving) each.cancel()
  t.same(new Set(await gone), new Set([status.CANCELLED]))
  // The server hears of it in the order in which it was said.
  const last = firstWord(watch())
  await until(() => asked === 65, 'one more has come')
  release()
  t.equal(await last, 'CHANGE_PRESENT')
})

t.test('so many watch at once and no more, and who leaves makes room', async (t) => {
  const { watch } = await watched(t)
  const watches = Array.from({ length: 64 }, watch)
  t.same(new Set(await Promise.all(watches.map(firstWord))), new Set(['CHANGE_PRESENT']))
  t.equal(await firstWord(watch()), status.RESOURCE_EXHAUSTED)
  watches[0]!.cancel()
  let word: unknown
  await until(async () => {
    word = await firstWord(watch())
    return word !== status.RESOURCE_EXHAUSTED
  }, 'there is room again')
  t.equal(word, 'CHANGE_PRESENT')
})
