import t from 'tap'
import { AudiocodesConnection } from '../../../proxy/dialects/audiocodes/connection.js'
import { audiocodesSchema } from '../../../proxy/dialects/audiocodes/options.js'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { textMessage, textOf } from '../../../proxy/media/wire.js'
import { DialectCall } from '../../support/dialect-call.js'
import { copyOf, readFixture } from '../../support/dialect-fixture.js'

const connectionOf = (options: object = {}): AudiocodesConnection =>
  new AudiocodesConnection(audiocodesSchema.parse({ options }).options)
const played = (options: object = {}): DialectCall => {
  const call = new DialectCall(connectionOf(options), null, null)
  for (const { side, message } of readFixture('audiocodes', 'agent-assist'))
    if (side === 'pbx') call.receive(copyOf(message))
    else call.receiveFromRecorder(copyOf(message))
  return call
}
const typesOf = (messages: readonly { data: Uint8Array; isBinary: boolean }[]): string[] =>
  messages.map((message) => JSON.parse(textOf(message)).type)
const initiate =
  '{"type":"session.initiate","conversationId":"c","supportedMediaFormats":["raw/mulaw","raw/lpcm16"]}'
const answered = (connection: AudiocodesConnection, answer: object): ForkEvent[] => {
  const out: ForkEvent[] = []
  connection.receiveFromRecorder(textMessage(JSON.stringify(answer)), 0, out)
  return out
}

t.test('a call passes in order, its audio byte for byte, and only answers go back', async (t) => {
  const call = played()
  t.same(typesOf(call.toRecorder), typesOf(call.fromPbx))
  const chunks = (messages: typeof call.toRecorder) =>
    messages.map(textOf).filter((text) => text.includes('audioChunk'))
  t.same(chunks(call.toRecorder), chunks(call.fromPbx))
  t.same(typesOf(call.toPbx), [
    'session.accepted',
    'userStream.started',
    'userStream.started',
    'userStream.stopped',
  ])
  t.equal(call.events.filter(({ kind }) => kind === 'payment').length, 0)
  const told = call.toRecorder.map(textOf).join()
  t.notMatch(told, /4111|737|"41"/, 'no secret of an activity reaches the recorder')
  t.match(told, '+4917612345679')
  t.same(call.closed, [
    { side: 'recorder', code: 1000 },
    { side: 'pbx', code: 1000 },
  ])
  call.connection.pbxClosed(true, 0, call.events)
  t.equal(call.events.filter(({ kind }) => kind === 'ended').length, 1)
})

t.test('what a bot says goes back by group, transcripts without secrets', async (t) => {
  const back = (...allowFromRecorder: string[]) => typesOf(played({ allowFromRecorder }).toPbx).slice(3, -1)
  t.same(back('speech'), ['userStream.speech.recognition'])
  t.same(back('activities'), ['activities'])
  t.same(back('playStream'), ['playStream.start'])
  const connection = connectionOf({ allowFromRecorder: ['speech', 'playStream'] })
  const [speech] = answered(connection, {
    type: 'userStream.speech.recognition',
    text: '4111 1111 1111 1111',
  })
  t.match(speech, { kind: 'to-pbx' })
  if (speech?.kind === 'to-pbx') t.match(textOf(speech.message), '**** **** **** ****')
  const audioChunk = 'pin1234/4111111111111111'
  const [chunk] = answered(connection, { type: 'playStream.chunk', audioChunk })
  if (chunk?.kind === 'to-pbx') t.match(textOf(chunk.message), audioChunk, 'audio is no text')
})

t.test(
  "the bot's wish to pause the recording is a payment step where the configuration says so",
  async (t) => {
    const connection = connectionOf({ recordingActivities: 'payment' })
    const activities = [{ name: 'pauseCallRecording' }, 'x', { name: 'resumeCallRecording' }]
    t.same(answered(connection, { type: 'activities', activities }), [
      { kind: 'payment', state: 'started', held: null },
      { kind: 'payment', state: 'ended', held: null },
      { kind: 'violation', side: 'recorder', code: 'recorder-message-dropped' },
    ])
  },
)

t.test('a format that was not offered is an error to both, and none is the only one offered', async (t) => {
  const refused = connectionOf()
  refused.receive(textMessage(initiate), 0, [])
  for (const mediaFormat of ['raw/lpcm16_24', 'wav/lpcm16', undefined])
    t.match(answered(refused, { type: 'session.accepted', mediaFormat }), [
      { kind: 'violation', side: 'recorder', code: 'format-unsupported' },
      { kind: 'to-pbx' },
      { kind: 'close', side: 'pbx', code: 1000 },
      { kind: 'close', side: 'recorder', code: 1000 },
    ])
  const only = connectionOf({ mediaFormats: ['raw/lpcm16'] })
  only.receive(textMessage(initiate), 0, [])
  t.match(answered(only, { type: 'session.accepted' }), [
    { kind: 'started', call: { streams: [{ format: { codec: 'l16', clockRateHz: 16_000 } }, {}] } },
    { kind: 'to-pbx' },
  ])
})

t.test(
  'a recorder that was dialled again may accept again, in the same format; before a session nobody may',
  async (t) => {
    const connection = connectionOf()
    const accepted = { type: 'session.accepted', mediaFormat: 'raw/mulaw' }
    const dropped = [{ kind: 'violation', side: 'recorder', code: 'recorder-message-dropped' }]
    t.same(answered(connection, accepted), dropped)
    connection.receive(textMessage(initiate), 0, [])
    t.equal(answered(connection, accepted).length, 2)
    t.same(answered(connection, accepted), [])
    t.same(answered(connection, { type: 'session.accepted' }), [])
    t.same(answered(connection, { ...accepted, mediaFormat: 'raw/lpcm16' }), dropped)
    t.equal(connection.preamble().length, 1)
  },
)

t.test('an error is told on while the call waits for an answer, and dropped in mid-call', async (t) => {
  const connection = connectionOf()
  connection.receive(textMessage(initiate), 0, [])
  const error = { type: 'session.error', reason: 'busy 4111111111111111' }
  const [told] = answered(connection, error)
  t.equal(told?.kind === 'to-pbx' && textOf(told.message).includes('4111'), false)
  t.equal(told?.kind, 'to-pbx')
  answered(connection, { type: 'session.accepted', mediaFormat: 'raw/mulaw' })
  t.match(answered(connection, error), [{ kind: 'violation' }])
})
