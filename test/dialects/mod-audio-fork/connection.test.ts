import t from 'tap'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { ModAudioForkConnection } from '../../../proxy/dialects/mod-audio-fork/connection.js'
import { modAudioForkSchema } from '../../../proxy/dialects/mod-audio-fork/options.js'
import { textMessage, textOf, type WireMessage } from '../../../proxy/media/wire.js'
import { DialectCall } from '../../support/dialect-call.js'
import { copyOf, readFixture } from '../../support/dialect-fixture.js'

const connectionOf = (options: object = {}): ModAudioForkConnection =>
  new ModAudioForkConnection(modAudioForkSchema.parse({ options }).options, () => 'minted')
const eventsOf = (act: (out: ForkEvent[]) => void): ForkEvent[] => {
  const out: ForkEvent[] = []
  act(out)
  return out
}
const started = (): ModAudioForkConnection => {
  const connection = connectionOf()
  connection.receive(textMessage('{"callSid":"c1"}'), 0, [])
  return connection
}

t.test('a call passes byte for byte and in order, without the text behind the metadata', async (t) => {
  for (const name of ['listen-stereo', 'joined-texts', 'no-metadata']) {
    const call = new DialectCall(connectionOf(), null, null)
    for (const { side, message } of readFixture('mod-audio-fork', name))
      if (side === 'pbx') call.receive(copyOf(message))
    const expected = call.fromPbx.filter(({ isBinary }, index) => isBinary || index === 0)
    t.same(call.toRecorder, expected, name)
  }
})

t.test('a recorder that is dialled again hears the metadata', async (t) => {
  t.same(started().preamble().map(textOf), ['{"callSid":"c1"}'])
  t.same(connectionOf().preamble(), [])
})

t.test('nothing goes back but what is allowed by name', async (t) => {
  const back = (message: WireMessage | string, ...allowFromRecorder: string[]): string[] =>
    eventsOf((out) => {
      const wire = typeof message === 'string' ? textMessage(message) : message
      connectionOf({ allowFromRecorder }).receiveFromRecorder(wire, 0, out)
    }).map((event) =>
      event.kind === 'to-pbx' ? textOf(event.message) : 'code' in event ? `${event.code}` : event.kind,
    )
  const dropped = ['recorder-message-dropped']
  const binary = { data: Uint8Array.of(0x61), isBinary: true }
  for (const type of ['playAudio', 'killAudio', 'transfer', 'disconnect'])
    t.same(back(`{"type":"${type}"}`), dropped)
  t.same(back(binary), dropped)
  t.same(back(binary, 'binary'), ['a'])
  t.same(back('{"type":"mark", "data":{}}', 'mark'), ['{"type":"mark","data":{}}'])
  t.same(back('{"type":"transfer"}', 'mark'), dropped)
  t.same(back('{"Type":"disconnect","type":"mark"}', 'mark'), dropped, 'the module ignores case')
  t.same(back('{"type":"disconnect","type":"mark"}', 'mark'), ['{"type":"mark"}'], 'and takes the first')
  t.same(back('{"type":"mark"}{"type":"disconnect"}', 'mark'), dropped)
})
