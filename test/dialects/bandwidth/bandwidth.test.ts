import t from 'tap'
import { bandwidth } from '../../../proxy/dialects/bandwidth/bandwidth.js'
import { textOf } from '../../../proxy/media/wire.js'
import { after, codesIn, connect, framesIn, hear, heldIn, replay } from '../../support/json-media.js'

const start = (encoding = 'PCMU', sampleRate = 8000) => ({
  eventType: 'start',
  metadata: {
    callId: 'c-1',
    streamId: 's-1',
    tracks: [{ name: 'inbound', mediaFormat: { encoding, sampleRate } }],
  },
})

t.test('without counters, a frame follows the one before it on its track', async (t) => {
  const { call, sent, received } = replay(bandwidth, 'both-tracks')
  t.same(
    received,
    sent.map((text) => text.replace('4111 1111 1111 1111 cvc 737', '**** **** **** **** cvc ***')),
  )
  t.same(
    framesIn(call.events).map(({ stream, startSample }) => `${stream} ${startSample}`),
    [0, 171, 342, 513, 684].flatMap((at) => [`0 ${at}`, `1 ${at}`]),
  )
  t.same(codesIn(call.events), ['recorder-message-dropped'])
  t.equal(call.events.at(-1)?.kind, 'ended')
})

t.test('start comes first, by its eventType', async (t) => {
  t.same(codesIn(hear(connect(bandwidth), { event: 'start' })), ['dialect-mismatch'])
  t.equal(hear(connect(bandwidth), start('audio/PCMU'))[0]?.kind, 'started')
  t.same(codesIn(hear(connect(bandwidth), start('PCMA'))), ['format-unsupported'])
  t.same(codesIn(hear(connect(bandwidth), start('PCMU', 16_000))), ['format-unsupported'])
  t.same(codesIn(hear(connect(bandwidth), { eventType: 'start', metadata: {} })), ['start-malformed'])
})

t.test('newer messages with a sequenceNumber are plain as well', async (t) => {
  const media = '{"eventType":"media","track":"inbound","sequenceNumber":7,"payload":"AAAA"}'
  t.match(framesIn(hear(after(bandwidth, {}, start()), media)), [{ sampleCount: 3 }])
})

t.test('audio in another event does not go on', async (t) => {
  const odd = { eventType: 'news', payload: 'AAAA', track: 'inbound' }
  const heard = hear(after(bandwidth, {}, start()), odd)
  t.same(codesIn(heard), ['event-unknown'])
  t.same(heldIn(heard), ['{"eventType":"news","track":"inbound"}'])
})

t.test(
  'parameters may be dropped or allowed by name; of what acts on the call only what is allowed goes back',
  async (t) => {
    const first = (streamParams: unknown): unknown =>
      JSON.parse(replay(bandwidth, 'both-tracks', { options: { streamParams } }).received[0]!).streamParams
    t.same(first('drop'), {})
    t.same(first({ allow: ['case'] }), { case: '4711' })
    const { call } = replay(bandwidth, 'both-tracks', { options: { allowFromRecorder: ['clear'] } })
    t.same(call.toPbx.map(textOf), ['{"eventType":"clear"}'])
  },
)
