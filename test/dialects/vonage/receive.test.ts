import t from 'tap'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { messageOf } from '../../../proxy/dialects/held-message.js'
import { vonageSchema } from '../../../proxy/dialects/vonage/options.js'
import { VonageReceiver } from '../../../proxy/dialects/vonage/receive.js'
import { textMessage, textOf, type WireMessage } from '../../../proxy/media/wire.js'

const minted = '00000000-0000-4000-8000-000000000001'
const connected =
  '{"event":"websocket:connected","content-type":"audio/l16;rate=16000","uuid":"u1","caller-id":"447700900123"}'
const pan = '4111111111111111'
const stars = '*'.repeat(16)

const receiverOf = (options: object = {}, ...texts: string[]): VonageReceiver => {
  const receiver = new VonageReceiver(vonageSchema.parse({ options }).options, () => minted)
  for (const text of texts) receiver.receive(textMessage(text), 0, [])
  return receiver
}
const audio = (...bytes: number[]): WireMessage => ({ data: Uint8Array.from(bytes), isBinary: true })
const hear = (receiver: VonageReceiver, message: WireMessage | string, nowMs = 0): ForkEvent[] => {
  const out: ForkEvent[] = []
  receiver.receive(typeof message === 'string' ? textMessage(message) : message, nowMs, out)
  return out
}
const codes = (events: readonly ForkEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'violation' ? [event.code] : []))
const heldIn = (events: readonly ForkEvent[]): string[] =>
  events.flatMap((event) => ('held' in event && event.held !== null ? [textOf(messageOf(event.held))] : []))
const opening = (headers: object): string =>
  JSON.stringify({ event: 'websocket:connected', 'content-type': 'audio/l16;rate=8000', ...headers })

t.test('the first message opens a call of one mixed track, and goes on as it came', async (t) => {
  const receiver = receiverOf()
  const events = hear(receiver, connected)
  t.same(heldIn(events), [connected])
  t.match(events, [
    {
      kind: 'started',
      call: {
        callId: 'u1',
        streamId: 'u1',
        tracks: [{ index: 0, role: 'mixed' }],
        streams: [{ format: { codec: 'l16', clockRateHz: 16_000, channelCount: 1 }, tracks: [0] }],
        metadata: { uuid: 'u1', 'caller-id': '447700900123' },
        isProbe: false,
      },
    },
  ])
  t.same(textOf(receiver.connected!), connected)
  t.ok(receiver.hasStarted)
})

t.test("the call's id is the header that the configuration names, or one of our own", async (t) => {
  const idOf = (headers: object, options = {}) => {
    const [started] = hear(receiverOf(options), opening(headers))
    return started?.kind === 'started' ? started.call.callId : null
  }
  t.equal(idOf({ uuid: 'u', case: 'c' }), 'u')
  t.equal(idOf({ uuid: 'u', case: 'c' }, { callIdHeader: 'case' }), 'c')
  t.equal(idOf({ case: 4711 }, { callIdHeader: 'case' }), '4711')
  t.equal(idOf({}), minted)
  t.equal(idOf({ uuid: '' }), minted)
  t.equal(idOf({ uuid: pan }), stars, 'a card number is no id')
})

t.test('anything else first is another dialect, another format is refused', async (t) => {
  for (const first of [audio(0, 0), '{"event":"connected","protocol":"Call"}', 'hello', '[]']) {
    const receiver = receiverOf()
    t.same(hear(receiver, first), [
      { kind: 'violation', side: 'pbx', code: 'dialect-mismatch' },
      { kind: 'close', side: 'pbx', code: 1008 },
    ])
    t.same(hear(receiver, connected), [], 'for good')
    t.notOk(receiver.hasStarted)
  }
  for (const type of ['audio/l16;rate=44100', 'audio/x-mulaw;rate=8000', '', 7])
    t.same(codes(hear(receiverOf(), opening({ 'content-type': type }))), ['format-unsupported'])
  t.same(codes(hear(receiverOf(), '{"event":"websocket:connected"}')), ['format-unsupported'])
})

t.test('headers lose card numbers wherever they stand; telephone numbers stay', async (t) => {
  const events = hear(
    receiverOf(),
    opening({ note: '4111 1111 1111 1111', card: { pan: 4111111111111111 }, from: pan, to: '4917612345679' }),
  )
  const [told] = heldIn(events)
  t.equal(
    told,
    opening({ note: '**** **** **** ****', card: { pan: 0 }, from: stars, to: '4917612345679' }).replace(
      ':0}',
      ':9999999999999999}',
    ),
  )
  t.notMatch(JSON.stringify(events), /4111/, 'nor does the policy see any')
  t.notMatch(heldIn(hear(receiverOf(), opening({ note: '4917612345679' }))), /4917612345679/)
  t.same(
    heldIn(
      hear(receiverOf(), '{"event":"websocket:connected","content-type":"audio/l16;rate=8000","a":1,"a":2}'),
    ),
    ['{"event":"websocket:connected","content-type":"audio/l16;rate=8000","a":2}'],
    'a key that comes twice comes once',
  )
})

