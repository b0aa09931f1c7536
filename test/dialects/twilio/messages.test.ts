import t from 'tap'
import { twilioWire } from '../../../proxy/dialects/twilio/messages.js'
import { twilioSchema } from '../../../proxy/dialects/twilio/options.js'

const wire = twilioWire(twilioSchema.parse({}).options)

t.test('a start without a format is mu-law at 8,000 Hz, its parameters may be anything', async (t) => {
  t.match(wire.readStart({ start: { callSid: 7, tracks: ['inbound'], customParameters: 'none' } }), {
    callId: '7',
    streamId: '7',
    parameters: {},
    tracks: [{ name: 'inbound', role: 'caller', format: { codec: 'pcmu', clockRateHz: 8000 } }],
  })
})

t.test('tracks keep the order in which they are announced, twice is once', async (t) => {
  const start = wire.readStart({ start: { callSid: 'CA1', tracks: ['outbound', 'inbound', 'outbound'] } })
  t.match(start, { tracks: [{ name: 'outbound' }, { name: 'inbound' }], hasStrangeTracks: false })
})
