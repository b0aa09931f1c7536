import t from 'tap'
import { encodeMedia } from '../../../proxy/dialects/binary-media.js'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { messageOf } from '../../../proxy/dialects/held-message.js'
import { modAudioForkSchema } from '../../../proxy/dialects/mod-audio-fork/options.js'
import { ModAudioForkReceiver } from '../../../proxy/dialects/mod-audio-fork/receive.js'
import { textMessage, textOf, type WireMessage } from '../../../proxy/media/wire.js'

const minted = '00000000-0000-4000-8000-000000000001'
const metadata = '{"sampleRate":8000,"mixType":"stereo","callSid":"c1","customerData":{"queue":"billing"}}'
const key = '{"event":"dtmf","dtmf":"5","duration":"1600"}'
const pan = '4111111111111111'

const receiverOf = (options: object = {}, ...texts: string[]): ModAudioForkReceiver => {
  const receiver = new ModAudioForkReceiver(modAudioForkSchema.parse({ options }).options, () => minted)
  for (const text of texts) receiver.receive(textMessage(text), 0, [])
  return receiver
}
const scrubbing = (): ModAudioForkReceiver => receiverOf({ textAfterMetadata: 'scrub' }, metadata)
const audio = (...bytes: number[]): WireMessage => ({ data: Uint8Array.from(bytes), isBinary: true })
const hear = (receiver: ModAudioForkReceiver, message: WireMessage | string, nowMs = 0): ForkEvent[] => {
  const out: ForkEvent[] = []
  receiver.receive(typeof message === 'string' ? textMessage(message) : message, nowMs, out)
  return out
}
const codes = (events: readonly ForkEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'violation' ? [event.code] : []))
const heldIn = (events: readonly ForkEvent[]): string[] =>
  events.flatMap((event) => ('held' in event && event.held !== null ? [textOf(messageOf(event.held))] : []))

t.test('metadata opens the call and goes on as it came', async (t) => {
  const receiver = receiverOf()
  const message = textMessage(metadata)
  const events = hear(receiver, message)
  t.match(events, [
    {
      kind: 'started',
      call: {
        callId: 'c1',
        streamId: 'c1',
        tracks: [
          { index: 0, role: 'caller' },
          { index: 1, role: 'agent' },
        ],
        streams: [{ format: { codec: 'l16', clockRateHz: 8000, channelCount: 2 }, tracks: [0, 1] }],
        metadata: { callSid: 'c1', sampleRate: '8000', 'customerData.queue': 'billing' },
        isProbe: false,
      },
    },
  ])
  t.equal(receiver.metadata, message)
  t.same(heldIn(events), [metadata])
})

t.test(
  "rate and channels are the metadata's where it names them, the configuration's where not",
  async (t) => {
    const formatOf = (text: string | WireMessage, options = {}) => {
      const started = hear(receiverOf(options), text).find((event) => event.kind === 'started')
      return [
        started?.call.streams[0]?.format.clockRateHz,
        started?.call.tracks.map(({ role }) => role).join(),
      ]
    }
    t.same(formatOf('{"sampleRate":16000,"mixType":"mixed"}'), [16_000, 'mixed'])
    t.same(formatOf('{}', { sampleRate: 24_000, mixType: 'stereo' }), [24_000, 'caller,agent'])
    t.same(formatOf(audio(0, 0), { sampleRate: 48_000 }), [48_000, 'caller'])
    t.same(formatOf('{"sampleRate":11025,"mixType":"quad"}'), [8000, 'caller'])
    t.same(codes(hear(receiverOf(), '{"sampleRate":11025}')), ['format-implausible'])
  },
)

