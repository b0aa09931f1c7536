import t from 'tap'
import { AnsweringConnection } from '../../proxy/dialects/answering-connection.js'
import type { ForkEvent } from '../../proxy/dialects/dialect.js'
import type { WireMessage } from '../../proxy/media/wire.js'

const bytes = (...data: number[]): WireMessage => ({ data: Uint8Array.from(data), isBinary: true })

/** Answers `7`, and takes `7` for an answer. */
class Answering extends AnsweringConnection {
  protected takesAnswer({ data }: WireMessage): boolean {
    return data[0] === 7
  }
  protected answer(): WireMessage {
    return bytes(7)
  }
}

const connectionOf = (hasStarted = true) => {
  const connection = new Answering({ hasStarted, receive() {} })
  return (act: (connection: Answering, out: ForkEvent[]) => void): ForkEvent[] => {
    const out: ForkEvent[] = []
    act(connection, out)
    return out
  }
}

t.test('the PBX is answered when the recorder has closed well, and not before', async (t) => {
  const say = connectionOf()
  t.same(
    say((c, out) => c.pbxClosed(true, 0, out)),
    [{ kind: 'ended', reason: 'hangup', held: null }],
  )
  t.same(
    say((c, out) => c.drained(0, out)),
    [{ kind: 'close', side: 'recorder', code: 1000 }],
  )
  t.same(
    say((c, out) => c.receiveFromRecorder(bytes(7), 0, out)),
    [],
  )
  t.same(
    say((c, out) => c.recorderClosed(true, 0, out)),
    [
      { kind: 'to-pbx', message: bytes(7) },
      { kind: 'close', side: 'pbx', code: 1000 },
    ],
  )
  t.same(
    say((c, out) => c.recorderClosed(true, 0, out)),
    [],
    'once',
  )
})

t.test(
  'a recorder that is lost ends the call: nothing held need be judged, the PBX hears of a bad gateway',
  async (t) => {
    const say = connectionOf()
    t.same(
      say((c, out) => c.recorderClosed(false, 0, out)),
      [{ kind: 'recorder-refused' }, { kind: 'close', side: 'pbx', code: 1014 }],
    )
  },
)

t.test('a PBX that is lost leaves the recorder with what it got', async (t) => {
  const say = connectionOf()
  t.same(
    say((c, out) => c.pbxClosed(false, 0, out)),
    [{ kind: 'ended', reason: 'pbx-lost', held: null }],
  )
  t.same(
    say((c, out) => c.drained(0, out)),
    [{ kind: 'close', side: 'recorder', code: 1001 }],
  )
  t.same(
    say((c, out) => c.pbxClosed(true, 0, out)),
    [],
    'once',
  )
})

t.test('a stream that ends before its call began is ended at the recorder at once', async (t) => {
  const say = connectionOf(false)
  t.same(
    say((c, out) => c.pbxClosed(true, 0, out)),
    [{ kind: 'close', side: 'recorder', code: 1000 }],
  )
})

t.test('what is no answer is dropped, and no recorder takes up a call in its middle', async (t) => {
  const say = connectionOf()
  t.same(
    say((c, out) => c.receiveFromRecorder(bytes(8), 0, out)),
    [{ kind: 'violation', side: 'recorder', code: 'recorder-message-dropped' }],
  )
  say((c) => t.equal(c.preamble(), null))
})

t.test('a frame leaves as its message, with whatever payload it has by then', async (t) => {
  const say = connectionOf()
  const message = bytes(1, 2, 3, 4)
  const frame = {
    stream: 0,
    startSample: 0,
    sampleCount: 2,
    payload: message.data.subarray(1, 3),
    envelope: { message, payloadStart: 1 },
    receivedAtMs: 0,
    heldBytes: 0,
  }
  say((c) => t.equal(c.encodeMedia(frame), message))
  frame.payload.fill(0)
  say((c) => t.same([...c.encodeMedia(frame).data], [1, 0, 0, 4]))
  say((c) => t.same([...c.encodeMedia({ ...frame, payload: Uint8Array.of(8, 9) }).data], [1, 8, 9, 4]))
})
