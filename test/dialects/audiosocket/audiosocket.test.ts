import t from 'tap'
import { audiosocket } from '../../../proxy/dialects/audiosocket/audiosocket.js'
import { script } from '../../support/dialect-call.js'

t.test('it comes over TCP, asks for no credentials and has none to show', async (t) => {
  const handshake = { target: '', headers: {}, subprotocols: [] }
  const options = audiosocket.schema.parse({})
  t.equal(audiosocket.transport?.kind, 'tcp')
  t.same(audiosocket.authenticate(handshake, options, script.auth), { kind: 'accepted' })
  t.same(audiosocket.recorderHandshake(handshake, script.url, options, script.auth), {
    headers: {},
    subprotocols: [],
  })
  t.same(audiosocket.simulate(script).handshake, { headers: {}, subprotocols: [] })
})
