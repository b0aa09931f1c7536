import t from 'tap'
import type { RecorderEvent } from '../../../proxy/dialects/dialect.js'
import { webexSchema } from '../../../proxy/dialects/webex/options.js'
import { WebexRecorder } from '../../../proxy/dialects/webex/recorder.js'
import { AGENT, frame, request } from '../../support/webex.js'

t.test('a recorder hears a call begin and its audio, counts what is wrong, and says nothing', async (t) => {
  const recorder = new WebexRecorder(webexSchema.parse({}).options)
  const out: RecorderEvent[] = []
  for (const message of [request({}), frame(AGENT, 'a'), frame(AGENT, 'a', { encoding: 9 })])
    recorder.receive(message, 0, out)
  t.same(
    out.map((event) => (event.kind === 'violation' ? event.code : event.kind)),
    ['started', 'media', 'format-unsupported'],
  )
})
