import t from 'tap'
import { AudioSocketConnection } from '../../../proxy/dialects/audiosocket/connection.js'
import { audioSocketSchema } from '../../../proxy/dialects/audiosocket/options.js'
import { unitOf, uuidBytes } from '../../../proxy/dialects/audiosocket/units.js'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import type { WireMessage } from '../../../proxy/media/wire.js'
import { DialectCall } from '../../support/dialect-call.js'
import { copyOf, readFixture } from '../../support/dialect-fixture.js'

const unit = (kind: number, ...payload: number[]): WireMessage => ({
  data: unitOf(kind, Uint8Array.from(payload)),
  isBinary: true,
})
const name: WireMessage = {
  data: unitOf(0x01, uuidBytes('40325ec2-5efd-4bd3-805f-53576e581d13')),
  isBinary: true,
}
const connectionOf = (options: object = {}): AudioSocketConnection =>
  new AudioSocketConnection(audioSocketSchema.parse({ options }).options)

const back = (message: WireMessage, ...allowFromRecorder: string[]): string => {
  const out: ForkEvent[] = []
  connectionOf({ allowFromRecorder }).receiveFromRecorder(message, 0, out)
  return out.map((event) => (event.kind === 'violation' ? event.code : event.kind)).join()
}
const dropped = 'recorder-message-dropped'

t.test('a recorder does nothing to the call but what is allowed by name', async (t) => {
  t.equal(back(unit(0x00)), dropped)
  t.equal(back(unit(0x10, 1, 0)), dropped)
  t.equal(back(unit(0x00), 'hangup'), 'to-pbx')
  t.equal(back(unit(0x00), 'audio'), dropped)
  t.equal(back(unit(0x18, 1, 0), 'audio'), 'to-pbx')
  t.equal(back(unit(0x03, 0x34), 'audio', 'hangup'), dropped)
  t.equal(back({ data: Uint8Array.of(0), isBinary: true }, 'hangup'), dropped)
})

t.test('a frame leaves in the unit that it came in, its head as it was', async (t) => {
  const connection = connectionOf()
  const out: ForkEvent[] = []
  const message = unit(0x10, 1, 2, 3, 4)
  connection.receive(name, 0, out)
  connection.receive(message, 0, out)
  const media = out.at(-1)
  if (media?.kind !== 'media') throw new Error('no frame')
  media.frame.payload.fill(0)
  t.equal(connection.encodeMedia(media.frame), message)
  t.same([...message.data], [0x10, 0, 4, 0, 0, 0, 0])
  media.frame.payload = Uint8Array.of(9, 9, 9, 9)
  t.same(
    [...connection.encodeMedia(media.frame).data],
    [0x10, 0, 4, 9, 9, 9, 9],
    'also from memory elsewhere',
  )
})

t.test('a redialled recorder hears the UUID first', async (t) => {
  const connection = connectionOf()
  t.same(connection.preamble(), [])
  connection.receive(name, 0, [])
  t.same(connection.preamble(), [name])
})

t.test('time that passes begins a call without audio', async (t) => {
  const connection = connectionOf()
  const out: ForkEvent[] = []
  connection.receive(name, 0, [])
  connection.tick(10_000, out)
  t.match(out, [{ kind: 'started' }])
})

t.test('what a real Asterisk said goes on byte for byte and in order, but for keys', async (t) => {
  for (const [name, rateHz] of [
    ['application', 8000],
    ['channel-slin16', 16_000],
  ] as const) {
    const call = new DialectCall(connectionOf(), null, null)
    for (const { message } of readFixture('audiosocket', name)) call.receive(copyOf(message))
    t.same(
      call.toRecorder,
      call.fromPbx.filter(({ data }) => data[0] !== 0x03),
      name,
    )
    const started = call.events.find((event) => event.kind === 'started')
    t.equal(started?.call.streams[0]?.format.clockRateHz, rateHz)
    t.equal(call.events.filter(({ kind }) => kind === 'digit').length, 2)
    t.same(
      call.events.filter(({ kind }) => kind === 'violation'),
      [],
    )
  }
})
