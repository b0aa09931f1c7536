import t from 'tap'
import { modAudioFork } from '../../../proxy/dialects/mod-audio-fork/mod-audio-fork.js'
import type { Handshake } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'

const basic = { type: 'basic', username: 'Aladdin', password: 'open sesame' }
const bearer = { type: 'bearer', token: 's3cret' }
/** RFC 7617 section 2. */
const aladdin = 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='

const shakeHands = (authorization?: string, subprotocols: string[] = []): Handshake => ({
  target: '/listen',
  headers: authorization === undefined ? {} : { authorization },
  subprotocols,
})

t.test('the PBX is asked for its credentials', async (t) => {
  const verdict = (auth: object | string, authorization?: string): string =>
    modAudioFork.authenticate(shakeHands(authorization), modAudioFork.schema.parse({ auth }), script.auth)
      .kind
  t.equal(verdict('none'), 'accepted')
  t.equal(verdict(basic, aladdin), 'accepted')
  t.equal(verdict(basic), 'refused')
})

t.test('the recorder is offered what the PBX offered, and shown credentials of its own', async (t) => {
  const handshakeOf = (options: object, subprotocols: string[] = []) =>
    modAudioFork.recorderHandshake(
      shakeHands(aladdin, subprotocols),
      script.url,
      modAudioFork.schema.parse(options),
      script.auth,
    )
  t.same(handshakeOf({}), { headers: {}, subprotocols: ['audio.drachtio.org'] })
  t.same(handshakeOf({ options: { subprotocol: null } }).subprotocols, [])
  t.same(handshakeOf({}, ['audio.example']).subprotocols, ['audio.example'])
  t.same(handshakeOf({ recorderAuth: basic }).headers, { authorization: aladdin })
  t.same(handshakeOf({ recorderAuth: bearer }).headers, { authorization: 'Bearer s3cret' })
})

t.test('a simulated PBX brings its credentials and its subprotocol', async (t) => {
  const { handshake } = modAudioFork.simulate({ ...script, credentials: basic })
  t.same(handshake, { headers: { authorization: aladdin }, subprotocols: ['audio.drachtio.org'] })
  t.equal(modAudioFork.subprotocols, '*')
})

t.test('unknown and unfit configuration is refused', async (t) => {
  const bad = [
    { auth: { type: 'basic', username: 'a' } },
    { options: { sampleRate: 44_100 } },
    { options: { mixType: 'quad' } },
    { options: { allowFromRecorder: ['hangup'] } },
    { options: { textAfterMetadata: 'pass' } },
    { recorderAuth: { type: 'forward' } },
  ]
  for (const options of bad) t.equal(modAudioFork.schema.safeParse(options).success, false)
})
