import t from 'tap'
import { authorizationHeaders, authorizationSchema, authorize } from '../../proxy/dialects/authorization.js'

const basic = { type: 'basic', username: 'Aladdin', password: 'open sesame' } as const
const bearer = { type: 'bearer', token: 's3cret' } as const
/** RFC 7617 section 2. */
const aladdin = 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='

const verdict = (authorization: 'none' | typeof basic | typeof bearer, header?: string): string =>
  authorize(
    { target: '/', headers: header === undefined ? {} : { authorization: header }, subprotocols: [] },
    authorization,
  ).kind

t.test('basic and bearer credentials are compared whole', async (t) => {
  t.equal(verdict('none'), 'accepted')
  t.equal(verdict(basic, aladdin), 'accepted')
  t.equal(verdict(bearer, 'Bearer s3cret'), 'accepted')
  for (const header of [undefined, '', 'Basic', aladdin.slice(0, -1), `${aladdin}=`, 'Bearer s3cre']) {
    t.equal(verdict(basic, header), 'refused')
    t.equal(verdict(bearer, header), 'refused')
  }
})

t.test('what we ask for is what we show', async (t) => {
  t.same(authorizationHeaders('none'), {})
  t.same(authorizationHeaders(basic), { authorization: aladdin })
  t.same(authorizationHeaders(bearer), { authorization: 'Bearer s3cret' })
})

t.test('credentials without a secret are refused as configuration', async (t) => {
  for (const bad of [
    'basic',
    { type: 'basic', username: 'a' },
    { ...bearer, token: '' },
    { ...basic, realm: '' },
  ])
    t.equal(authorizationSchema.safeParse(bad).success, false)
})
