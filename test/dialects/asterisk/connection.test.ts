import t from 'tap'
import { AsteriskConnection } from '../../../proxy/dialects/asterisk/connection.js'
import { asteriskSchema } from '../../../proxy/dialects/asterisk/options.js'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { textMessage, textOf, type WireMessage } from '../../../proxy/media/wire.js'
import { DialectCall } from '../../support/dialect-call.js'
import { copyOf, readFixture } from '../../support/dialect-fixture.js'

const plainStart =
  'MEDIA_START connection_id:a channel:b channel_id:c format:opus optimal_frame_size:0 ptime:20'
const connectionOf = (options: object = {}): AsteriskConnection =>
  new AsteriskConnection(asteriskSchema.parse({ options }).options)

const back = (message: WireMessage | string, allowFromRecorder?: string[]): string => {
  const out: ForkEvent[] = []
  const wire = typeof message === 'string' ? textMessage(message) : message
  connectionOf(allowFromRecorder && { allowFromRecorder }).receiveFromRecorder(wire, 0, out)
  const [event] = out
  return event?.kind === 'to-pbx' ? textOf(event.message) : event?.kind === 'violation' ? event.code : ''
}
const dropped = 'recorder-message-dropped'

t.test('a recorder may ask, and do nothing to the call', async (t) => {
  for (const command of ['GET_STATUS', 'REPORT_QUEUE_DRAINED', 'MARK_MEDIA 7'])
    t.equal(back(command), command)
  t.equal(
    back('{"command":"MARK_MEDIA","correlation_id":"7"}'),
    '{"command":"MARK_MEDIA","correlation_id":"7"}',
  )
  for (const command of ['HANGUP', 'ANSWER', 'FLUSH_MEDIA', 'SET_MEDIA_DIRECTION', 'START_MEDIA_BUFFERING']) {
    t.equal(back(command), dropped)
    t.equal(back(JSON.stringify({ command })), dropped)
  }
  t.equal(back({ data: Uint8Array.of(0x61), isBinary: true }), dropped)
  t.equal(back('binary'), dropped)
})

t.test('what is allowed by name goes back, written anew as Asterisk reads it', async (t) => {
  t.equal(back(' \nHANGUP\r\n', ['HANGUP']), 'HANGUP')
  t.equal(
    back(' {"x":1,"direction":"in","command":"SET_MEDIA_DIRECTION"} ', ['SET_MEDIA_DIRECTION']),
    '{"command":"SET_MEDIA_DIRECTION","direction":"in"}',
  )
  t.equal(back('{"command":"HANGUP","command":"GET_STATUS"}'), '{"command":"GET_STATUS"}')
  t.equal(back('binary', ['binary']), dropped, 'a word is no audio')
  t.equal(back('{"command":"binary"}', ['binary']), dropped)
  t.equal(back({ data: Uint8Array.of(0x61), isBinary: true }, ['binary']), 'a')
  t.equal(back({ data: new Uint8Array(65_501), isBinary: true }, ['binary']), dropped)
})

t.test('no command is longer than what Asterisk reads, nor becomes so', async (t) => {
  t.equal(back(`MARK_MEDIA ${'x'.repeat(117)}`), `MARK_MEDIA ${'x'.repeat(117)}`)
  t.equal(back(`MARK_MEDIA ${'x'.repeat(118)}`), dropped)
  const malformed = Buffer.from(`{"command":"MARK_MEDIA","correlation_id":"${'\xff'.repeat(60)}"}`, 'latin1')
  t.equal(back({ data: malformed, isBinary: false }), dropped, 'malformed UTF-8 grows when it is read')
})

t.test('a redialled recorder hears MEDIA_START first', async (t) => {
  const connection = connectionOf()
  t.same(connection.preamble(), [])
  connection.receive(textMessage(plainStart), 0, [])
  t.same(connection.preamble().map(textOf), [plainStart])
})

t.test(
  'a frame leaves in the message that it came in; a shorter payload takes nothing of it along',
  async (t) => {
    const connection = connectionOf()
    const out: ForkEvent[] = []
    connection.receive(textMessage(plainStart), 0, out)
    const message = { data: Uint8Array.of(0xf8, 1, 2, 3, 4), isBinary: true }
    connection.receive(message, 0, out)
    const media = out.at(-1)
    if (media?.kind !== 'media') throw new Error('no frame')
    t.equal(connection.encodeMedia(media.frame), message)
    media.frame.payload = message.data.subarray(0, 3)
    t.same([...connection.encodeMedia(media.frame).data], [0xf8, 1, 2])
  },
)

t.test(
  'what a real Asterisk said goes on byte for byte and in order, but for keys and variables',
  async (t) => {
    const inherited = /"__QUEUE":"billing","__CARD":"\d+",?|"DIALEDPEERNUMBER":"[^"]+",/g
    for (const name of ['json-ulaw', 'json-g722', 'plain-slin16']) {
      const call = new DialectCall(connectionOf(), null, null)
      for (const { side, message } of readFixture('asterisk', name))
        if (side === 'pbx') call.receive(copyOf(message))
      const said = call.fromPbx.filter((message) => message.isBinary || !textOf(message).includes('DTMF_END'))
      const legible = (message: WireMessage): string =>
        message.isBinary ? Buffer.from(message.data).toString('hex') : textOf(message)
      const expected = said.map((message) => legible(message).replace(inherited, '').replace(',}', '}'))
      t.same(call.toRecorder.map(legible), expected, name)
      t.same(
        call.events.flatMap((event) => (event.kind === 'digit' ? [event.digit] : [])),
        ['4', '7'],
      )
      t.same(
        call.events.filter(({ kind }) => kind === 'violation'),
        [],
      )
    }
  },
)
