// Messages as protobufjs writes them from proto/: an encoder that is not ours.
import t from 'tap'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { messageOf } from '../../../proxy/dialects/held-message.js'
import { encodeField } from '../../../proxy/dialects/protobuf.js'
import { webexSchema } from '../../../proxy/dialects/webex/options.js'
import { WebexReceiver } from '../../../proxy/dialects/webex/receive.js'
import type { WireMessage } from '../../../proxy/media/wire.js'
import { AGENT, ALAW, CALLER, frame, LINEAR16, MULAW, readRequest, request } from '../../support/webex.js'

const receiverOf = (options: object = {}) => {
  const receiver = new WebexReceiver(webexSchema.parse({ options }).options, () => 'minted')
  return (...messages: WireMessage[]): ForkEvent[] => {
    const out: ForkEvent[] = []
    for (const message of messages) receiver.receive(message, 0, out)
    return out
  }
}

const kinds = (events: readonly ForkEvent[]): string[] => events.map(({ kind }) => kind)
const codes = (events: readonly ForkEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'violation' ? [event.code] : []))
const frames = (events: readonly ForkEvent[]) =>
  events.flatMap((event) => (event.kind === 'media' ? [event.frame] : []))
const placed = (events: readonly ForkEvent[]): string[] =>
  frames(events).map(({ stream, startSample }) => `${stream}@${startSample}`)
const callIn = (events: readonly ForkEvent[]) =>
  events.flatMap((event) => (event.kind === 'started' ? [event.call] : []))[0]
const textIn = (events: readonly ForkEvent[]): Record<string, unknown> =>
  events.flatMap((event) => (event.kind === 'message' ? [readRequest(messageOf(event.held).data)] : []))[0]!
const audioIn = (message: Record<string, unknown>): Buffer =>
  (message as { audio: { audio_data: Buffer } }).audio.audio_data

t.test('a call begins with its first audio, and each leg has its track', async (t) => {
  const say = receiverOf()
  const events = say(frame(CALLER, 'l1', {}, { additional_info: { queue: 'billing' } }))
  t.same(kinds(events), ['started', 'media'])
  t.same(callIn(events), {
    callId: 'C1',
    streamId: 'C1',
    tracks: [
      { index: 0, role: 'caller' },
      { index: 1, role: 'agent' },
    ],
    streams: [0, 1].map((track) => ({
      format: { codec: 'pcmu', clockRateHz: 8000, channelCount: 1 },
      tracks: [track],
    })),
    metadata: { queue: 'billing', customerOrgId: 'O1' },
    isProbe: false,
  })
  t.same(placed(events), ['0@0'])
  t.same(placed(say(frame(AGENT, 'l2'), frame(CALLER, 'l1'), frame(AGENT, 'l2'))), ['1@0', '0@160', '1@160'])
})

t.test('audio is a view of its message, whose capture time stays', async (t) => {
  const message = frame(CALLER, 'l1')
  const [event] = frames(receiverOf()(message))
  event!.payload.fill(0xff)
  const read = readRequest(message.data)
  t.ok(audioIn(read).every((byte) => byte === 0xff))
  t.match(read, { audio: { audio_timestamp: { seconds: 1_767_225_600, nanos: 20_000_000 } } })
})

t.test('linear audio and A-law are taken at 8,000 and 16,000 Hz, two bytes a sample or one', async (t) => {
  for (const [encoding, rate, codec, samples] of [
    [LINEAR16, 16_000, 'l16', 80],
    [LINEAR16, 8000, 'l16', 80],
    [ALAW, 8000, 'pcma', 160],
    [MULAW, 16_000, 'pcmu', 160],
  ] as const) {
    const events = receiverOf()(frame(CALLER, 'l', { encoding, sample_rate_hertz: rate }))
    t.same(callIn(events)!.streams[0]!.format, { codec, clockRateHz: rate, channelCount: 1 })
    t.equal(frames(events)[0]!.sampleCount, samples)
  }
})

t.test('linear audio that ends within a sample is silenced there', async (t) => {
  const say = receiverOf()
  const message = frame(CALLER, 'l', { encoding: LINEAR16, audio_data: Buffer.alloc(5, 0x11) })
  const events = say(message)
  t.same(codes(events), ['odd-length'])
  t.equal(frames(events)[0]!.payload.length, 4)
  t.same([...audioIn(readRequest(message.data))], [0x11, 0x11, 0x11, 0x11, 0])
  t.same(codes(say(frame(CALLER, 'l', { encoding: LINEAR16, audio_data: Buffer.alloc(1, 0x11) }))), [
    'odd-length',
  ])
})

