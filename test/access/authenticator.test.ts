import t from 'tap'
import { Authenticator, type AuthenticatorOptions } from '../../proxy/access/authenticator.js'
import { hashOf } from '../../proxy/access/key-hash.js'
import { KeyRing } from '../../proxy/access/key-ring.js'
import { mintToken } from '../../proxy/access/token.js'

const KEY = 'hf_key'
const rights = { scopes: ['signal:payment'], tenants: '*' } as const
const ring = new KeyRing([{ name: 'page', hash: hashOf(KEY), ...rights }])
const mintKey = { name: 'mint', secret: 'm'.repeat(32), ...rights }
const desk = { subject: 'CN=desk', subjectAltName: 'DNS:desk.example' }

const identify = async (
  credentials: Partial<Parameters<Authenticator['identify']>[0]>,
  options: Partial<AuthenticatorOptions> = {},
) => {
  const authenticator = new Authenticator({
    keys: ring,
    mintKeys: [mintKey],
    certificates: [{ name: 'desk', subject: 'DNS:desk.example', ...rights }],
    isLoopback: true,
    ...options,
  })
  const who = await authenticator.identify(
    { bearer: null, certificate: null, ...credentials },
    1_700_000_000_000,
  )
  return who.kind === 'refused' ? who.reason : `${who.kind} ${who.name}`
}

t.test('a key, a token and a certificate are each known for what they are', async (t) => {
  t.equal(await identify({ bearer: KEY }), 'key page')
  const token = await mintToken(
    mintKey,
    { id: 's', call: { kind: 'call', callId: 'CA1' }, ...rights, seconds: 60 },
    1_700_000_000_000,
  )
  t.equal(await identify({ bearer: token }), 'token mint')
  t.equal(await identify({ certificate: desk }), 'certificate desk')
})

t.test(
  'whoever shows something wrong is refused, even on loopback and behind a good certificate',
  async (t) => {
    t.equal(await identify({ bearer: 'x', certificate: desk }), 'unknown-key')
    t.equal(await identify({ bearer: '' }), 'unknown-key')
    t.equal(await identify({ bearer: 'eyJ.a.b' }), 'token-invalid')
    t.equal(
      await identify({ certificate: { ...desk, subjectAltName: 'DNS:other.example' } }),
      'unknown-certificate',
    )
    t.equal(await identify({ bearer: 'x' }, { keys: new KeyRing([]), certificates: [] }), 'unknown-key')
  },
)

t.test('whoever shows nothing is let in on loopback alone, where nothing is configured', async (t) => {
  const open = { keys: new KeyRing([]), certificates: [] }
  t.equal(await identify({}, open), 'loopback loopback')
  t.equal(await identify({}, { ...open, isLoopback: false }), 'no-keys')
  t.equal(await identify({}), 'no-credentials')
  t.equal(await identify({}, { keys: new KeyRing([]) }), 'no-credentials', 'certificates are configured')
})
