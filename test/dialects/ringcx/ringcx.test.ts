import t from 'tap'
import { ringcx } from '../../../proxy/dialects/ringcx/ringcx.js'
import type { Handshake } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'

const saying = (authorization?: string): Handshake => ({
  target: '',
  headers: authorization === undefined ? {} : { authorization },
  subprotocols: [],
})
const options = (members: object) => ringcx.schema.parse(members)
const verdict = (auth: unknown, authorization?: string): string =>
  ringcx.authenticate(saying(authorization), options({ auth }), script.auth).kind
const shown = (recorderAuth: unknown, authorization?: string): object =>
  ringcx.recorderHandshake(saying(authorization), script.url, options({ recorderAuth }), script.auth).headers

t.test('a token is compared as it is, a scheme with its name', async (t) => {
  const token = { type: 'token', token: 'abc' }
  t.equal(verdict(token, 'abc'), 'accepted')
  for (const wrong of ['Bearer abc', 'ab', 'abcd', '', undefined]) t.equal(verdict(token, wrong), 'refused')
  t.equal(verdict({ type: 'bearer', token: 'abc' }, 'Bearer abc'), 'accepted')
  t.equal(verdict({ type: 'bearer', token: 'abc' }, 'abc'), 'refused')
  t.equal(verdict({ type: 'basic', username: 'u', password: 'p' }, 'Basic dTpw'), 'accepted')
  t.equal(verdict('none'), 'accepted')
})

t.test('who is refused is told so by a status that means: not authenticated', async (t) => {
  t.match(ringcx.authenticate(saying('x'), options({ auth: { type: 'token', token: 'abc' } }), script.auth), {
    kind: 'refused',
    status: 401,
  })
})

t.test('the recorder is shown its own credential, or the one that came, or none', async (t) => {
  t.same(shown('none', 'secret'), {})
  t.same(shown('forward', 'secret'), { authorization: 'secret' })
  t.same(shown('forward'), {})
  t.same(shown({ type: 'token', token: 'own' }, 'secret'), { authorization: 'own' })
  t.same(shown({ type: 'bearer', token: 'own' }, 'secret'), { authorization: 'Bearer own' })
})

t.test('the simulated RingCX meets what is asked of it', async (t) => {
  const auth = { type: 'token', token: 'abc' }
  const { headers } = ringcx.simulate({ ...script, credentials: auth }).handshake
  t.equal(verdict(auth, headers['authorization']), 'accepted')
})
