import { readFileSync } from 'node:fs'
import t from 'tap'
import { inPackage } from '../../../proxy/base/package-file.js'
import { audiohook } from '../../../proxy/dialects/audiohook/audiohook.js'
import { violations } from '../../../proxy/dialects/audiohook/violations.js'
import type { AuthContext } from '../../../proxy/dialects/dialect.js'
import { identity } from '../../support/audiohook-fork.js'
import { DialectCall, script } from '../../support/dialect-call.js'
import { readFixture } from '../../support/dialect-fixture.js'

const KEY = { apiKey: 'cHJveHktdGVzdC1rZXk=', secret: 'a2V5LWZvci10ZXN0cy1vbmx5LTAxMjM0NTY3ODlhYmM=' }
const context: AuthContext = {
  epochMs: 1_767_225_600_000,
  rememberNonce: () => true,
  randomBytes: () => Buffer.from('12345678901234567890'),
}
const url = new URL('wss://rec.example.net/ah/ws?tenant=7')
const options = (configured: object) => audiohook.schema.parse(configured)
const request = (headers: Record<string, string>) => ({
  target: url.pathname + url.search,
  headers,
  subprotocols: [],
})

t.test('a request is let in when it says whose session it is', async (t) => {
  t.same(audiohook.authenticate(request(identity), options({}), context), { kind: 'accepted' })
  for (const name of Object.keys(identity)) {
    const without = { ...identity, [name]: 'x' }
    t.match(audiohook.authenticate(request(without), options({}), context), {
      kind: 'refused',
      status: 401,
      reason: 'identity headers missing',
    })
  }
})

t.test('with keys configured, an unsigned request is refused and a signed one is not', async (t) => {
  const configured = options({ auth: { type: 'signature', keys: [KEY] } })
  const unsigned = request({ ...identity, 'x-api-key': KEY.apiKey, host: url.host })
  t.match(audiohook.authenticate(unsigned, configured, context), { kind: 'refused', status: 401 })
  const { headers } = audiohook.simulate({ ...script, url, auth: context, credentials: KEY }).handshake
  const signed = request({ ...headers, host: url.host })
  t.same(audiohook.authenticate(signed, configured, context), { kind: 'accepted' })
})

t.test('the recorder is asked for the same session, with the key that is configured', async (t) => {
  const arrived = request({
    ...identity,
    'x-api-key': 'cGJ4',
    signature: 'sig1=:x:',
    host: 'fork.example.net',
  })
  const asked = (recorderAuth: unknown) =>
    audiohook.recorderHandshake(arrived, url, options({ recorderAuth }), context)
  t.same(asked('none'), { headers: identity, subprotocols: [] })
  t.same(asked('forward-api-key').headers, { ...identity, 'x-api-key': 'cGJ4' })
  t.same(asked({ type: 'signature', ...KEY }).headers, {
    ...identity,
    'x-api-key': KEY.apiKey,
    'signature-input':
      'sig1=("@request-target" "@authority" "audiohook-organization-id" "audiohook-session-id" "audiohook-correlation-id" "x-api-key");keyid="cHJveHktdGVzdC1rZXk=";nonce="MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=";alg="hmac-sha256";created=1767225600;expires=1767225630',
    signature: 'sig1=:asu5f4zO5UVx4ngmckVyiUJYb9U3NbUaaGuSBlRaCi0=:',
  })
  const keyless = audiohook.recorderHandshake(
    request(identity),
    url,
    options({ recorderAuth: 'forward-api-key' }),
    context,
  )
  t.same(keyless.headers, identity)
})

/** Each fixture: the types that the recorder and the PBX are sent, and the violations. */
const sessions = {
  'monitor-stereo': ['open audio audio audio audio audio audio close', 'opened pong pong closed', ''],
  'pause-and-discard': [
    'open discarded audio paused resumed audio update error audio close',
    'opened pause resume updated event reconnect closed',
    '',
  ],
  'inverted-l16': ['open audio audio close', 'opened closed', ''],
  probe: ['open close', 'opened closed', ''],
  'connector-keys': [
    'open audio dtmf audio playback_started playback_completed close',
    'opened audio disconnect closed',
    '',
  ],
  'sequence-gap': ['open audio audio close', 'opened disconnect closed', 'pbx seq'],
} as const

const played = (name: string): DialectCall => {
  const { handshake } = audiohook.simulate(script)
  const connection = audiohook.connect(options({}), {
    handshake: { target: '/', ...handshake },
    randomUuid: () => script.callId,
  })
  const call = new DialectCall(connection, null, null)
  for (const { side, message } of readFixture('audiohook', name))
    if (side === 'pbx') call.receive(message)
    else call.receiveFromRecorder(message)
  return call
}

const typesOf = (said: DialectCall['toPbx']) =>
  said
    .map(({ isBinary, data }) => (isBinary ? 'audio' : JSON.parse(Buffer.from(data).toString()).type))
    .join(' ')

for (const [name, [toRecorder, toPbx, faults]] of Object.entries(sessions)) {
  t.test(`${name}: every message goes where it belongs, in its order`, async (t) => {
    const call = played(name)
    t.equal(typesOf(call.toRecorder), toRecorder)
    t.equal(typesOf(call.toPbx), toPbx)
    const counted = call.events.flatMap((event) =>
      event.kind === 'violation' ? [`${event.side} ${event.code}`] : [],
    )
    t.equal(counted.join(), faults)
    t.notMatch(Buffer.concat(call.toPbx.map(({ data }) => data)).toString(), /4111/)
    t.notMatch(Buffer.concat(call.toRecorder.map(({ data }) => data)).toString(), /4111/)
  })
}

t.test('WIRE.md lists every violation', async (t) => {
  const wire = readFileSync(inPackage('proxy/dialects/audiohook/WIRE.md'), 'utf8')
  const listed = [...wire.slice(wire.indexOf('## Violations')).matchAll(/^\| `([a-z-]+)` +\|/gm)].map(
    ([, code]) => code,
  )
  t.same(listed.sort(), Object.keys(violations).sort())
})
