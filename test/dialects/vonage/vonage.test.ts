import t from 'tap'
import { vonage } from '../../../proxy/dialects/vonage/vonage.js'
import { script } from '../../support/dialect-call.js'

const bearer = { type: 'bearer', token: 's3cret' }
const handshake = (authorization?: string) => ({
  target: '/',
  headers: authorization === undefined ? {} : { authorization },
  subprotocols: [],
})

t.test('credentials are those of the NCCO: custom, or a signed token', async (t) => {
  const verdict = (auth: object | string, authorization?: string): string =>
    vonage.authenticate(handshake(authorization), vonage.schema.parse({ auth }), script.auth).kind
  t.equal(verdict('none'), 'accepted')
  t.equal(verdict(bearer, 'Bearer s3cret'), 'accepted')
  t.equal(verdict(bearer, 'Bearer other'), 'refused')
  t.equal(verdict({ type: 'vonage-jwt', signatureSecret: 's' }, 'Bearer s'), 'refused')
  t.equal(verdict({ type: 'vonage-jwt', signatureSecret: 's' }), 'refused')
})

t.test('the recorder is shown credentials of its own, and a simulated Vonage brings them', async (t) => {
  const shown = (recorderAuth: unknown) =>
    vonage.recorderHandshake(
      handshake('Bearer of-vonage'),
      script.url,
      vonage.schema.parse({ recorderAuth }),
      script.auth,
    )
  t.same(shown('none'), { headers: {}, subprotocols: [] })
  t.same(shown(bearer).headers, { authorization: 'Bearer s3cret' })
  t.same(vonage.simulate({ ...script, credentials: bearer }).handshake.headers, {
    authorization: 'Bearer s3cret',
  })
})
