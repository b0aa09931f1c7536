import t from 'tap'
import type { RecorderEvent } from '../../../proxy/dialects/dialect.js'
import { JsonMediaRecorder } from '../../../proxy/dialects/json-media/recorder.js'
import { twilioWire } from '../../../proxy/dialects/twilio/messages.js'
import { twilioSchema } from '../../../proxy/dialects/twilio/options.js'
import { textMessage } from '../../../proxy/media/wire.js'
import { copyOf, readFixture } from '../../support/dialect-fixture.js'

const { options } = twilioSchema.parse({})

t.test('a recorder hears the call that the PBX forked, and never answers', async (t) => {
  const recorder = new JsonMediaRecorder(twilioWire(options))
  const out: RecorderEvent[] = []
  for (const { message } of readFixture('twilio', 'fork-with-gap')) recorder.receive(copyOf(message), 5, out)
  t.equal(out[0]?.kind, 'started')
  t.equal(out.at(-1)?.kind, 'ended')
  t.same(
    out.flatMap((event) =>
      event.kind === 'media' && event.frame.stream === 1 ? [event.frame.startSample] : [],
    ),
    [0, 160, 320, 8360, 8520],
  )
  t.equal(out.length, 12)
})

t.test('who is not Twilio is closed', async (t) => {
  const out: RecorderEvent[] = []
  new JsonMediaRecorder(twilioWire(options)).receive(textMessage('{}'), 0, out)
  t.same(out, [
    { kind: 'violation', code: 'dialect-mismatch' },
    { kind: 'close', code: 1008 },
  ])
})
