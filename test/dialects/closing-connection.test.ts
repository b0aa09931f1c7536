import t from 'tap'
import { ClosingConnection } from '../../proxy/dialects/closing-connection.js'
import type { ForkEvent } from '../../proxy/dialects/dialect.js'
import { heldText, messageOf } from '../../proxy/dialects/held-message.js'
import { textMessage, type WireMessage } from '../../proxy/media/wire.js'

class Toy extends ClosingConnection {
  constructor(hasStarted: boolean) {
    super({ hasStarted, receive: (_message, _nowMs, out) => out.push({ kind: 'recorder-refused' }) })
  }
  encodeMedia = (): WireMessage => textMessage('media')
  preamble = () => []
  protected allowedToPbx = (message: WireMessage) => (message.isBinary ? null : message)
}

const eventsOf = (act: (out: ForkEvent[]) => void): ForkEvent[] => {
  const out: ForkEvent[] = []
  act(out)
  return out
}

t.test('a clean close ends the call with 1000, a lost socket with 1001, once', async (t) => {
  for (const [wasClean, reason, code] of [
    [true, 'hangup', 1000],
    [false, 'pbx-lost', 1001],
  ] as const) {
    const connection = new Toy(true)
    const closed = (clean: boolean) => eventsOf((out) => connection.pbxClosed(clean, 1, out))
    t.same(closed(wasClean), [{ kind: 'ended', reason, held: null }])
    t.same(closed(true), [])
    t.same(
      eventsOf((out) => connection.drained(3, out)),
      [{ kind: 'close', side: 'recorder', code }],
    )
    t.same(
      eventsOf((out) => new Toy(false).pbxClosed(wasClean, 1, out)),
      [{ kind: 'close', side: 'recorder', code }],
      'a call that has not begun has nothing to drain',
    )
  }
})

t.test('a recorder that is lost, opened, or opened again says nothing to the PBX', async (t) => {
  const connection = new Toy(true)
  t.equal(connection.recorderClosed(), undefined)
  t.equal(connection.recorderOpened(), undefined)
  t.equal(connection.tick(0, []), undefined)
})

t.test('messages reach the receiver; from the recorder only what is allowed gets through', async (t) => {
  const connection = new Toy(true)
  const text = textMessage('x')
  t.same(
    eventsOf((out) => connection.receive(text, 0, out)),
    [{ kind: 'recorder-refused' }],
  )
  t.same(
    eventsOf((out) => connection.receiveFromRecorder(text, 0, out)),
    [{ kind: 'to-pbx', message: text }],
  )
  t.same(
    eventsOf((out) => connection.receiveFromRecorder({ ...text, isBinary: true }, 0, out)),
    [{ kind: 'violation', side: 'recorder', code: 'recorder-message-dropped' }],
  )
  const held = heldText('y')
  t.equal(connection.encodeMessage(held), messageOf(held))
})
