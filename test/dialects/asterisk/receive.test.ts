import t from 'tap'
import { asteriskSchema } from '../../../proxy/dialects/asterisk/options.js'
import { AsteriskReceiver } from '../../../proxy/dialects/asterisk/receive.js'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { messageOf } from '../../../proxy/dialects/held-message.js'
import { textMessage, textOf, type WireMessage } from '../../../proxy/media/wire.js'

const startOf = (format: string, variables: object = {}): string =>
  JSON.stringify({
    event: 'MEDIA_START',
    connection_id: 'rec1',
    channel: 'WebSocket/rec1/0x1',
    channel_id: '1795297482.10',
    format,
    optimal_frame_size: 160,
    ptime: 20,
    channel_variables: variables,
  })

const receiverOf = (options: object = {}, ...texts: string[]): AsteriskReceiver => {
  const receiver = new AsteriskReceiver(asteriskSchema.parse({ options }).options)
  for (const text of texts) receiver.receive(textMessage(text), 0, [])
  return receiver
}
const audio = (...bytes: number[]): WireMessage => ({ data: Uint8Array.from(bytes), isBinary: true })
const hear = (receiver: AsteriskReceiver, message: WireMessage | string, nowMs = 0): ForkEvent[] => {
  const out: ForkEvent[] = []
  receiver.receive(typeof message === 'string' ? textMessage(message) : message, nowMs, out)
  return out
}
const told = (events: readonly ForkEvent[]): string[] =>
  events.map((event) => {
    if (event.kind === 'violation') return event.code
    if (event.kind === 'media') return `media ${event.frame.startSample}+${event.frame.sampleCount}`
    if (event.kind === 'message') return textOf(messageOf(event.held))
    if (event.kind === 'digit') return `digit ${event.digit}`
    return event.kind === 'close' ? `close ${event.code}` : event.kind
  })

t.test('MEDIA_START opens the call under the id of its channel, and goes on as it came', async (t) => {
  const receiver = receiverOf({ role: 'caller' })
  const message = textMessage(startOf('ulaw'))
  const [event, ...rest] = hear(receiver, message)
  t.match(event, {
    kind: 'started',
    call: {
      callId: '1795297482.10',
      streamId: '1795297482.10',
      tracks: [{ index: 0, role: 'caller' }],
      streams: [{ format: { codec: 'pcmu', clockRateHz: 8000, channelCount: 1 }, tracks: [0] }],
      metadata: { channel_id: '1795297482.10', connection_id: 'rec1', channel: 'WebSocket/rec1/0x1' },
      isProbe: false,
    },
    held: { envelope: message },
  })
  t.same(rest, [])
  t.equal(receiver.start, message)
  t.ok(receiver.hasStarted)
})

t.test(
  'leaked channel variables are gone from what is held, and from what a redialled recorder hears',
  async (t) => {
    const receiver = receiverOf({ channelVariables: ['QUEUE'] })
    hear(receiver, startOf('ulaw', { __CARD: '4111111111111111', __QUEUE: 'billing', PIN: '1234' }))
    t.equal(textOf(receiver.start!), startOf('ulaw', { __QUEUE: 'billing' }))
  },
)

t.test('a channel variable may hold the id of the call; without it the channel has its own', async (t) => {
  const idOf = (variables: object) => {
    const [event] = hear(receiverOf({ callIdVariable: 'CALL_ID' }), startOf('ulaw', variables))
    return event?.kind === 'started' ? [event.call.callId, event.call.streamId] : []
  }
  t.same(idOf({ __CALL_ID: 'c7' }), ['c7', '1795297482.10'])
  t.same(idOf({}), ['1795297482.10', '1795297482.10'])
  const receiver = receiverOf({ callIdVariable: 'CALL_ID' }, startOf('ulaw', { __CALL_ID: 'c7', PIN: '1' }))
  t.equal(textOf(receiver.start!), startOf('ulaw', { __CALL_ID: 'c7' }), 'the recorder has it too')
})

t.test('audio is placed by what came before, in the format that was told', async (t) => {
  for (const [format, bytes, samples] of [
    ['ulaw', 160, 160],
    ['slin16', 640, 320],
    ['g722', 160, 320],
  ] as const) {
    const receiver = receiverOf({}, startOf(format))
    t.same(told(hear(receiver, audio(...Array(bytes).fill(1)))), [`media 0+${samples}`])
    t.same(told(hear(receiver, audio(...Array(bytes).fill(1)))), [`media ${samples}+${samples}`])
  }
  const plain = receiverOf(
    {},
    'MEDIA_START connection_id:a channel:b channel_id:c format:slin optimal_frame_size:320 ptime:20',
  )
  t.same(told(hear(plain, audio(1, 0))), ['media 0+1'])
})

