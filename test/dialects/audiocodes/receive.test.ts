import t from 'tap'
import { audiocodesSchema, type MediaFormat } from '../../../proxy/dialects/audiocodes/options.js'
import { AudiocodesReceiver } from '../../../proxy/dialects/audiocodes/receive.js'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { messageOf } from '../../../proxy/dialects/held-message.js'
import { encodeMedia } from '../../../proxy/dialects/json-media/encode.js'
import { textMessage, textOf, type WireMessage } from '../../../proxy/media/wire.js'

const pan = '4111111111111111'
const stars = '*'.repeat(16)
const told = (type: string, rest: object = {}): string =>
  JSON.stringify({ type, conversationId: 'conv-1', ...rest })
const initiate = (rest: object = {}): string =>
  told('session.initiate', { supportedMediaFormats: ['wav/lpcm16', 'raw/mulaw', 'raw/lpcm16'], ...rest })
const chunk = (bytes: readonly number[], rest: object = {}): string =>
  told('userStream.chunk', { audioChunk: Buffer.from(bytes).toString('base64'), ...rest })

const receiverOf = (options: object = {}): AudiocodesReceiver =>
  new AudiocodesReceiver(audiocodesSchema.parse({ options }).options)
const started = (format: MediaFormat = 'raw/mulaw', options: object = {}): AudiocodesReceiver => {
  const receiver = receiverOf(options)
  hear(receiver, initiate())
  receiver.accept(format, [])
  return receiver
}
const hear = (receiver: AudiocodesReceiver, message: WireMessage | string, nowMs = 0): ForkEvent[] => {
  const out: ForkEvent[] = []
  receiver.receive(typeof message === 'string' ? textMessage(message) : message, nowMs, out)
  return out
}
const codes = (events: readonly ForkEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'violation' ? [event.code] : []))
const heldIn = (events: readonly ForkEvent[]): string[] =>
  events.flatMap((event) => ('held' in event && event.held !== null ? [textOf(messageOf(event.held))] : []))
const framesIn = (events: readonly ForkEvent[]) =>
  events.flatMap((event) => (event.kind === 'media' ? [event.frame] : []))

t.test('a session goes to the recorder with the formats that we can judge, in their order', async (t) => {
  const receiver = receiverOf()
  const events = hear(receiver, initiate({ caller: '+4917612345679' }))
  t.same(heldIn(events), [
    told('session.initiate', {
      supportedMediaFormats: ['raw/mulaw', 'raw/lpcm16'],
      caller: '+4917612345679',
    }),
  ])
  t.same(receiver.offered, ['raw/mulaw', 'raw/lpcm16'])
  t.ok(receiver.isAwaitingAnswer)
  t.notOk(receiver.hasStarted)
  t.same(receiverOf({ mediaFormats: ['raw/lpcm16'] }).offered, [])
  const one = receiverOf({ mediaFormats: ['raw/lpcm16'] })
  hear(one, initiate())
  t.same(one.offered, ['raw/lpcm16'])
})

t.test('nothing in common is told to both sides of the wire', async (t) => {
  for (const supportedMediaFormats of [['wav/lpcm16'], [], 'raw/mulaw', undefined])
    t.same(hear(receiverOf(), initiate({ supportedMediaFormats })), [
      { kind: 'violation', side: 'pbx', code: 'format-unsupported' },
      {
        kind: 'to-pbx',
        message: textMessage('{"type":"session.error","reason":"no media format in common"}'),
      },
      { kind: 'close', side: 'pbx', code: 1000 },
    ])
})

t.test('the call begins when the recorder has accepted, a track a participant', async (t) => {
  const receiver = receiverOf()
  hear(receiver, initiate({ caller: '+441632960001', expectAudioMessages: true, x: pan }))
  const out: ForkEvent[] = []
  receiver.accept('raw/lpcm16', out)
  const format = { codec: 'l16', clockRateHz: 16_000, channelCount: 1 }
  t.match(out, [
    {
      kind: 'started',
      held: null,
      call: {
        callId: 'conv-1',
        streamId: 'conv-1',
        tracks: [
          { index: 0, role: 'caller' },
          { index: 1, role: 'agent' },
        ],
        streams: [
          { format, tracks: [0] },
          { format, tracks: [1] },
        ],
        metadata: {
          conversationId: 'conv-1',
          caller: '+441632960001',
          expectAudioMessages: 'true',
          x: stars,
        },
      },
    },
  ])
  t.ok(receiver.hasStarted)
  const alone: ForkEvent[] = []
  const bot = receiverOf({ participants: ['user'] })
  hear(bot, initiate())
  bot.accept('raw/mulaw', alone)
  t.match(alone, [{ call: { tracks: [{ role: 'caller' }] } }])
})