t.test('metadata loses card numbers in any field and spelling, ids and telephone numbers stay', async (t) => {
  const leaky = `{"callSid":"${pan}","from":"${pan}","customerData":{"card":"${pan}","n":${pan}},"headers":{"X-Card":"4111-1111-1111-1111"}}`
  const events = hear(receiverOf(), leaky)
  t.same(heldIn(events), [
    `{"callSid":"${pan}","from":"${pan}","customerData":{"card":"****************","n":9999999999999999},"headers":{"X-Card":"****-****-****-****"}}`,
  ])
  t.match(events[0], { call: { metadata: { 'customerData.card': '****************' } } })
  t.same(heldIn(hear(receiverOf(), `free words ${pan}`)), ['free words ****************'])
  t.same(heldIn(hear(receiverOf(), `["${pan}"]`)), ['["****************"]'])
  t.same(heldIn(hear(receiverOf(), '{"a":1,"a":2}')), ['{"a":2}'], 'a key that comes twice comes once')
})

t.test('without metadata audio opens the call, under a minted id', async (t) => {
  const receiver = receiverOf()
  const events = hear(receiver, audio(1, 2, 3, 4), 5)
  t.match(events, [
    { kind: 'started', call: { callId: minted, metadata: {} }, held: null },
    { kind: 'media', frame: { startSample: 0, sampleCount: 2, receivedAtMs: 5 } },
  ])
  t.equal(receiver.metadata, null)
  t.same(hear(receiver, metadata), [], 'and later text is no metadata')
})

t.test('a key or a payment signal as the first text is an event, not metadata', async (t) => {
  t.match(hear(receiverOf(), key), [
    { kind: 'started', call: { callId: minted }, held: null },
    { kind: 'digit', digit: '5', held: null },
  ])
  t.match(hear(receiverOf(), '{"event":"payment","state":"on"}'), [
    { kind: 'started', held: null },
    { kind: 'payment', state: 'started', held: null },
  ])
})

t.test('what is run together with the metadata is text behind it', async (t) => {
  const events = hear(receiverOf(), metadata + key)
  t.same(heldIn(events), [metadata])
  t.match(events, [{ kind: 'started' }, { kind: 'digit', digit: '5', held: null }])
})

t.test("another dialect's opening refuses the call", async (t) => {
  const receiver = receiverOf()
  t.same(hear(receiver, '{"event":"connected","protocol":"Call","version":"1.0.0"}'), [
    { kind: 'violation', side: 'pbx', code: 'dialect-mismatch' },
    { kind: 'close', side: 'pbx', code: 1008 },
  ])
  t.same(hear(receiver, audio(0, 0)), [])
  t.notOk(receiver.hasStarted)
})

t.test('audio of any length follows audio, both channels in one frame, silenced in place', async (t) => {
  const receiver = receiverOf({}, metadata)
  const first = audio(1, 1, 2, 2, 3, 3, 4, 4)
  const [event] = hear(receiver, first)
  t.match(event, { kind: 'media', frame: { stream: 0, startSample: 0, sampleCount: 2 } })
  t.match(hear(receiver, audio(1, 1, 2, 2)), [{ kind: 'media', frame: { startSample: 2, sampleCount: 1 } }])
  if (event?.kind !== 'media') return
  t.equal(encodeMedia(event.frame, false), first)
  event.frame.payload.fill(0)
  t.equal(encodeMedia(event.frame, true), first)
  t.same([...first.data], Array(8).fill(0))
  event.frame.payload = Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9)
  t.same([...encodeMedia(event.frame, true).data], Array(8).fill(9), 'a payload elsewhere is copied back')
})

t.test('bytes behind the last whole sample are silenced, counted, and sent', async (t) => {
  const receiver = receiverOf({}, metadata)
  const events = hear(receiver, audio(1, 2, 3, 4, 5, 6, 7))
  t.same(codes(events), ['odd-length'])
  const media = events.find((event) => event.kind === 'media')
  t.equal(media?.frame.sampleCount, 1)
  t.same([...encodeMedia(media!.frame, false).data], [1, 2, 3, 4, 0, 0, 0])
  t.match(hear(receiver, audio(1, 2, 3, 4)), [{ kind: 'media', frame: { startSample: 1 } }])
  const crumb = hear(receiver, audio(1, 2, 3))
  t.same(
    crumb.map(({ kind }) => kind),
    ['violation', 'message'],
  )
  t.same(heldIn(crumb), ['\0\0\0'])
})

