import t from 'tap'
import { asterisk } from '../../../proxy/dialects/asterisk/asterisk.js'
import { script } from '../../support/dialect-call.js'

const basic = { type: 'basic', username: 'Aladdin', password: 'open sesame' }
/** RFC 7617 section 2. */
const aladdin = 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='
const handshakeOf = (headers: Record<string, string> = {}) => ({
  target: '/media?leg=x',
  headers,
  subprotocols: ['media'],
})

t.test('Asterisk is asked for its credentials', async (t) => {
  const verdict = (auth: object | string, headers = {}) =>
    asterisk.authenticate(handshakeOf(headers), asterisk.schema.parse({ auth }), script.auth).kind
  t.equal(verdict('none'), 'accepted')
  t.equal(verdict(basic, { authorization: aladdin }), 'accepted')
  t.equal(verdict(basic), 'refused')
})

t.test('the recorder is offered the subprotocol, and shown credentials of its own', async (t) => {
  const asked = (options: object) =>
    asterisk.recorderHandshake(handshakeOf(), script.url, asterisk.schema.parse(options), script.auth)
  t.same(asked({}), { headers: {}, subprotocols: ['media'] })
  t.same(asked({ recorderAuth: basic }).headers, { authorization: aladdin })
  t.same(asterisk.subprotocols, ['media'])
})

t.test('a simulated Asterisk brings its credentials and its subprotocol', async (t) => {
  const { handshake } = asterisk.simulate({ ...script, credentials: basic })
  t.same(handshake, { headers: { authorization: aladdin }, subprotocols: ['media'] })
})
