import t from 'tap'
import type { RecorderEvent } from '../../../proxy/dialects/dialect.js'
import { ringcxSchema } from '../../../proxy/dialects/ringcx/options.js'
import { RingcxRecorder } from '../../../proxy/dialects/ringcx/recorder.js'
import { AGENT, init, join, leave, media } from '../../support/ringcx.js'

t.test('a recorder hears a call begin and its audio, counts what is wrong, and says nothing', async (t) => {
  const recorder = new RingcxRecorder(ringcxSchema.parse({}).options)
  const out: RecorderEvent[] = []
  for (const message of [init(), join('a', AGENT), media('a', 1), media('x', 1), leave('a')])
    recorder.receive(message, 0, out)
  t.same(
    out.map((event) => (event.kind === 'violation' ? event.code : event.kind)),
    ['started', 'media', 'segment-unknown'],
  )
})