t.test('an empty binary message keeps its place', async (t) => {
  const [event] = hear(receiverOf({}, metadata), audio())
  t.equal(event?.kind, 'message')
  if (event?.kind === 'message') t.same(messageOf(event.held), audio())
})

t.test('by default the recorder sees no text behind the metadata, and the policy every key', async (t) => {
  const events = hear(receiverOf({}, metadata), `{"type":"playDone"}${key}{"event":"dtmf","dtmf":4}{"x":`)
  t.match(events, [
    { kind: 'digit', track: 0, digit: '5', durationSamples: 1600, held: null },
    { kind: 'digit', track: 0, digit: '4', durationSamples: 0, held: null },
  ])
  t.same(heldIn(events), [])
  for (const text of ['hello', '{"type":"mark","data":{"name":"m"}}', '[]', '', pan])
    t.same(hear(receiverOf({}, metadata), text), [])
})

t.test("a key's duration is told at the stream's rate", async (t) => {
  const receiver = receiverOf({}, '{"sampleRate":16000,"mixType":"mono","callSid":"c"}')
  t.match(hear(receiver, key), [{ durationSamples: 3200 }])
})

t.test('scrubbed: one message per document, keys and card numbers masked, the rest as spelled', async (t) => {
  const events = hear(scrubbing(), `{"type": "playDone"}${key}{"note":"${pan}"}`)
  t.same(heldIn(events), [
    '{"type": "playDone"}',
    '{"event":"dtmf","dtmf":"*","duration":"1600"}',
    '{"note":"****************"}',
  ])
  t.same(heldIn(hear(scrubbing(), `hello ${pan}`)), ['hello ****************'])
})

t.test('scrubbed: a key in any other spelling is masked or dropped', async (t) => {
  const spellings = [
    '{"event":"dtmf","dtmf":5}',
    '{"event":"dtmf","dtmf":"5","key":"5"}',
    '{"event":"x","event":"dtmf","dtmf":"5"}',
    '{"event":"dtmf","dtmf":"5","event":"x"}',
    '{"event":"dt\\u006df","dtmf":"\\u0035"}',
    '{"event":"DTMF","digit":"5"}',
    '{"type":"dtmf","digits":"5"}',
  ]
  for (const text of spellings) {
    const events = hear(scrubbing(), text)
    t.match(events, [{ kind: 'digit', digit: '5' }])
    t.same(heldIn(events), ['{"event":"dtmf","dtmf":"*"}'])
  }
  const hidden: [string, string][] = [
    ['{"data":{"event":"dtmf","dtmf":"5"}}', 'digit-malformed'],
    ['[{"event":"dtmf","dtmf":"5"}]', 'malformed-text'],
    ['{"event":"dtmf","dtmf":"5"', 'malformed-text'],
  ]
  for (const [text, code] of hidden) {
    const events = hear(scrubbing(), text)
    t.same(codes(events), [code])
    t.same(heldIn(events), [])
  }
  t.same(codes(hear(scrubbing(), '{"event":"dtmf"}')), ['digit-malformed'])
  t.match(hear(scrubbing(), '{"event":"dtmf","dtmf":"4x1"}'), [
    { kind: 'violation' },
    { kind: 'digit', digit: '4' },
    { kind: 'digit', digit: '1', held: null },
  ])
})

t.test('payment signals in the stream are for the policy', async (t) => {
  const text = '{"event":"payment","state":"off"}'
  t.same(hear(receiverOf({}, metadata), text), [{ kind: 'payment', state: 'ended', held: null }])
  t.same(heldIn(hear(scrubbing(), text)), [text])
  t.same(codes(hear(receiverOf({}, metadata), '{"event":"payment","state":"maybe"}')), [
    'payment-state-unknown',
  ])
})