t.test('a session that is resumed is one; a test of the bot is none', async (t) => {
  const resumed = receiverOf()
  t.same(heldIn(hear(resumed, told('session.resume'))), [told('session.resume')])
  t.same(resumed.offered, ['raw/lpcm16', 'raw/lpcm16_24', 'raw/mulaw'])
  const tested = receiverOf()
  t.same(heldIn(hear(tested, '{"type":"connection.validate"}')), ['{"type":"connection.validate"}'])
  t.notOk(tested.isAwaitingAnswer)
})

t.test('anything else first is another dialect', async (t) => {
  const binary = { data: Uint8Array.of(1), isBinary: true }
  for (const first of ['{"event":"start"}', 'hello', '{"type":"session.initiate"}', binary]) {
    const receiver = receiverOf()
    t.same(hear(receiver, first), [
      { kind: 'violation', side: 'pbx', code: 'dialect-mismatch' },
      { kind: 'close', side: 'pbx', code: 1008 },
    ])
    t.same(hear(receiver, initiate()), [], 'for good')
  }
})

t.test("a chunk is a frame of its participant's track, and goes on as it came", async (t) => {
  const receiver = started()
  const message = textMessage(chunk([1, 2, 3], { participant: 'agent' }))
  const [frame] = framesIn(hear(receiver, message, 7))
  t.match(frame, { stream: 1, startSample: 0, sampleCount: 3, receivedAtMs: 7 })
  t.same([...frame!.payload], [1, 2, 3])
  t.equal(encodeMedia(frame!, false), message)
  frame!.payload.fill(0xff)
  t.equal(textOf(encodeMedia(frame!, true)), chunk([0xff, 0xff, 0xff], { participant: 'agent' }))
  t.match(framesIn(hear(receiver, chunk([4], { participant: 'agent' }))), [{ startSample: 3 }])
  t.match(framesIn(hear(receiver, chunk([5, 6]))), [{ stream: 0, startSample: 0, sampleCount: 2 }])
  t.match(framesIn(hear(started('raw/lpcm16'), chunk([1, 2, 3, 4]))), [{ sampleCount: 2 }])
})

t.test('a chunk that says more than it should is written anew from what we understood', async (t) => {
  const spelled = (text: string): string => {
    const [frame] = framesIn(hear(started(), text))
    return frame === undefined ? 'none' : textOf(encodeMedia(frame, false))
  }
  t.equal(spelled(chunk([1], { note: pan, digit: '5' })), chunk([1]).replace('"audioChunk"', '"audioChunk"'))
  t.equal(spelled(chunk([1], { conversationId: pan })), told('userStream.chunk', { audioChunk: 'AQ==' }))
  t.equal(
    spelled('{"type":"userStream.chunk","conversationId":"conv-1","audioChunk":"AQ==","audioChunk":"Ag=="}'),
    told('userStream.chunk', { audioChunk: 'Ag==' }),
  )
  t.equal(
    spelled('{"type":"userStream.chunk","conversationId":"conv-1","audio\\u0043hunk":"AQ=="}'),
    told('userStream.chunk', { audioChunk: 'AQ==' }),
  )
})

