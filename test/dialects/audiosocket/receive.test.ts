import t from 'tap'
import { audioSocketSchema } from '../../../proxy/dialects/audiosocket/options.js'
import { AudioSocketReceiver } from '../../../proxy/dialects/audiosocket/receive.js'
import { unitOf, uuidBytes } from '../../../proxy/dialects/audiosocket/units.js'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { messageOf } from '../../../proxy/dialects/held-message.js'
import type { WireMessage } from '../../../proxy/media/wire.js'

const uuid = '40325ec2-5efd-4bd3-805f-53576e581d13'
const unit = (kind: number, ...payload: number[]): WireMessage => ({
  data: unitOf(kind, Uint8Array.from(payload)),
  isBinary: true,
})
const name = (): WireMessage => ({ data: unitOf(0x01, uuidBytes(uuid)), isBinary: true })
const receiverOf = (...messages: WireMessage[]): AudioSocketReceiver => {
  const receiver = new AudioSocketReceiver(audioSocketSchema.parse({}).options)
  for (const message of messages) receiver.receive(message, 0, [])
  return receiver
}
const hear = (receiver: AudioSocketReceiver, message: WireMessage, nowMs = 0): ForkEvent[] => {
  const out: ForkEvent[] = []
  receiver.receive(message, nowMs, out)
  return out
}
const hex = ({ data }: WireMessage): string => Buffer.from(data).toString('hex')
const told = (events: readonly ForkEvent[]): string[] =>
  events.map((event) => {
    if (event.kind === 'violation') return event.code
    if (event.kind === 'media') return `media ${event.frame.startSample}+${event.frame.sampleCount}`
    if (event.kind === 'message') return hex(messageOf(event.held))
    if (event.kind === 'digit') return `digit ${event.digit}`
    if (event.kind === 'to-recorder') return hex(event.message)
    return event.kind
  })

t.test('the UUID goes on at once, the call begins with its first audio, at its rate', async (t) => {
  const receiver = receiverOf()
  const first = name()
  t.same(hear(receiver, first, 5), [{ kind: 'to-recorder', message: first }])
  t.equal(receiver.name, first)
  t.notOk(receiver.hasStarted)
  const events = hear(receiver, unit(0x12, 1, 0, 2, 0), 9)
  t.match(events, [
    {
      kind: 'started',
      call: {
        callId: uuid,
        streamId: uuid,
        tracks: [{ index: 0, role: 'mixed' }],
        streams: [{ format: { codec: 'l16', clockRateHz: 16_000, channelCount: 1 }, tracks: [0] }],
        metadata: { uuid },
        isProbe: false,
      },
      held: null,
    },
    {
      kind: 'media',
      frame: { startSample: 0, sampleCount: 2, payload: Uint8Array.of(1, 0, 2, 0), receivedAtMs: 9 },
    },
  ])
  t.same(told(hear(receiver, unit(0x12, 3, 0))), ['media 2+1'])
})

t.test('a leg that sends no audio becomes a call after 10 s', async (t) => {
  const receiver = receiverOf()
  receiver.receive(name(), 1000, [])
  const at = (nowMs: number): string[] => {
    const out: ForkEvent[] = []
    receiver.tick(nowMs, out)
    return told(out)
  }
  t.same(at(10_999), [])
  t.same(at(11_000), ['started'])
  t.same(at(30_000), [])
  const nobody = receiverOf()
  const out: ForkEvent[] = []
  nobody.tick(1e9, out)
  t.same(out, [], 'a socket that never named a call does not')
})

t.test('a key is for the policy alone, one told before there is audio as well', async (t) => {
  const receiver = receiverOf(name())
  t.same(told(hear(receiver, unit(0x03, 0x37))), [])
  t.same(told(hear(receiver, unit(0x10, 1, 0))), ['started', 'digit 7', 'media 0+1'])
  t.match(hear(receiver, unit(0x03, 0x64)), [
    { kind: 'digit', track: 0, digit: 'D', durationSamples: 0, held: null },
  ])
  for (const bad of [[], [0x37, 0x38], [0x45], [0xb1]])
    t.same(told(hear(receiver, unit(0x03, ...bad))), ['digit-malformed'])
})

t.test('a hang-up ends the call behind its audio, and nothing follows', async (t) => {
  const receiver = receiverOf(name(), unit(0x10, 1, 0))
  t.match(hear(receiver, unit(0x00)), [{ kind: 'ended', reason: 'hangup', held: { envelope: unit(0x00) } }])
  t.same(hear(receiver, unit(0x10, 1, 0)), [])
  t.same(told(hear(receiverOf(name()), unit(0x00))), ['started', 'ended'], 'also one without audio')
})

t.test('an error keeps its place, with a code and nothing else', async (t) => {
  const receiver = receiverOf(name(), unit(0x10, 1, 0))
  t.same(told(hear(receiver, unit(0xff))), ['ff0000'])
  t.same(told(hear(receiver, unit(0xff, 4))), ['ff000104'])
  t.same(told(hear(receiver, unit(0xff, 0x34, 0x31))), ['error-malformed'])
})

t.test('half a sample is silenced; audio at another rate goes on as zeros', async (t) => {
  const receiver = receiverOf(name(), unit(0x10, 1, 0))
  const odd = unit(0x10, 1, 2, 3)
  t.same(told(hear(receiver, odd)), ['odd-length', 'media 1+1'])
  t.equal(hex(odd), '100003010200')
  t.same(told(hear(receiver, unit(0x12, 1, 2, 3, 4))), ['rate-changed', '12000400000000'])
  t.same(told(hear(receiver, unit(0x10))), ['100000'])
})

t.test('what is no call, no unit or no kind goes nowhere', async (t) => {
  for (const bad of [unit(0x10, 1, 0), unit(0x01, 1, 2), unit(0x00)]) {
    const receiver = receiverOf()
    t.match(hear(receiver, bad), [
      { kind: 'violation', code: 'uuid-missing' },
      { kind: 'close', side: 'pbx', code: 1008 },
    ])
    t.same(hear(receiver, name()), [])
    t.notOk(receiver.hasStarted)
  }
  const receiver = receiverOf(name(), unit(0x10, 1, 0))
  t.same(told(hear(receiver, name())), ['uuid-repeated'])
  t.same(told(hear(receiver, unit(0x02))), ['kind-unknown'])
  t.same(told(hear(receiver, { data: Uint8Array.of(0x10, 0, 9), isBinary: true })), ['unit-malformed'])
})
