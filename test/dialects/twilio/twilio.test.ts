import t from 'tap'
import { twilio } from '../../../proxy/dialects/twilio/twilio.js'
import type { Handshake } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'

const authToken = 'f00dfeedf00dfeedf00dfeedf00dfeed'
const publicUrl = 'wss://fork.example.net/twilio/media'
/** Made with Twilio's Node library 6.2.0. */
const wssSignature = 'WQeEkjZ1tROYrkYIH16UY3CTfxQ='
const httpsSignature = '30T1GJ9NwWUY/VnRDL2OMYjM6a4='

const shakeHands = (headers: Record<string, string>): Handshake => ({
  target: '/twilio/media',
  headers,
  subprotocols: [],
})
const verdict = (auth: object | string, headers: Record<string, string>): string =>
  twilio.authenticate(shakeHands(headers), twilio.schema.parse({ auth }), script.auth).kind
const signed = (signature: string) => ({ 'x-twilio-signature': signature })

t.test('a signature for the public URL is accepted in every spelling that Twilio may sign', async (t) => {
  const urls = [
    publicUrl,
    `${publicUrl}/`,
    publicUrl.replace('wss', 'https'),
    [`wss://other.example.net/`, publicUrl],
  ]
  for (const url of urls) {
    const auth = { type: 'twilio-signature', authToken, publicUrl: url }
    t.equal(verdict(auth, signed(wssSignature)), 'accepted')
    t.equal(verdict(auth, signed(httpsSignature)), 'accepted')
  }
})

t.test('any other signature is refused, and its reason quotes nothing', async (t) => {
  const auth = { type: 'twilio-signature', authToken, publicUrl }
  for (const headers of [
    {},
    signed(''),
    signed(wssSignature.replace('W', 'w')),
    signed(`${wssSignature}=`),
    { authorization: wssSignature },
  ])
    t.equal(verdict(auth, headers), 'refused')
  t.equal(verdict({ ...auth, authToken: 'other' }, signed(wssSignature)), 'refused')
  t.equal(verdict({ ...auth, publicUrl: 'wss://fork.example.net/twilio' }, signed(wssSignature)), 'refused')
  t.same(twilio.authenticate(shakeHands(signed('x')), twilio.schema.parse({ auth }), script.auth), {
    kind: 'refused',
    status: 403,
    reason: 'signature or token missing or wrong',
  })
})

t.test('a bearer token is compared whole', async (t) => {
  const auth = { type: 'bearer', token: 's3cret' }
  t.equal(verdict(auth, { authorization: 'Bearer s3cret' }), 'accepted')
  for (const authorization of ['', 'Bearer', 'Bearer s3cre', 'Bearer s3crett', 's3cret'])
    t.equal(verdict(auth, { authorization }), 'refused')
  t.equal(verdict('none', {}), 'accepted')
})

t.test('the recorder is shown the signature as it came, one for its own URL, or a token', async (t) => {
  const url = new URL(publicUrl)
  const headersFor = (recorderAuth: object | string, headers = {}) =>
    twilio.recorderHandshake(shakeHands(headers), url, twilio.schema.parse({ recorderAuth }), script.auth)
      .headers
  t.same(headersFor('forward', signed('as it came')), signed('as it came'))
  t.same(headersFor('forward'), {})
  t.same(headersFor({ type: 'twilio-signature', authToken }, signed('old')), signed(wssSignature))
  t.same(headersFor({ type: 'bearer', token: 's3cret' }, signed('old')), { authorization: 'Bearer s3cret' })
})

t.test('a simulated Twilio signs for the URL that it dials', async (t) => {
  const credentials = { type: 'twilio-signature', authToken }
  const { headers } = twilio.simulate({ ...script, url: new URL(publicUrl), credentials }).handshake
  t.equal(verdict({ type: 'twilio-signature', authToken, publicUrl }, headers), 'accepted')
})

t.test('unknown and unfit configuration is refused', async (t) => {
  const bad = [
    { auth: { type: 'twilio-signature', authToken } },
    { auth: { type: 'twilio-signature', authToken, publicUrl: 'fork.example.net' } },
    { options: { direction: 'both' } },
    { options: { digitMask: '"' } },
    { options: { digitMask: '**' } },
    { options: { unknown: 1 } },
  ]
  for (const options of bad) t.equal(twilio.schema.safeParse(options).success, false)
})
