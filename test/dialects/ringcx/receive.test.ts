// Messages as protobufjs writes them from proto/: an encoder that is not ours.
import t from 'tap'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { messageOf } from '../../../proxy/dialects/held-message.js'
import { encodeField } from '../../../proxy/dialects/protobuf.js'
import { ringcxSchema } from '../../../proxy/dialects/ringcx/options.js'
import { RingcxReceiver } from '../../../proxy/dialects/ringcx/receive.js'
import type { WireMessage } from '../../../proxy/media/wire.js'
import { AGENT, CONTACT, event, info, init, join, leave, media, readEvent } from '../../support/ringcx.js'

const receiverOf = (options: object = {}) => {
  const receiver = new RingcxReceiver(ringcxSchema.parse({ options }).options, () => 'minted')
  return (...messages: WireMessage[]): ForkEvent[] => {
    const out: ForkEvent[] = []
    for (const message of messages) receiver.receive(message, 0, out)
    return out
  }
}

const kinds = (events: readonly ForkEvent[]): string[] => events.map(({ kind }) => kind)
const codes = (events: readonly ForkEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'violation' ? [event.code] : []))
const texts = (events: readonly ForkEvent[]): Record<string, unknown>[] =>
  events.flatMap((event) => (event.kind === 'message' ? [readEvent(messageOf(event.held).data)] : []))
const placed = (events: readonly ForkEvent[]): string[] =>
  events.flatMap((event) =>
    event.kind === 'media' ? [`${event.frame.stream}@${event.frame.startSample}`] : [],
  )
const callIn = (events: readonly ForkEvent[]) =>
  events.flatMap((event) => (event.kind === 'started' ? [event.call] : []))[0]

/** Bytes of the audio in a message that is told as text. */
const audioIn = (message: Record<string, unknown>): Buffer =>
  (message as { segment_media: { audio_content: { payload: Buffer } } }).segment_media.audio_content.payload

t.test('a call begins with its first agent, and signals can address it by who that is', async (t) => {
  const say = receiverOf()
  const dialog = { ani: '+49301234567', dnis: '+4930765', attributes: { queue: 'billing' } }
  t.same(kinds(say(init(dialog), join('c', CONTACT))), ['message', 'message'])
  const events = say(join('a', AGENT))
  t.same(kinds(events), ['message', 'started'])
  t.same(callIn(events), {
    callId: 'D1',
    streamId: 'S1',
    tracks: [
      { index: 0, role: 'caller' },
      { index: 1, role: 'agent' },
    ],
    streams: [0, 1].map((track) => ({
      format: { codec: 'pcmu', clockRateHz: 8000, channelCount: 1 },
      tracks: [track],
    })),
    metadata: {
      queue: 'billing',
      sessionId: 'S1',
      accountId: 'A1',
      subAccountId: 'A2',
      ani: '+49301234567',
      dnis: '+4930765',
      agentId: 'party-a',
    },
    isProbe: false,
  })
})

t.test('without an agent it begins with the first audio, and without a dialog by its session', async (t) => {
  t.same(kinds(receiverOf()(init(), join('c', CONTACT), media('c', 1))), [
    'message',
    'message',
    'started',
    'media',
  ])
  const events = receiverOf()(join('c', CONTACT), media('c', 1))
  t.same(codes(events), ['dialog-missing'])
  t.equal(callIn(events)!.callId, 'S1')
  const nameless = receiverOf()(join('c', CONTACT), media('c', 1)).length
  t.equal(nameless, 4)
})

t.test('audio is a view of its message, and everything else goes on as it came', async (t) => {
  const say = receiverOf()
  const first = init({ attributes: { note: 'none' } })
  const copy = first.data.slice()
  const [held] = say(first)
  t.same(held?.kind === 'message' && messageOf(held.held).data, copy)
  say(join('c', CONTACT))
  const message = media('c', 1)
  const frame = say(message).flatMap((event) => (event.kind === 'media' ? [event.frame] : []))[0]!
  t.equal(frame.sampleCount, 800)
  frame.payload.fill(0xff)
  t.ok(audioIn(readEvent(message.data)).every((byte) => byte === 0xff))
})

t.test('parties that come late, repeat themselves and leave are placed and told apart', async (t) => {
  const say = receiverOf()
  say(init(), join('c', CONTACT))
  t.same(placed(say(media('c', 1), media('c', 2), join('a', AGENT), media('c', 3), media('a', 1))), [
    '0@0',
    '0@800',
    '0@1600',
    '1@0',
  ])
  const repeated = say(media('c', 3))
  t.same(kinds(repeated), ['violation'], 'the recorder has it')
  t.same(codes(repeated), ['seq-repeated'])
  t.same(placed(say(info('c', 'unhold'), media('c', 1))), ['0@2400'], 'numbers begin anew behind a hold')
  t.same(kinds(say(leave('a'), join('b', AGENT), media('b', 1))), ['message', 'message', 'media'])
})

t.test('a party more than there are tracks is silent, and said to be', async (t) => {
  const say = receiverOf()
  say(init(), join('a1', AGENT), join('a2', AGENT))
  const events = say(media('a2', 1))
  t.same(codes(events), ['party-without-track'])
  t.ok(audioIn(texts(events)[0]!).every((byte) => byte === 0xff))
  const more = receiverOf({ tracks: 3 })
  more(init(), join('a1', AGENT), join('a2', AGENT))
  t.same(placed(more(media('a2', 1))), ['2@0'])
})

