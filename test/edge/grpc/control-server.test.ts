// Who a client is over TLS: a certificate that somebody vouches for is a credential, any other is cut off.
import {
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import t, { type Test } from 'tap'
import { createControlServer, loadControl } from '../../../proxy/edge/grpc/control-server.js'
import { createLog } from '../../../proxy/edge/log.js'
import { serviceRoom } from '../../support/admin-room.js'
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
