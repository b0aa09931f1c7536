import t from 'tap'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { messageOf } from '../../../proxy/dialects/held-message.js'
import { encodeMedia } from '../../../proxy/dialects/json-media/encode.js'
import { TEXT_AT } from '../../../proxy/dialects/json-media/media-layout.js'
import { mediaMemory } from '../../../proxy/dialects/json-media/media-memory.js'
import { JsonMediaReceiver } from '../../../proxy/dialects/json-media/receiver.js'
import { twilioWire } from '../../../proxy/dialects/twilio/messages.js'
import { twilioSchema } from '../../../proxy/dialects/twilio/options.js'
import type { MediaFrame } from '../../../proxy/media/frame.js'
import { textMessage, textOf } from '../../../proxy/media/wire.js'

const connected = '{"event":"connected","protocol":"Call","version":"1.0.0"}'
const start =
  '{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"MZ1","callSid":"CA1","tracks":["inbound","outbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"agent":"4711"}},"streamSid":"MZ1"}'
const silence20Ms = `${'/'.repeat(213)}w==`
const speech20Ms = Buffer.alloc(160, 0x11).toString('base64')
const media = (track: string, timestamp: unknown, payload = speech20Ms): string =>
  JSON.stringify({
    event: 'media',
    sequenceNumber: '2',
    media: { track, chunk: '1', timestamp, payload },
    streamSid: 'MZ1',
  })
const dtmf = (digit: unknown, extra = {}): string =>
  JSON.stringify({
    event: 'dtmf',
    sequenceNumber: '3',
    streamSid: 'MZ1',
    dtmf: { track: 'inbound_track', digit, ...extra },
  })

const receiverOf = (options: object = {}, ...texts: string[]): JsonMediaReceiver => {
  const receiver = new JsonMediaReceiver(twilioWire(twilioSchema.parse({ options }).options))
  for (const text of texts) receiver.receive(textMessage(text), 0, [])
  return receiver
}
const streaming = (options: object = {}): JsonMediaReceiver => receiverOf(options, connected, start)
const hear = (receiver: JsonMediaReceiver, text: string, nowMs = 0): ForkEvent[] => {
  const out: ForkEvent[] = []
  receiver.receive(textMessage(text), nowMs, out)
  return out
}
const frameIn = (events: readonly ForkEvent[]): MediaFrame => {
  const event = events.find(({ kind }) => kind === 'media')
  if (event?.kind !== 'media') throw new Error('no frame')
  return event.frame
}
const codes = (events: readonly ForkEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'violation' ? [event.code] : []))
const heldIn = (events: readonly ForkEvent[]): string[] =>
  events.flatMap((event) => ('held' in event && event.held !== null ? [textOf(messageOf(event.held))] : []))

t.test('connected and start open a call of one stream per track, and go on as they came', async (t) => {
  const receiver = receiverOf()
  t.same(hear(receiver, connected), [])
  const events = hear(receiver, start)
  t.same(heldIn(events), [connected, start])
  t.same(receiver.preamble?.map(textOf), [connected, start])
  const format = { codec: 'pcmu', clockRateHz: 8000, channelCount: 1 }
  t.match(events[0], {
    kind: 'started',
    call: {
      callId: 'CA1',
      streamId: 'MZ1',
      tracks: [
        { index: 0, role: 'caller' },
        { index: 1, role: 'agent' },
      ],
      streams: [
        { format, tracks: [0] },
        { format, tracks: [1] },
      ],
      metadata: { agent: '4711', callSid: 'CA1', streamSid: 'MZ1', accountSid: 'AC1' },
    },
  })
})

t.test('a first message that is not connected refuses the call', async (t) => {
  const firsts = [
    start,
    media('inbound', '1'),
    '{"event":"stop"}',
    '',
    'rubbish',
    '[]',
    '{"type":"open","version":"2"}',
  ]
  for (const first of firsts) {
    const receiver = receiverOf()
    t.same(hear(receiver, first), [
      { kind: 'violation', side: 'pbx', code: 'dialect-mismatch' },
      { kind: 'close', side: 'pbx', code: 1008 },
    ])
    t.same(hear(receiver, connected), [], 'and nothing helps after that')
  }
})

