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

t.test('Asterisk is dialled where it waits, for ids that it could have given and nothing else', async (t) => {
  const addressOf = (id: string, dialUrl: string | null) =>
    asterisk.pbxAddress!(id, asterisk.schema.parse({ options: { dialUrl } }))
  const id = '32966726-4388-456b-a333-fdf5dbecc60d'
  for (const dialUrl of ['wss://pbx.example.net:8089/media', 'wss://pbx.example.net:8089/media/'])
    t.match(addressOf(id, dialUrl), {
      url: new URL(`wss://pbx.example.net:8089/media/${id}`),
      handshake: { headers: {}, subprotocols: ['media'] },
    })
  t.equal(addressOf(id, null), null)
  for (const bad of ['', 'INCOMING', `../${id}`, `${id}/`, `${id}?x`, id.toUpperCase()])
    t.equal(addressOf(bad, 'ws://127.0.0.1:8088/media'), null, bad)
})
