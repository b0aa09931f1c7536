import t from 'tap'
import type { RecorderEvent } from '../../../proxy/dialects/dialect.js'
import { vonageSchema } from '../../../proxy/dialects/vonage/options.js'
import { VonageRecorder } from '../../../proxy/dialects/vonage/recorder.js'
import { textMessage } from '../../../proxy/media/wire.js'
import { copyOf, readFixture } from '../../support/dialect-fixture.js'

const { options } = vonageSchema.parse({})

t.test('a recorder hears the call and says nothing', async (t) => {
  const recorder = new VonageRecorder(options)
  const out: RecorderEvent[] = []
  for (const { side, message } of readFixture('vonage', 'ncco-headers'))
    if (side === 'pbx') recorder.receive(copyOf(message), 5, out)
  t.same(
    out.map((event) => (event.kind === 'media' ? event.frame.startSample : event.kind)),
    ['started', 0, 320, 640],
  )
})

t.test('a call without an id has no name, another dialect is closed', async (t) => {
  const heard = (text: string): RecorderEvent[] => {
    const out: RecorderEvent[] = []
    new VonageRecorder(options).receive(textMessage(text), 0, out)
    return out
  }
  t.match(heard('{"event":"websocket:connected","content-type":"audio/l16;rate=8000"}'), [
    { kind: 'started', call: { callId: 'unnamed' } },
  ])
  t.same(heard('{"event":"start"}'), [
    { kind: 'violation', code: 'dialect-mismatch' },
    { kind: 'close', code: 1008 },
  ])
})
