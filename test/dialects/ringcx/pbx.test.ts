// What the simulated RingCX writes, as protobufjs reads it from proto/.
import t from 'tap'
import { RedactError } from '../../../proxy/base/errors.js'
import { RingcxPbx } from '../../../proxy/dialects/ringcx/pbx.js'
import type { WireMessage } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'
import { readEvent } from '../../support/ringcx.js'

const handshake = { headers: {}, subprotocols: [] }
const said = (messages: readonly WireMessage[]): Record<string, unknown>[] =>
  messages.map(({ data }) => readEvent(data))

t.test('a dialog, a segment for each party, chunks of 100 ms in turn, and an end', async (t) => {
  const pbx = new RingcxPbx(script, handshake)
  const out: WireMessage[] = []
  pbx.opened(0, out)
  pbx.audio([new Int16Array(1000), new Int16Array(1000)], 0, out)
  t.notOk(pbx.isDone)
  pbx.hangUp(0, out)
  t.ok(pbx.isDone)
  const session_id = `session-${script.callId}`
  t.match(said(out), [
    {
      session_id,
      dialog_init: {
        account: { id: '1001' },
        dialog: { id: script.callId, type: 1, attributes: { queue: 'billing' } },
      },
    },
    {
      session_id,
      segment_start: {
        segment_id: 'segment-1',
        participant: { id: 'caller-0', type: 1 },
        audio_format: { codec: 3, rate: 8000, ptime: 100 },
      },
    },
    { segment_start: { segment_id: 'segment-2', participant: { id: 'agent-1', type: 2 } } },
    { segment_media: { segment_id: 'segment-1', audio_content: { seq: 1, duration: 100 } } },
    { segment_media: { segment_id: 'segment-2', audio_content: { seq: 1, duration: 100 } } },
    { segment_media: { segment_id: 'segment-1', audio_content: { seq: 2, duration: 25 } } },
    { segment_media: { segment_id: 'segment-2', audio_content: { seq: 2, duration: 25 } } },
    { segment_stop: { segment_id: 'segment-1' } },
    { segment_stop: { segment_id: 'segment-2' } },
  ])
  t.equal(out.length, 9)
})

t.test('it has no other rate than 8,000 Hz', async (t) => {
  t.throws(() => new RingcxPbx({ ...script, sampleRateHz: 16_000 }, handshake), RedactError)
})