t.test('half a sample is silenced, and the message keeps its length', async (t) => {
  const receiver = receiverOf({}, startOf('slin'))
  const message = audio(1, 2, 3)
  t.same(told(hear(receiver, message)), ['odd-length', 'media 0+1'])
  t.same([...message.data], [1, 2, 0])
  const lone = audio(9)
  t.same(told(hear(receiver, lone)), ['odd-length', '\0'])
  t.same([...lone.data], [0], 'no sample: it goes on, silent, in its place')
  t.same(told(hear(receiver, audio())), [''])
})

t.test('an Opus packet lasts as long as it says, one that cannot be read as long as a frame', async (t) => {
  const receiver = receiverOf({}, startOf('opus'))
  t.same(told(hear(receiver, audio(0xf8, 0xff, 0xfe))), ['media 0+960'])
  t.same(told(hear(receiver, audio(0xfb))), ['media 960+960'])
})

t.test('what comes before MEDIA_START is kept, and taken in its order behind it', async (t) => {
  const receiver = receiverOf()
  for (const message of [
    audio(...Array(160).fill(7)),
    'MEDIA_XOFF',
    'DTMF_END digit:4 channel_id:c',
    audio(1),
  ])
    t.same(hear(receiver, message, 3), [])
  const events = hear(receiver, startOf('ulaw'), 9)
  t.same(told(events), ['started', 'media 0+160', 'MEDIA_XOFF', 'digit 4', 'media 160+1'])
  t.match(events[1], { frame: { receivedAtMs: 3 } }, 'its hold-back runs from when it came')
})

t.test('what is kept before MEDIA_START is bounded; beyond it is overwritten and counted', async (t) => {
  const many = receiverOf()
  for (let i = 0; i < 128; i++) t.same(hear(many, audio(1)), [])
  const over = audio(1)
  t.same(told(hear(many, over)), ['early-message-dropped'])
  t.same([...over.data], [0])
  const large = receiverOf()
  t.same(hear(large, { data: new Uint8Array(640 << 10), isBinary: true }), [])
  t.same(told(hear(large, audio(1))), ['early-message-dropped'])
})

t.test('a format that nothing can listen to is refused, and nothing of it is kept', async (t) => {
  const receiver = receiverOf()
  const early = audio(1, 2, 3)
  hear(receiver, early)
  t.same(told(hear(receiver, startOf('g729'))), ['format-unsupported', 'close 1003'])
  t.same([...early.data], [0, 0, 0])
  t.same(hear(receiver, audio(1)), [])
  t.notOk(receiver.hasStarted)
  t.same(told(hear(receiverOf(), '{"event":"MEDIA_START","format":"ulaw"}')), [
    'start-malformed',
    'close 1008',
  ])
})

t.test('a key is for the policy alone', async (t) => {
  const receiver = receiverOf({}, startOf('ulaw'))
  t.match(hear(receiver, '{"event":"DTMF_END","channel_id":"1.2","digit":"d"}'), [
    { kind: 'digit', track: 0, digit: 'D', durationSamples: 0, held: null },
  ])
  t.same(told(hear(receiver, 'DTMF_END digit:# channel_id:1.2')), ['digit #'])
  t.same(told(hear(receiver, '{"event":"DTMF_END","digit":"45"}')), ['digit-malformed'])
  t.same(told(hear(receiver, 'DTMF_END')), ['digit-malformed'])
})

t.test('other events keep their place; what is none, or comes twice, goes nowhere', async (t) => {
  const receiver = receiverOf({}, startOf('ulaw'))
  t.same(told(hear(receiver, 'MEDIA_XON')), ['MEDIA_XON'])
  t.same(told(hear(receiver, '{"event":"MEDIA_XOFF", "channel_id":"1.2"}')), [
    '{"event":"MEDIA_XOFF","channel_id":"1.2"}',
  ])
  t.same(told(hear(receiver, '{"event":"DTMF_BEGIN","digit":"4"}')), ['event-unknown'])
  t.same(told(hear(receiver, startOf('slin'))), ['start-repeated'])
  t.same(told(hear(receiver, audio(1))), ['media 0+1'], 'in the first format')
})
