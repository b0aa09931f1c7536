import t from 'tap'
import { modAudioStream } from '../../../proxy/dialects/mod-audio-stream/mod-audio-stream.js'
import { textOf } from '../../../proxy/media/wire.js'
import { DialectCall, script } from '../../support/dialect-call.js'
import { copyOf, readFixture } from '../../support/dialect-fixture.js'

const bearer = { type: 'bearer', token: 's3cret' }
const callOf = (options: object = {}): DialectCall => {
  const parsed = modAudioStream.schema.parse({ options })
  const handshake = { target: '/', headers: {}, subprotocols: [] }
  const connection = modAudioStream.connect(parsed, { handshake, randomUuid: () => 'minted' })
  return new DialectCall(connection, null, modAudioStream.record(parsed))
}
const heardOf = (options: object = {}): DialectCall => {
  const call = callOf(options)
  for (const { message } of readFixture('mod-audio-stream', 'send-text')) call.receive(copyOf(message))
  return call
}
const textsOf = (call: DialectCall): string[] =>
  call.toRecorder.filter(({ isBinary }) => !isBinary).map(textOf)

t.test(
  'text that the application sends goes on without card numbers, and its signals are heard',
  async (t) => {
    const call = heardOf()
    t.same(textsOf(call), [
      '{"callSid":"stream-1","sampleRate":8000,"mixType":"mono","note":"**** **** **** ****"}',
      '{"event":"note","text":"card ****************"}',
      '{"event":"payment","state":"on"}',
      'bye ****************',
    ])
    t.equal(call.events.filter(({ kind }) => kind === 'payment').length, 1)
    t.same(
      call.heard.filter(({ kind }) => kind === 'violation'),
      [],
      'a recorder that is sent text takes it',
    )
  },
)

t.test('text is dropped where the recorder would write it into the audio', async (t) => {
  t.equal(textsOf(heardOf({ textAfterMetadata: 'drop' })).length, 1)
})

t.test(
  'credentials come in an extra header, the recorder is shown its own, and no subprotocol',
  async (t) => {
    const handshake = { target: '/', headers: { authorization: 'Bearer s3cret' }, subprotocols: ['x'] }
    const parsed = modAudioStream.schema.parse({ auth: bearer, recorderAuth: { ...bearer, token: 'other' } })
    t.equal(modAudioStream.authenticate(handshake, parsed, script.auth).kind, 'accepted')
    t.equal(modAudioStream.authenticate({ ...handshake, headers: {} }, parsed, script.auth).kind, 'refused')
    t.same(modAudioStream.recorderHandshake(handshake, script.url, parsed, script.auth), {
      headers: { authorization: 'Bearer other' },
      subprotocols: [],
    })
    t.same(modAudioStream.simulate({ ...script, credentials: bearer }).handshake, {
      headers: { authorization: 'Bearer s3cret' },
      subprotocols: [],
    })
  },
)

t.test('only texts of the types that are allowed become events of the PBX', async (t) => {
  const call = callOf({ allowFromRecorder: ['agent-note'] })
  for (const text of ['{"type":"agent-note","n":1}', '{"type":"streamAudio"}', '{}', 'hello'])
    call.receiveFromRecorder({ data: new TextEncoder().encode(text), isBinary: false })
  t.same(call.toPbx.map(textOf), ['{"type":"agent-note","n":1}'])
})
