import t from 'tap'
import { audiocodes } from '../../../proxy/dialects/audiocodes/audiocodes.js'
import { script } from '../../support/dialect-call.js'

const bearer = { type: 'bearer', token: 's3cret' }

t.test("the provider's token is asked for, the recorder is shown its own", async (t) => {
  const handshake = { target: '/', headers: { authorization: 'Bearer s3cret' }, subprotocols: [] }
  const options = audiocodes.schema.parse({ auth: bearer, recorderAuth: { ...bearer, token: 'other' } })
  t.equal(audiocodes.authenticate(handshake, options, script.auth).kind, 'accepted')
  t.equal(audiocodes.authenticate({ ...handshake, headers: {} }, options, script.auth).kind, 'refused')
  t.same(audiocodes.recorderHandshake(handshake, script.url, options, script.auth).headers, {
    authorization: 'Bearer other',
  })
  t.same(audiocodes.simulate({ ...script, credentials: bearer }).handshake.headers, {
    authorization: 'Bearer s3cret',
  })
})