t.test('a start that cannot be judged refuses the call', async (t) => {
  const starts: [string, string, number][] = [
    [start.replace('audio/x-mulaw', 'audio/x-alaw'), 'format-unsupported', 1003],
    [start.replace('8000', '16000'), 'format-unsupported', 1003],
    [start.replace('"channels":1', '"channels":2'), 'format-unsupported', 1003],
    [start.replace('["inbound","outbound"]', '["both"]'), 'start-malformed', 1008],
    [start.replace('["inbound","outbound"]', '[]'), 'start-malformed', 1008],
    [start.replace('"callSid":"CA1",', ''), 'start-malformed', 1008],
    ['{"event":"start"}', 'start-malformed', 1008],
  ]
  for (const [text, code, closeCode] of starts)
    t.same(hear(receiverOf({}, connected), text), [
      { kind: 'violation', side: 'pbx', code },
      { kind: 'close', side: 'pbx', code: closeCode },
    ])
})

t.test('numbers as numbers, a missing format and an unknown track are understood', async (t) => {
  const lenient = start
    .replace('"1"', '1')
    .replace('8000', '"8000"')
    .replace('"channels":1', '"channels":"1"')
  t.equal(hear(receiverOf({}, connected), lenient)[0]?.kind, 'started')
  const bare = '{"event":"start","start":{"callSid":"CA1","streamSid":"MZ1","tracks":["inbound"]}}'
  t.equal(hear(receiverOf({}, connected), bare)[0]?.kind, 'started')
  const strange = start.replace('"outbound"', '"whisper"')
  t.same(codes(hear(receiverOf({}, connected), strange)), ['track-unknown'])
})

t.test('a frame is 160 samples of its own memory, on its own track', async (t) => {
  const receiver = streaming()
  const frame = frameIn(hear(receiver, media('outbound', '0'), 7))
  t.equal(frame.stream, 1)
  t.equal(frame.sampleCount, 160)
  t.equal(frame.receivedAtMs, 7)
  t.same([...frame.payload], Array(160).fill(0x11))
  t.ok(frame.heldBytes > media('outbound', '0').length)
})

t.test(
  'position: contiguous while timestamps jitter, the timestamp when it is more than 60 ms ahead',
  async (t) => {
    const receiver = streaming()
    const at = (track: string, timestamp: unknown): number =>
      frameIn(hear(receiver, media(track, timestamp))).startSample
    t.equal(at('inbound', '60'), 0)
    t.equal(at('outbound', '61'), 488, 'both tracks count from the same zero')
    t.equal(at('inbound', '80'), 160)
    t.equal(at('inbound', '100'), 320, 'still exactly 60 ms ahead')
    t.equal(at('inbound', 1000), 8000, 'a loss')
    t.equal(at('inbound', '500'), 8160, 'never back')
    t.equal(at('inbound', '999999999999'), 8320, 'never into another day')
    t.equal(at('inbound', 'soon'), 8480)
    t.same(codes(hear(receiver, media('inbound', 'soon'))), ['timestamp-malformed'])
  },
)

t.test('a message with more than the known keys keeps its spelling, its card numbers masked', async (t) => {
  const odd = media('inbound', '0').replace('"chunk"', '"note":"ü 4111111111111111","chunk"')
  const receiver = streaming()
  const frame = frameIn(hear(receiver, odd))
  t.equal(textOf(encodeMedia(frame, false)), odd.replace('4111111111111111', '****************'))
  frame.payload.fill(0xff)
  t.equal(
    textOf(encodeMedia(frame, true)),
    odd.replace('4111111111111111', '****************').replace(speech20Ms, silence20Ms),
  )
})

t.test('escaped slashes: unchanged bytes when it passes, plain base64 when it is silenced', async (t) => {
  const text = media('inbound', '0', silence20Ms).replaceAll('/', '\\/')
  const message = textMessage(text)
  const out: ForkEvent[] = []
  streaming().receive(message, 0, out)
  const frame = frameIn(out)
  t.equal(frame.sampleCount, 160)
  t.equal(textOf(encodeMedia(frame, false)), text)
  t.equal(textOf(encodeMedia(frame, true)), media('inbound', '0', silence20Ms))
  t.ok(
    message.data.every((byte) => byte === 0),
    'and what came is gone',
  )
})

