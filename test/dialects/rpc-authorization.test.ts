import t from 'tap'
import {
  authorizeRpc,
  type RpcAuthorization,
  recorderHeaders,
  rpcHeaders,
} from '../../proxy/dialects/rpc-authorization.js'
import type { Handshake } from '../../proxy/media/wire.js'

const saying = (authorization?: string): Handshake => ({
  target: '',
  headers: authorization === undefined ? {} : { authorization },
  subprotocols: [],
})
const token: RpcAuthorization = { type: 'token', token: 'abc' }

t.test('a token is compared as it is, a scheme with its name', async (t) => {
  const verdict = (auth: RpcAuthorization, shown?: string): string => authorizeRpc(saying(shown), auth).kind
  t.equal(verdict(token, 'abc'), 'accepted')
  for (const wrong of ['Bearer abc', 'ab', 'abcd', '', undefined]) t.equal(verdict(token, wrong), 'refused')
  t.equal(verdict({ type: 'bearer', token: 'abc' }, 'Bearer abc'), 'accepted')
  t.equal(verdict({ type: 'bearer', token: 'abc' }, 'abc'), 'refused')
  t.equal(verdict({ type: 'basic', username: 'u', password: 'p' }, 'Basic dTpw'), 'accepted')
  t.equal(verdict('none'), 'accepted')
})

t.test('who is refused is told so by a status that means: not authenticated', async (t) => {
  t.match(authorizeRpc(saying('x'), token), { kind: 'refused', status: 401 })
})

t.test('a recorder is shown its own credential, or the one that came, or none', async (t) => {
  t.same(recorderHeaders(saying('secret'), 'none'), {})
  t.same(recorderHeaders(saying('secret'), 'forward'), { authorization: 'secret' })
  t.same(recorderHeaders(saying(), 'forward'), {})
  t.same(recorderHeaders(saying('secret'), token), { authorization: 'abc' })
  t.same(rpcHeaders({ type: 'bearer', token: 'own' }), { authorization: 'Bearer own' })
})
