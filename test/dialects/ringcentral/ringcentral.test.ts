import t from 'tap'
import { ringcentral } from '../../../proxy/dialects/ringcentral/ringcentral.js'
import { after, codesIn, framesIn, hear, heldIn, replay } from '../../support/json-media.js'

const connected = { event: 'Connected', protocol: 'AgentSession', version: '1.0.0' }
const start = {
  event: 'Start',
  metadata: {
    callId: '12345',
    sessionId: 2,
    ani: '2223334444',
    contentType: 'audio/x-mulaw',
    sampleRateHertz: 8000,
  },
}
const media = (sequenceId: number, perspective = 'Conference') => ({
  event: 'Media',
  perspective,
  sequenceId: `${sequenceId}`,
  media: Buffer.alloc(160, sequenceId).toString('base64'),
})

t.test('both perspectives are one call, in order, until the second Stop', async (t) => {
  const { call, sent, received } = replay(ringcentral, 'two-stops')
  t.same(codesIn(call.events), [])
  t.same([...received].sort(), [...sent].sort(), 'every message as it came')
  const order = received
    .map((text) => JSON.parse(text))
    .filter(({ perspective }) => perspective === 'Conference')
    .map(({ sequenceId }) => sequenceId)
  t.same(order, ['1', '2', '3', '4', '5', '6'])
  t.match(call.events[0], {
    kind: 'started',
    call: {
      callId: '12345',
      streamId: '12345-2',
      tracks: [{ role: 'caller' }, { role: 'agent' }],
      metadata: { agentId: '123' },
    },
  })
  t.equal(call.events.filter(({ kind }) => kind === 'ended').length, 1)
  t.equal(framesIn(call.events).at(-1)?.startSample, 960, 'audio of one behind the Stop of the other')
})

t.test('one Stop and a clean close are an end as well', async (t) => {
  const connection = after(ringcentral, {}, connected, start, media(1))
  t.same(
    hear(connection, { event: 'Stop', metadata: { duration: 1 } }).map(({ kind }) => kind),
    ['message'],
  )
  const out: ReturnType<typeof hear> = []
  connection.pbxClosed(true, 0, out)
  connection.drained(0, out)
  t.match(out, [{ reason: 'hangup' }, { kind: 'close', code: 1000 }])
})

t.test('a sequence that counts both perspectives together is a window late, and whole', async (t) => {
  const connection = after(ringcentral, {}, connected, start)
  const heard = [1, 3, 5, 7, 9, 11, 13, 15].flatMap((id) => hear(connection, media(id)))
  t.equal(framesIn(heard).length, 3)
  t.same(codesIn(heard), [])
  connection.pbxClosed(true, 0, heard)
  t.equal(framesIn(heard).length, 8)
})

t.test('events have a capital, another perspective is silent, and nothing goes back', async (t) => {
  t.same(codesIn(hear(after(ringcentral, {}), { event: 'connected' })), ['dialect-mismatch'])
  const heard = hear(after(ringcentral, {}, connected, start), media(1, 'Supervisor'))
  t.same(codesIn(heard), ['track-unknown'])
  t.same(JSON.parse(heldIn(heard)[0]!), { event: 'Media', sequenceId: '1', media: '/'.repeat(216) })
  const out: ReturnType<typeof hear> = []
  after(ringcentral, {}, connected, start).receiveFromRecorder(
    { data: Buffer.from('{"event":"Media"}'), isBinary: false },
    0,
    out,
  )
  t.same(codesIn(out), ['recorder-message-dropped'])
})

t.test('older documents call the type audioContentType; another codec is refused', async (t) => {
  const { contentType, ...metadata } = start.metadata
  const started = (extra: object) =>
    hear(after(ringcentral, {}, connected), { event: 'Start', metadata: { ...metadata, ...extra } })
  t.equal(started({ audioContentType: contentType })[0]?.kind, 'started')
  t.same(codesIn(started({ contentType: 'audio/opus' })), ['format-unsupported'])
  t.same(codesIn(started({ callId: null })), ['start-malformed'])
})
