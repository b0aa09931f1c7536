import t from 'tap'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { VonageConnection } from '../../../proxy/dialects/vonage/connection.js'
import { vonageSchema } from '../../../proxy/dialects/vonage/options.js'
import { textMessage, textOf, type WireMessage } from '../../../proxy/media/wire.js'
import { DialectCall } from '../../support/dialect-call.js'
import { copyOf, readFixture } from '../../support/dialect-fixture.js'

const connectionOf = (options: object = {}): VonageConnection =>
  new VonageConnection(vonageSchema.parse({ options }).options, () => 'minted')

t.test('a call passes in order and byte for byte, keys masked, and nothing goes back', async (t) => {
  const call = new DialectCall(connectionOf(), null, null)
  for (const { side, message } of readFixture('vonage', 'ncco-headers'))
    if (side === 'pbx') call.receive(copyOf(message))
    else call.receiveFromRecorder(copyOf(message))
  const expected = call.fromPbx.map((message) =>
    message.isBinary ? message : textMessage(textOf(message).replace('"5"', '"*"').replace('"#"', '"*"')),
  )
  t.same(call.toRecorder, expected)
  t.same(call.toPbx, [])
  t.equal(call.events.filter((event) => event.kind === 'violation' && event.side === 'recorder').length, 3)
})

t.test('no card number of a header or a payload reaches the recorder', async (t) => {
  const call = new DialectCall(connectionOf(), null, null)
  for (const { message } of readFixture('vonage', 'cards-in-headers')) call.receive(copyOf(message))
  const told = call.toRecorder.filter(({ isBinary }) => !isBinary).map(textOf)
  t.equal(told.length, 3)
  t.notMatch(told.join(), /4111|5500/)
  t.match(told[0], '4917612345679', 'a telephone number stays')
})

t.test('nothing goes back but what is allowed by name, audio only in messages of 20 ms', async (t) => {
  const back = (message: WireMessage | string, ...allowFromRecorder: string[]): string[] => {
    const connection = connectionOf({ allowFromRecorder })
    const out: ForkEvent[] = []
    connection.receive(
      textMessage('{"event":"websocket:connected","content-type":"audio/l16;rate=8000"}'),
      0,
      [],
    )
    connection.receiveFromRecorder(typeof message === 'string' ? textMessage(message) : message, 0, out)
    return out.map((event) =>
      event.kind === 'to-pbx'
        ? event.message.isBinary
          ? 'audio'
          : textOf(event.message)
        : 'code' in event
          ? `${event.code}`
          : event.kind,
    )
  }
  const binary = (bytes: number) => ({ data: new Uint8Array(bytes), isBinary: true })
  const dropped = ['recorder-message-dropped']
  for (const message of [
    '{"action":"clear"}',
    '{"action":"notify"}',
    '{"action":"hangup"}',
    'x',
    binary(320),
  ])
    t.same(back(message), dropped)
  t.same(back('{"action": "clear"}', 'clear'), ['{"action":"clear"}'])
  t.same(back('{"action":"clear"}', 'notify', 'binary'), dropped)
  t.same(back('{"action":"binary"}', 'binary'), dropped)
  t.same(back('{"action":"clear","action":"hangup"}', 'clear'), dropped)
  t.same(back(binary(320), 'binary'), ['audio'])
  for (const bytes of [0, 160, 640]) t.same(back(binary(bytes), 'binary'), dropped)
})

t.test('a recorder that is dialled again hears the first message first', async (t) => {
  const connection = connectionOf()
  t.same(connection.preamble(), [])
  const first = '{"event":"websocket:connected","content-type":"audio/l16;rate=8000"}'
  connection.receive(textMessage(first), 0, [])
  t.same(connection.preamble().map(textOf), [first])
})
