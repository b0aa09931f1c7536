import t from 'tap'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { JsonMediaConnection } from '../../../proxy/dialects/json-media/connection.js'
import { twilioWire } from '../../../proxy/dialects/twilio/messages.js'
import { twilioSchema } from '../../../proxy/dialects/twilio/options.js'
import { textMessage, textOf, type WireMessage } from '../../../proxy/media/wire.js'
import { DialectCall } from '../../support/dialect-call.js'
import { copyOf, readFixture } from '../../support/dialect-fixture.js'

const connectionOf = (direction = 'fork'): JsonMediaConnection =>
  new JsonMediaConnection(
    twilioWire(twilioSchema.parse({}).options),
    direction === 'connect' ? ['media', 'mark', 'clear'] : [],
  )
const eventsOf = (act: (out: ForkEvent[]) => void): ForkEvent[] => {
  const out: ForkEvent[] = []
  act(out)
  return out
}
const closeRecorder = (code: number) => ({ kind: 'close', side: 'recorder', code })
const lines = readFixture('twilio', 'fork-with-gap')

/** A connection that has heard the first `count` messages of a call. */
const after = (count: number): JsonMediaConnection => {
  const connection = connectionOf()
  for (const { message } of lines.slice(0, count)) connection.receive(copyOf(message), 0, [])
  return connection
}

t.test('a call passes byte for byte, in order', async (t) => {
  const call = new DialectCall(connectionOf(), null, null)
  for (const { message } of lines) call.receive(copyOf(message))
  t.same(
    call.toRecorder.map(textOf),
    lines.map(({ message }) => textOf(message)),
  )
})

t.test('a connected stream with keys: only the key and the card number differ', async (t) => {
  const call = new DialectCall(connectionOf('connect'), null, null)
  for (const { side, message } of readFixture('twilio', 'connect-with-keys')) {
    if (side === 'pbx') call.receive(copyOf(message))
    else call.receiveFromRecorder(message)
  }
  const expected = call.fromPbx
    .map(textOf)
    .map((text) =>
      text.replace('"digit":"4"', '"digit":"*"').replace('4111 1111 1111 1111', '**** **** **** ****'),
    )
  t.same(call.toRecorder.map(textOf), expected)
  t.same(call.toPbx.map(textOf), [
    '{"event":"mark","streamSid":"MZ77a0f00dfeedf00dfeedf00dfeedf00d","mark":{"name":"welcome"}}',
  ])
})

t.test('after stop the recorder is closed when Twilio is', async (t) => {
  const connection = after(lines.length)
  t.same(
    eventsOf((out) => connection.drained(100, out)),
    [],
  )
  t.same(
    eventsOf((out) => connection.tick(2_099, out)),
    [],
  )
  t.same(
    eventsOf((out) => connection.pbxClosed(true, 2_099, out)),
    [closeRecorder(1000)],
  )
  t.same(
    eventsOf((out) => connection.tick(9_999, out)),
    [],
    'once',
  )
})

t.test('after stop both are closed when Twilio is not, within 2 s', async (t) => {
  const connection = after(lines.length)
  connection.drained(100, [])
  t.same(
    eventsOf((out) => connection.tick(2_100, out)),
    [closeRecorder(1000), { kind: 'close', side: 'pbx', code: 1000 }],
  )
  t.same(
    eventsOf((out) => connection.pbxClosed(true, 2_200, out)),
    [],
  )
})

t.test('Twilio gone before everything is out: the recorder is closed when it is', async (t) => {
  const connection = after(lines.length)
  t.same(
    eventsOf((out) => connection.pbxClosed(true, 50, out)),
    [],
  )
  t.same(
    eventsOf((out) => connection.drained(100, out)),
    [closeRecorder(1000)],
  )
})

t.test('Twilio lost without stop ends the call, and the recorder is told 1001', async (t) => {
  const connection = after(5)
  t.same(
    eventsOf((out) => connection.pbxClosed(true, 50, out)),
    [{ kind: 'ended', reason: 'pbx-lost', held: null }],
  )
  t.same(
    eventsOf((out) => connection.pbxClosed(false, 51, out)),
    [],
    'once',
  )
  t.same(
    eventsOf((out) => connection.drained(100, out)),
    [closeRecorder(1001)],
  )
})

t.test('Twilio lost before a call began leaves nothing to end', async (t) => {
  t.same(
    eventsOf((out) => after(1).pbxClosed(false, 50, out)),
    [closeRecorder(1001)],
  )
})

t.test('a recorder that is lost, opened, or opened again says nothing to Twilio', async (t) => {
  const connection = after(5)
  t.equal(connection.recorderClosed(), undefined)
  t.equal(connection.recorderOpened(), undefined)
  t.same(
    connection.preamble()?.map(textOf),
    lines.slice(0, 2).map(({ message }) => textOf(message)),
  )
  t.equal(after(1).preamble(), null)
})

t.test('nothing goes back on a fork; media, mark and clear do on a connected stream', async (t) => {
  const back = (direction: string, message: WireMessage): ForkEvent[] =>
    eventsOf((out) => connectionOf(direction).receiveFromRecorder(message, 0, out))
  const dropped = [{ kind: 'violation', side: 'recorder', code: 'recorder-message-dropped' }]
  for (const event of ['media', 'mark', 'clear']) {
    const text = `{"event":"${event}","streamSid":"MZ1"}`
    t.same(back('fork', textMessage(text)), dropped)
    t.same(back('connect', textMessage(text)), [{ kind: 'to-pbx', message: textMessage(text) }])
  }
  for (const text of ['{"event":"stop"}', '{"event":"dtmf"}', '{}', '[]', 'clear'])
    t.same(back('connect', textMessage(text)), dropped)
  t.same(back('connect', { data: textMessage('{"event":"clear"}').data, isBinary: true }), dropped)
  t.same(back('connect', textMessage('{"event":"stop","event":"clear"}')), [
    { kind: 'to-pbx', message: textMessage('{"event":"clear"}') },
  ])
})