t.test('audio that two readers might read differently goes on in one reading only', async (t) => {
  const other = Buffer.alloc(160, 0x22).toString('base64')
  const ambiguous = [
    media('inbound', '0').replace('"chunk"', `"payload":"${other}","chunk"`),
    media('inbound', '0').replace('"chunk"', `"p\\u0061yload":"${other}","chunk"`),
    media('inbound', '0').replace('"event"', `"media":{"track":"inbound","payload":"${other}"},"event"`),
    media('inbound', '0').replace('"event"', `"extra":{"payload":"${other}"},"event"`),
    media('inbound', '0').replace('"event"', '"dtmf":{"digit":"4"},"event"'),
  ]
  for (const text of ambiguous) {
    const events = hear(streaming(), text)
    t.same(codes(events), ['media-ambiguous'])
    const frame = frameIn(events)
    const sent = textOf(encodeMedia(frame, false))
    t.equal(JSON.parse(sent).media.payload, speech20Ms)
    t.equal(sent.split('payload').length, 2)
    t.notMatch(sent, other)
    t.notMatch(sent, 'digit')
    frame.payload.fill(0xff)
    t.equal(JSON.parse(textOf(encodeMedia(frame, true))).media.payload, silence20Ms)
  }
})

t.test('audio that cannot be judged leaves as silence of its duration', async (t) => {
  const receiver = streaming()
  const bad: [string, string][] = [
    [media('inbound', '0', `${speech20Ms.slice(0, -1)}!`), 'payload-malformed'],
    [media('inbound', '0', speech20Ms.slice(0, -3)), 'payload-malformed'],
    [media('whisper', '0'), 'track-unknown'],
    [media('inbound', '0', ''), 'payload-malformed'],
  ]
  for (const [text, code] of bad) {
    const events = hear(receiver, text)
    t.same(codes(events), [code])
    const payload = JSON.parse(heldIn(events)[0]!).media.payload
    t.match(payload, /^\/*(w==|8=)?$/)
    t.ok(Math.abs(payload.length - JSON.parse(text).media.payload.length) <= 3)
  }
})

t.test('nothing of audio that cannot be judged is left where it was read', async (t) => {
  const receiver = streaming()
  hear(receiver, media('inbound', '0'))
  mediaMemory.overwrite()
  const isBlank = (): boolean => new Uint8Array(mediaMemory.found.buffer, TEXT_AT).every((byte) => byte === 0)
  for (const text of [media('both', '20'), media('inbound', '20', ''), media('inbound', '20', '////*')]) {
    hear(receiver, text)
    t.ok(isBlank(), text.slice(0, 80))
  }
})

t.test('a key is told to the policy and masked for the recorder, the sequence without a hole', async (t) => {
  const events = hear(streaming(), dtmf('4'))
  t.match(events, [{ kind: 'digit', track: 0, digit: '4', durationSamples: 0 }])
  t.same(heldIn(events), [dtmf('*')])
  t.same(heldIn(hear(streaming({ digitMask: '0' }), dtmf('#'))), [dtmf('0')])
  const spaced = dtmf('7').replaceAll(':', ' : ')
  t.same(heldIn(hear(streaming(), spaced)), [spaced.replace('"7"', '"*"')])
})

t.test('a key in any other spelling is masked as well', async (t) => {
  const spellings: [string, string[]][] = [
    [dtmf(4), ['4']],
    [dtmf('4', { key: '4' }), ['4']],
    [dtmf('4').replace('"digit"', '"d\\u0069git"'), ['4']],
    [dtmf('4').replace('"4"', '"\\u0034"'), ['4']],
    [dtmf('4').replace('"digit"', '"digit":"5","digit"'), ['4']],
    [dtmf('4').replace('"event"', '"heard":4,"event"'), ['4']],
    [dtmf('4').replace('"3"', '"4"').replace('"sequenceNumber"', '"last":"4","sequenceNumber"'), ['4']],
    [dtmf('41'), ['4', '1']],
  ]
  for (const [text, digits] of spellings) {
    const events = hear(streaming(), text)
    t.same(
      events.flatMap((event) => (event.kind === 'digit' ? [event.digit] : [])),
      digits,
    )
    const held = heldIn(events)
    t.equal(held.length, 1)
    t.same(JSON.parse(held[0]!).dtmf, { track: 'inbound_track', digit: '*' })
    t.same(Object.keys(JSON.parse(held[0]!)).sort(), ['dtmf', 'event', 'sequenceNumber', 'streamSid'])
  }
  for (const nothing of ['', null, {}, 'é']) {
    const events = hear(streaming(), dtmf(nothing))
    t.same(codes(events), ['digit-malformed'])
    t.equal(JSON.parse(heldIn(events)[0]!).dtmf.digit, '*')
  }
})

t.test('marks and unknown events keep their place, without card numbers, audio and keys', async (t) => {
  const mark = '{"event":"mark","sequenceNumber":"4","streamSid":"MZ1","mark":{"name":"m 1"}}'
  t.same(
    hear(streaming(), mark).map(({ kind }) => kind),
    ['message'],
  )
  t.same(heldIn(hear(streaming(), mark)), [mark])
  t.same(heldIn(hear(streaming(), mark.replace('m 1', '4111111111111111'))), [
    mark.replace('m 1', '****************'),
  ])
  const unknown = hear(
    streaming(),
    `{"event":"news","streamSid":"MZ1","media":{"payload":"${speech20Ms}"},"dtmf":{"digit":"4"},"a":1}`,
  )
  t.same(codes(unknown), ['event-unknown'])
  t.same(heldIn(unknown), ['{"event":"news","streamSid":"MZ1","a":1}'])
  const smuggled = `{"event":"media","media":{"payload":"${speech20Ms}"},"event":"mark"}`
  t.same(heldIn(hear(streaming(), smuggled)), ['{"event":"mark"}'])
  const twice = '{"event":"mark","mark":{"name":"a"},"mark":{"name":"b"}}'
  t.same(heldIn(hear(streaming(), twice)), ['{"event":"mark","mark":{"name":"b"}}'])
})

t.test('stop ends the call; nothing is heard behind it', async (t) => {
  const stop = '{"event":"stop","sequenceNumber":"9","streamSid":"MZ1","stop":{"callSid":"CA1"}}'
  const receiver = streaming()
  const events = hear(receiver, stop)
  t.match(events, [{ kind: 'ended', reason: 'hangup' }])
  t.same(heldIn(events), [stop])
  t.same(codes(hear(receiver, media('inbound', '20'))), ['message-misplaced'])
  t.same(hear(receiver, media('inbound', '20')).length, 1)
})

t.test('what is out of place or no JSON is counted and goes nowhere', async (t) => {
  const misplaced: [JsonMediaReceiver, string, string][] = [
    [receiverOf({}, connected), media('inbound', '0'), 'message-misplaced'],
    [streaming(), connected, 'message-misplaced'],
    [streaming(), start, 'message-misplaced'],
    [streaming(), '{"event":"media"', 'malformed-json'],
    [streaming(), `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'malformed-json'],
  ]
  for (const [receiver, text, code] of misplaced)
    t.same(hear(receiver, text), [{ kind: 'violation', side: 'pbx', code }])
  const out: ForkEvent[] = []
  streaming().receive({ data: new Uint8Array(3), isBinary: true }, 0, out)
  t.same(codes(out), ['binary-message'])
  t.same(codes(hear(streaming(), media('inbound', '0').replace('MZ1', 'MZ2'))), ['stream-mismatch'])
})

t.test('custom parameters: card numbers masked, all but the allowed ones dropped on request', async (t) => {
  const withCard = start.replace('"4711"', '"4711","note":"card 4111-1111-1111-1111"')
  const startOf = (options: object): string => heldIn(hear(receiverOf(options, connected), withCard))[1]!
  t.equal(startOf({}), withCard.replace('4111-1111-1111-1111', '****-****-****-****'))
  t.same(JSON.parse(startOf({ customParameters: 'drop' })).start.customParameters, {})
  t.same(JSON.parse(startOf({ customParameters: { allow: ['agent'] } })).start.customParameters, {
    agent: '4711',
  })
  const event = hear(receiverOf({ customParameters: 'drop' }, connected), withCard)[0]
  t.match(event, { call: { metadata: { agent: '4711', note: 'card ****-****-****-****' } } })
  const forged = start.replace('"agent":"4711"', '"callSid":"CA2"')
  t.match(hear(receiverOf({}, connected), forged)[0], { call: { metadata: { callSid: 'CA1' } } })
})