t.test(
  'what nobody can judge leaves as silence: other encodings, and segments that never started',
  async (t) => {
    const format = (codec: number, rate = 8000) => ({ audio_format: { codec, rate, ptime: 100 } })
    for (const start of [format(1), format(4), format(5), format(3, 16_000), format(7)]) {
      const say = receiverOf()
      t.same(codes(say(init(), join('c', CONTACT, start))), ['format-unsupported'])
      const events = say(media('c', 1))
      t.same(codes(events), ['format-unsupported'])
      t.notOk(audioIn(texts(events)[0]!).includes(0x11))
    }
    const say = receiverOf()
    say(init(), join('c', CONTACT, format(2)), join('a', AGENT, format(3)))
    t.same(placed(say(media('c', 1))), ['0@0'], 'A-law, as the first party has it')
    const other = say(media('a', 1))
    t.same(codes(other), ['format-unsupported'], 'and the other then not')
    t.ok(audioIn(texts(other)[0]!).every((byte) => byte === 0xff))
    const stranger = say(media('x', 1))
    t.same(codes(stranger), ['segment-unknown'])
    t.ok(audioIn(texts(stranger)[0]!).every((byte) => byte === 0xff))
  },
)

t.test('no card number, and no digit that its name gives away, is told in text', async (t) => {
  const say = receiverOf()
  const events = say(
    init({
      ani: '4111111111111111',
      attributes: { cvv: '737', note: 'card 4111 1111 1111 1111', order: '12345' },
    }),
    join('4111111111111111', CONTACT, { participant: { id: 'p', type: CONTACT, name: '4111111111111111' } }),
    info('4111111111111111', 'dtmf', '5'),
    info('4111111111111111', 'note', '{"card":"4111111111111111","pin":4711}'),
  )
  const [dialog, start, key, note] = texts(events) as Record<string, Record<string, unknown>>[]
  t.match(dialog!['dialog_init'], {
    dialog: {
      ani: '*'.repeat(16),
      attributes: { cvv: '***', note: 'card **** **** **** ****', order: '12345' },
    },
  })
  t.match(start!['segment_start'], { participant: { name: '*'.repeat(16) } })
  t.equal(start!['segment_start']!['segment_id'], '4111111111111111', 'an id is none')
  t.match(key!['segment_info'], { event: 'dtmf', data: '*' })
  t.match(note!['segment_info'], { data: '{"card":"****************","pin":9999}' })
  t.notMatch(JSON.stringify(callIn(say(media('4111111111111111', 1)))?.metadata), '737')
})

t.test('text: withhold keeps numbers, names, attributes and data from the recorder', async (t) => {
  const say = receiverOf({ text: 'withhold' })
  const events = say(
    init({ ani: '+4930', dnis: '+4931', language: 'de', attributes: { a: 'b' } }),
    join('c', CONTACT, { participant: { id: 'p', type: CONTACT, name: 'N' } }),
    info('c', 'hold', 'why'),
  )
  t.same(
    texts(events),
    [
      {
        session_id: 'S1',
        dialog_init: {
          account: { id: 'A1', sub_account_id: 'A2' },
          dialog: { id: 'D1', type: 1, language: 'de', attributes: {} },
        },
      },
      { session_id: 'S1', segment_start: { segment_id: 'c', participant: { id: 'p', type: 1 } } },
      { session_id: 'S1', segment_info: { segment_id: 'c', event: 'hold' } },
    ].map((expected) => readEvent(event({ ...expected }).data)),
  )
})

t.test('a field that is not documented does not pass; the rest of its message does', async (t) => {
  const say = receiverOf()
  say(init(), join('c', CONTACT))
  const known = media('c', 1).data
  const extra = encodeField(9, 'pressed 4111111111111111')
  const message = { data: Uint8Array.from([...known, ...extra]), isBinary: true }
  const events = say(message)
  t.same(kinds(events), ['violation', 'started', 'media'])
  t.same(codes(events), ['field-unknown'])
  const frame = events.flatMap((event) => (event.kind === 'media' ? [event.frame] : []))[0]!
  t.same((frame.envelope as { message: WireMessage }).message.data, known)
  t.ok(
    message.data.every((byte) => byte === 0),
    'what came is overwritten',
  )
})

t.test('what cannot be read, or must not be, is dropped and counted', async (t) => {
  const say = receiverOf()
  const dropped = (message: WireMessage): string[] => {
    const events = say(message)
    t.same(kinds(events), ['violation'])
    return codes(events)
  }
  say(init(), join('c', CONTACT))
  t.same(dropped({ data: Uint8Array.of(0xff), isBinary: true }), ['message-malformed'])
  t.same(dropped({ data: Uint8Array.from([...leave('c').data, ...leave('c').data]), isBinary: true }), [
    'message-malformed',
  ])
  const two = [...leave('c').data, ...info('c', 'hold').data.slice(4)]
  t.same(dropped({ data: Uint8Array.from(two), isBinary: true }), ['message-malformed'])
  t.same(dropped(event({})), ['event-unknown'])
  t.same(dropped(init()), ['dialog-repeated'])
  t.same(dropped(join('c', CONTACT)), ['segment-repeated'])
  t.same(dropped(join('', CONTACT)), ['segment-malformed'])
  t.same(codes(say(leave('x'))), ['segment-unknown'])
  for (let i = 0; i < 63; i++) say(join(`${i}`, CONTACT))
  t.same(dropped(join('one more', CONTACT)), ['too-many-segments'])
})

t.test('a chunk without audio goes on as it is', async (t) => {
  const say = receiverOf()
  say(init(), join('c', CONTACT))
  t.same(kinds(say(event({ segment_media: { segment_id: 'c' } }))), ['started', 'message'])
  t.same(kinds(say(media('c', 1, 0, 0))), ['message'])
})
