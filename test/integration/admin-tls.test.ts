// The administration port over TLS: who a client certificate makes of its bearer, on real sockets.
import { get, type RequestOptions } from 'node:https'
import t from 'tap'
import { adminSchema } from '../../proxy/config/schema.js'
import { createLog } from '../../proxy/edge/log.js'
import { startProxy } from '../../proxy/edge/proxy.js'
import { clientCa, deskIdentity, strangerIdentity } from '../support/client-certificates.js'
import { selfSigned } from '../support/self-signed.js'

const KEY = 'correct-horse-battery-staple'

/** Asks for the calls; the status, and the reason of a refusal. */
const listCalls = (port: number, options: RequestOptions = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    get(
      `https://localhost:${port}/v1/calls`,
      { ca: selfSigned.cert, agent: false, ...options },
      (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve([response.statusCode, JSON.parse(text).reason].join(' ').trim()))
      },
    ).on('error', reject)
  })

t.test(
  'a certificate lets in whom it names, when it is genuine, and a key lets in without one',
  async (t) => {
    const proxy = await startProxy({
      listen: { host: '127.0.0.1', port: 0, tls: null },
      admin: adminSchema.parse({
        port: 0,
        apiKeys: [{ name: 'page', key: KEY }],
        certificates: [{ name: 'desk', subject: 'URI:spiffe://acme/desk' }],
      }),
      adminTls: { ...selfSigned, ca: clientCa },
      forks: [],
      callsMax: 1,
      recordingsDirectory: t.testdir({}),
      log: createLog('silent'),
    })
    t.teardown(() => proxy.drain(0))
    const port = proxy.adminPort
    t.equal(await listCalls(port, deskIdentity), '200')
    t.equal(await listCalls(port, { headers: { authorization: `Bearer ${KEY}` } }), '200')
    t.equal(await listCalls(port), '401 no-credentials')
    t.equal(await listCalls(port, strangerIdentity), '401 no-credentials', 'nobody vouches for it')
    const wrongKey = { ...deskIdentity, headers: { authorization: 'Bearer x' } }
    t.equal(await listCalls(port, wrongKey), '401 unknown-key', 'the key that is shown decides')
  },
)

t.test('a genuine certificate that nobody has named is refused', async (t) => {
  const proxy = await startProxy({
    listen: { host: '127.0.0.1', port: 0, tls: null },
    admin: adminSchema.parse({ port: 0, certificates: [{ name: 'other', subject: 'DNS:other.example' }] }),
    adminTls: { ...selfSigned, ca: clientCa },
    forks: [],
    callsMax: 1,
    recordingsDirectory: t.testdir({}),
    log: createLog('silent'),
  })
  t.teardown(() => proxy.drain(0))
  t.equal(await listCalls(proxy.adminPort, deskIdentity), '401 unknown-certificate')
})
