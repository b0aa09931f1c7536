// The two descriptions of the wire are one: the tables that the proxy reads by, and the file in proto/ that peers read.
import t from 'tap'
import { readMessage } from '../../../proxy/dialects/protobuf.js'
import { METHOD, streamEvent } from '../../../proxy/dialects/ringcx/messages.js'
import { AGENT, info, init, join, leave, media, ringcxService } from '../../support/ringcx.js'

t.test('the method is the one of the file', async (t) => {
  t.match(ringcxService['Stream'], { path: METHOD, requestStream: true, responseStream: false })
})

t.test('whatever the file can say is known', async (t) => {
  const start = {
    product: { id: 'P', type: 1 },
    participant: { id: 'p', type: AGENT, name: 'n' },
    audio_format: { codec: 3, rate: 8000, ptime: 100 },
  }
  for (const { data } of [
    init({ ani: 'a', dnis: 'd', language: 'l', attributes: { k: 'v' } }),
    join('s', AGENT, start),
    media('s', 7),
    info('s', 'hold', 'data'),
    leave('s'),
  ]) {
    const event = readMessage(data, streamEvent)
    t.equal(event?.isForeign, false)
    t.same(
      event!.rebuilt(() => true),
      data,
      'and comes back as it was',
    )
  }
})
