// What the simulated Webex writes, as protobufjs reads it from proto/.
import t from 'tap'
import { WebexPbx } from '../../../proxy/dialects/webex/pbx.js'
import type { WireMessage } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'
import { readRequest } from '../../support/webex.js'

t.test('20 ms of each leg in turn, each with the time of its capture', async (t) => {
  const pbx = new WebexPbx(script, { headers: {}, subprotocols: [] })
  const out: WireMessage[] = []
  pbx.opened()
  pbx.audio([new Int16Array(200), new Int16Array(200)], 0, out)
  t.notOk(pbx.isDone)
  pbx.hangUp(0, out)
  t.ok(pbx.isDone)
  const seconds = script.auth.epochMs / 1000
  t.match(
    out.map(({ data }) => readRequest(data)),
    [
      {
        conversation_id: script.callId,
        additional_info: { queue: 'billing' },
        audio: {
          encoding: 2,
          sample_rate_hertz: 8000,
          role: 1,
          role_id: 'leg-1',
          audio_timestamp: { seconds, nanos: 0 },
        },
      },
      { audio: { role: 2, role_id: 'leg-2', audio_timestamp: { seconds, nanos: 0 } } },
      { audio: { role: 1, audio_timestamp: { seconds, nanos: 20_000_000 } } },
      { audio: { role: 2, audio_timestamp: { seconds, nanos: 20_000_000 } } },
    ],
  )
  t.same(
    out.map(({ data }) => (readRequest(data)['audio'] as { audio_data: Buffer }).audio_data.length),
    [160, 160, 40, 40],
  )
})
