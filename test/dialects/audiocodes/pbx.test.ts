import t from 'tap'
import { AudiocodesPbx } from '../../../proxy/dialects/audiocodes/pbx.js'
import { textMessage, textOf, type WireMessage } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'

const handshake = { headers: {}, subprotocols: [] }
const pbxOf = (overrides: object = {}): AudiocodesPbx =>
  new AudiocodesPbx({ ...script, ...overrides }, handshake)
const said = (act: (out: WireMessage[]) => void): Record<string, unknown>[] => {
  const out: WireMessage[] = []
  act(out)
  return out.map((message) => JSON.parse(textOf(message)))
}

t.test('a session is offered, its streams wait for the bot, and it says that it ends', async (t) => {
  const pbx = pbxOf()
  const hear = (text: string) => said((out) => pbx.receive(textMessage(text), 0, out))
  t.match(
    said((out) => pbx.opened(0, out)),
    [
      {
        type: 'session.initiate',
        conversationId: script.callId,
        queue: 'billing',
        supportedMediaFormats: ['wav/lpcm16', 'raw/mulaw'],
      },
    ],
  )
  t.match(hear('{"type":"session.accepted","mediaFormat":"raw/mulaw"}'), [
    { type: 'userStream.start', participant: 'caller' },
    { type: 'userStream.start', participant: 'agent' },
  ])
  t.notOk(pbx.isReady)
  for (const participant of script.roles) hear(JSON.stringify({ type: 'userStream.started', participant }))
  t.ok(pbx.isReady)
  t.match(
    said((out) => {
      pbx.audio([new Int16Array(2), new Int16Array(2)], 0, out)
      pbx.digit(0, '5', 100, 0, out)
      pbx.hangUp(0, out)
    }),
    [
      { type: 'userStream.chunk', participant: 'caller', audioChunk: '//8=' },
      { type: 'userStream.chunk', participant: 'agent' },
      { type: 'activities', activities: [{ type: 'event', name: 'DTMF', value: '5' }] },
      { type: 'userStream.stop' },
      { type: 'userStream.stop' },
      { type: 'session.end' },
    ],
  )
  t.ok(pbx.isDone)
})

t.test('the format follows the rate; an error ends it', async (t) => {
  for (const [sampleRateHz, format] of [
    [16_000, 'raw/lpcm16'],
    [24_000, 'raw/lpcm16_24'],
  ] as const)
    t.match(
      said((out) => pbxOf({ sampleRateHz }).opened(0, out)),
      [{ supportedMediaFormats: ['wav/lpcm16', format] }],
    )
  t.throws(() => pbxOf({ sampleRateHz: 48_000 }), { code: 'REDACT_ERR_INVARIANT' })
  const pbx = pbxOf()
  pbx.receive(textMessage('{"type":"session.error","reason":"busy"}'), 0, [])
  t.ok(pbx.isDone)
})