t.test('what cannot be read leaves as silence, and takes its time', async (t) => {
  const receiver = started()
  for (const audioChunk of ['!!!!', 'AQ=', 'AQ==AQ==', '']) {
    const events = hear(receiver, told('userStream.chunk', { audioChunk }))
    t.same(codes(events), ['payload-malformed'], audioChunk)
    const silence = Buffer.from(JSON.parse(heldIn(events)[0]!).audioChunk, 'base64')
    t.same([...silence], Array(Math.floor((audioChunk.length * 3) / 4)).fill(0xff))
  }
  t.match(framesIn(hear(receiver, chunk([1]))), [{ startSample: 3 + 2 + 6 }])
  t.same(codes(hear(receiver, told('userStream.chunk', { audioChunk: 7 }))), ['payload-malformed'])
  t.same(codes(hear(started('raw/lpcm16'), chunk([1, 2, 3]))), ['payload-malformed'], 'half a sample')
})

t.test('a stream that starts later takes its place behind what the others have', async (t) => {
  const receiver = started()
  hear(receiver, told('userStream.start', { participant: 'caller' }))
  hear(receiver, chunk(Array(100).fill(1), { participant: 'caller' }))
  const start = told('userStream.start', { participant: 'agent' })
  t.same(heldIn(hear(receiver, start)), [start])
  t.match(framesIn(hear(receiver, chunk([1], { participant: 'agent' }))), [{ stream: 1, startSample: 100 }])
  t.same(
    receiver.preamble.map((message) => JSON.parse(textOf(message)).type),
    ['session.initiate', 'userStream.start', 'userStream.start'],
  )
  hear(receiver, told('userStream.stop', { participant: 'caller' }))
  t.equal(receiver.preamble.length, 2)
})

t.test('strangers, strays and latecomers are counted and dropped', async (t) => {
  const receiver = started()
  const stray = { participant: 'supervisor' }
  t.same(codes(hear(receiver, chunk([1], stray))), ['track-unknown'])
  t.same(codes(hear(receiver, told('userStream.start', stray))), ['track-unknown'])
  t.same(codes(hear(receiver, initiate())), ['message-misplaced'])
  t.same(codes(hear(receiver, 'hello')), ['malformed-json'])
  t.same(codes(hear(receiver, { data: Uint8Array.of(1), isBinary: true })), ['binary-message'])
  const waiting = receiverOf()
  hear(waiting, initiate())
  t.same(codes(hear(waiting, chunk([1]))), ['message-misplaced'], 'audio before the recorder has accepted')
  t.match(hear(receiver, told('session.end')), [{ kind: 'ended', reason: 'hangup' }])
  t.ok(receiver.hasEnded)
  t.same(codes(hear(receiver, chunk([1]))), ['message-misplaced'])
})

t.test('keys are told one by one and masked; other activities lose their secrets, or go', async (t) => {
  const activities = (...list: unknown[]): string => told('activities', { activities: list })
  const key = { type: 'event', name: 'DTMF', value: '4a', id: 'a1', parameters: { raw: '4a' } }
  const events = hear(started(), activities(key))
  t.match(events, [
    { kind: 'digit', track: 0, digit: '4', durationSamples: 0, held: null },
    { kind: 'digit', digit: 'A' },
    { kind: 'message' },
  ])
  t.same(heldIn(events), [activities({ type: 'event', name: 'DTMF', id: 'a1', value: '**' })])
  t.match(hear(started(), activities({ ...key, name: 'dtmf', value: 5, participant: 'agent' })), [
    { kind: 'digit', track: 1, digit: '5' },
    {},
  ])
  t.same(codes(hear(started(), activities({ ...key, value: 'x' }))), ['digit-malformed'])
  t.same(
    heldIn(hear(started(), activities({ type: 'event', name: 'start', parameters: { n: pan, cvv: '737' } }))),
    [activities({ type: 'event', name: 'start', parameters: { n: stars, cvv: '***' } })],
  )
  const hidden = hear(started(), activities({ type: 'event', name: 'x', value: { dtmf: '5' } }, 'y', null))
  t.same(codes(hidden), ['digit-malformed'])
  t.same(heldIn(hidden), [])
})

t.test('an unknown message goes on without secrets, unless it tells a key', async (t) => {
  const news = hear(started(), told('news', { n: pan }))
  t.same(codes(news), ['event-unknown'])
  t.same(heldIn(news), [told('news', { n: stars })])
  const key = hear(started(), told('news', { digit: '5' }))
  t.same(codes(key), ['event-unknown', 'digit-malformed'])
  t.same(heldIn(key), [])
})
