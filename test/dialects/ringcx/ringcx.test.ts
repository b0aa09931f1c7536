import t from 'tap'
import { ringcx } from '../../../proxy/dialects/ringcx/ringcx.js'
import { script } from '../../support/dialect-call.js'

const auth = { type: 'token', token: 'abc' }
const saying = (authorization: string) => ({ target: '', headers: { authorization }, subprotocols: [] })

t.test('RingCX shows its token, and the recorder is shown its own', async (t) => {
  const options = ringcx.schema.parse({ auth, recorderAuth: { type: 'bearer', token: 'own' } })
  t.equal(ringcx.authenticate(saying('abc'), options, script.auth).kind, 'accepted')
  t.equal(ringcx.authenticate(saying('Bearer abc'), options, script.auth).kind, 'refused')
  t.same(ringcx.recorderHandshake(saying('abc'), script.url, options, script.auth).headers, {
    authorization: 'Bearer own',
  })
})

t.test('the simulated RingCX meets what is asked of it', async (t) => {
  const { handshake } = ringcx.simulate({ ...script, credentials: auth })
  const verdict = ringcx.authenticate(
    { target: '', ...handshake },
    ringcx.schema.parse({ auth }),
    script.auth,
  )
  t.equal(verdict.kind, 'accepted')
})
