import { generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import t from 'tap'
import { SCHEMA_ID } from '../../../proxy/dialects/webex/messages.js'
import { webex } from '../../../proxy/dialects/webex/webex.js'
import { script } from '../../support/dialect-call.js'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const auth = {
  type: 'webex-token',
  keys: JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }),
  publicUrl: 'https://fork.example.net:443',
}
const saying = (authorization?: string) => ({
  target: '',
  headers: authorization === undefined ? {} : { authorization },
  subprotocols: [],
})

t.test('a call with a token of Webex is taken, one with another or none is not', async (t) => {
  const token = await new SignJWT({
    'com.cisco.datasource.url': auth.publicUrl,
    'com.cisco.datasource.schema.uuid': SCHEMA_ID,
  })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer('https://idbroker-eu.webex.com/idb')
    .setSubject('s')
    .setAudience('a')
    .setJti('j')
    .setExpirationTime(script.auth.epochMs / 1000 + 60)
    .sign(privateKey)
  const options = webex.schema.parse({ auth })
  const verdict = (shown?: string) => webex.authenticate(saying(shown), options, script.auth)
  t.equal(verdict(token).kind, 'accepted')
  for (const wrong of [undefined, '', 'x', `${token}x`])
    t.match(verdict(wrong), { kind: 'refused', status: 401 })
})

t.test('other credentials are compared as they are, and the recorder is shown its own', async (t) => {
  const options = webex.schema.parse({
    auth: { type: 'token', token: 'abc' },
    recorderAuth: { type: 'bearer', token: 'own' },
  })
  t.equal(webex.authenticate(saying('abc'), options, script.auth).kind, 'accepted')
  t.equal(webex.authenticate(saying('abd'), options, script.auth).kind, 'refused')
  t.same(webex.recorderHandshake(saying('abc'), script.url, options, script.auth).headers, {
    authorization: 'Bearer own',
  })
})