t.test('headers can be dropped, or allowed by name', async (t) => {
  const told = (headers: unknown) => heldIn(hear(receiverOf({ headers }), opening({ a: pan, b: 'x' })))[0]
  const bare = '{"event":"websocket:connected","content-type":"audio/l16;rate=8000"'
  t.equal(told('drop'), `${bare}}`)
  t.equal(told({ allow: ['b', 'event'] }), `${bare},"b":"x"}`)
  t.equal(told({ allow: ['a'] }), `${bare},"a":"${stars}"}`)
})

t.test(
  'audio follows audio; bytes behind the last whole sample are silenced, counted, and sent',
  async (t) => {
    const receiver = receiverOf({}, connected)
    t.match(hear(receiver, audio(1, 2, 3, 4), 5), [
      { kind: 'media', frame: { startSample: 0, sampleCount: 2, receivedAtMs: 5 } },
    ])
    const events = hear(receiver, audio(5, 6, 7))
    t.same(codes(events), ['odd-length'])
    t.match(events[1], { kind: 'media', frame: { startSample: 2, sampleCount: 1 } })
    t.same(heldIn(hear(receiver, audio())), [''], 'an empty message keeps its place')
  },
)

t.test(
  'a key is told to the policy with its duration, and masked in the form in which it came',
  async (t) => {
    const cases: [string, number, string][] = [
      [
        '{"event":"websocket:dtmf","digit":"5","duration":260}',
        4160,
        '{"event":"websocket:dtmf","digit":"*","duration":260}',
      ],
      ['{"event":"websocket:dtmf","digit":5}', 0, '{"event":"websocket:dtmf","digit":"*"}'],
      [
        '{"event":"websocket:dtmf","dtmf":{"digit":"5","duration":100}}',
        1600,
        '{"event":"websocket:dtmf","dtmf":{"digit":"*","duration":100}}',
      ],
      ['{"event":"websocket:dtmf","dtmf":"5"}', 0, '{"event":"websocket:dtmf","dtmf":{"digit":"*"}}'],
      [
        '{"event":"websocket:dtmf","digit":"5","duration":60001,"note":"5"}',
        0,
        '{"event":"websocket:dtmf","digit":"*"}',
      ],
      ['{"event":"x","event":"websocket:dtmf","digit":"5"}', 0, '{"event":"websocket:dtmf","digit":"*"}'],
    ]
    for (const [text, durationSamples, masked] of cases) {
      const events = hear(receiverOf({}, connected), text)
      t.match(events, [{ kind: 'digit', track: 0, digit: '5', durationSamples }])
      t.same(heldIn(events), [masked], text)
    }
    t.match(hear(receiverOf({ digitEvents: 'drop' }, connected), cases[0]![0]), [
      { kind: 'digit', held: null },
    ])
  },
)

t.test('more keys than one are told one by one behind a single message; none is a violation', async (t) => {
  const events = hear(receiverOf({}, connected), '{"event":"websocket:dtmf","digit":"4x1"}')
  t.same(codes(events), ['digit-malformed'])
  t.same(heldIn(events), ['{"event":"websocket:dtmf","digit":"*"}'])
  t.match(events, [
    { kind: 'violation' },
    { kind: 'digit', digit: '4' },
    { kind: 'digit', digit: '1', held: null },
  ])
  const none = hear(receiverOf({}, connected), '{"event":"websocket:dtmf","digit":{}}')
  t.same(codes(none), ['digit-malformed'])
  t.same(heldIn(none), ['{"event":"websocket:dtmf","digit":"*"}'])
})

t.test(
  'answers go on without card numbers; what is unknown is counted, and dropped when it tells a key',
  async (t) => {
    const receiver = receiverOf({}, connected)
    t.same(heldIn(hear(receiver, '{"event":"websocket:cleared"}')), ['{"event":"websocket:cleared"}'])
    t.same(heldIn(hear(receiver, `{"event":"websocket:notify","payload":{"n":"${pan}"}}`)), [
      `{"event":"websocket:notify","payload":{"n":"${stars}"}}`,
    ])
    const unknown = hear(receiver, `{"event":"websocket:news","n":"${pan}"}`)
    t.same(codes(unknown), ['event-unknown'])
    t.same(heldIn(unknown), [`{"event":"websocket:news","n":"${stars}"}`])
    const rest: [string, string[]][] = [
      ['{"event":"websocket:news","digit":"5"}', ['event-unknown', 'digit-malformed']],
      ['{"event":"websocket:notify","payload":{"dtmf":"5"}}', ['digit-malformed']],
      ['{"digit":"5"}', ['event-unknown']],
      ['{"event":"websocket:dtmf","digit":"5"', ['malformed-json']],
      [connected, ['message-misplaced']],
    ]
    for (const [text, expected] of rest) {
      const events = hear(receiver, text)
      t.same(codes(events), expected, text)
      t.same(heldIn(events), [])
    }
  },
)