t.test('what nobody can judge leaves as silence, also when it comes first', async (t) => {
  for (const audio of [
    { encoding: 0 },
    { encoding: 9 },
    { sample_rate_hertz: 44_100 },
    { sample_rate_hertz: 0 },
  ]) {
    const events = receiverOf()(frame(CALLER, 'l', audio))
    t.same(codes(events), ['format-unsupported'])
    t.notOk(audioIn(textIn(events)).includes(0x11))
  }
  const say = receiverOf()
  say(frame(CALLER, 'l1'))
  for (const [audio, silence] of [
    [{ encoding: ALAW }, 0xd5],
    [{ encoding: LINEAR16 }, 0],
    [{ sample_rate_hertz: 16_000 }, 0xff],
  ] as const) {
    const events = say(frame(AGENT, 'l2', audio))
    t.same(codes(events), ['format-unsupported'])
    t.ok(audioIn(textIn(events)).every((byte) => byte === silence))
  }
})

t.test('a leg more than there are tracks is silent until another has been for a second', async (t) => {
  const say = receiverOf()
  say(frame(CALLER, 'c'), frame(AGENT, 'a1'))
  t.same(codes(say(frame(AGENT, 'a2'))), ['party-without-track'])
  for (let i = 0; i < 49; i++) say(frame(CALLER, 'c'))
  t.same(codes(say(frame(AGENT, 'a2'))), ['party-without-track'], '980 ms')
  say(frame(CALLER, 'c'))
  t.same(placed(say(frame(AGENT, 'a2'))), ['1@8000'])
  t.same(codes(say(frame(AGENT, 'a1'))), ['party-without-track'], 'who has lost its track')
  t.same(placed(receiverOf({ tracks: 3 })(frame(AGENT, 'a1'), frame(AGENT, 'a2'))), ['1@0', '2@0'])
})

t.test('legs are bounded: many that come and go leave the call as it was', async (t) => {
  const say = receiverOf()
  say(frame(CALLER, 'c'))
  for (let i = 0; i < 200; i++) say(frame(AGENT, `a${i}`))
  t.equal(frames(say(frame(AGENT, 'a0'), frame(AGENT, 'b'))).length <= 2, true)
})

t.test('additional_info is scrubbed in place in every message, or withheld', async (t) => {
  const info = { additional_info: { cvv: '737', note: '4111 1111 1111 1111' } }
  const message = frame(CALLER, 'l', {}, info)
  t.same(callIn(receiverOf()(message))!.metadata, {
    cvv: '***',
    note: '**** **** **** ****',
    customerOrgId: 'O1',
  })
  t.match(readRequest(message.data), { additional_info: { cvv: '***', note: '**** **** **** ****' } })
  const withheld = frames(receiverOf({ text: 'withhold' })(frame(CALLER, 'l', {}, info)))[0]!
  const { message: left } = withheld.envelope as { message: WireMessage }
  t.same(left.data, frame(CALLER, 'l').data)
  t.equal(withheld.payload.buffer, left.data.buffer)
})

t.test('a field that is not documented does not pass, and what came is overwritten', async (t) => {
  const extra = encodeField(5, 'digit 5')
  const known = frame(CALLER, 'l').data
  const message = { data: Uint8Array.from([...known, ...extra]), isBinary: true }
  const events = receiverOf()(message)
  t.same(codes(events), ['field-unknown'])
  t.same((frames(events)[0]!.envelope as { message: WireMessage }).message.data, known)
  t.ok(message.data.every((byte) => byte === 0))
})

t.test('audio of another conversation is not this call’s: it leaves as silence', async (t) => {
  const say = receiverOf()
  say(frame(CALLER, 'l'))
  const events = say(frame(CALLER, 'l', {}, { conversation_id: 'C2' }))
  t.same(codes(events), ['conversation-changed'])
  t.ok(audioIn(textIn(events)).every((byte) => byte === 0xff))
})

t.test('what is no message is dropped, and one without audio goes on', async (t) => {
  const say = receiverOf()
  const events = say({ data: Uint8Array.of(0xff), isBinary: true })
  t.same(kinds(events), ['violation'])
  t.same(codes(events), ['message-malformed'])
  t.same(kinds(say(request({}))), ['message'])
  t.same(kinds(say(request({ audio: { role: 1 } }))), ['message'])
})

t.test('a conversation without an id gets one', async (t) => {
  t.equal(callIn(receiverOf()(frame(CALLER, 'l', {}, { conversation_id: '' })))!.callId, 'minted')
})
