import t from 'tap'
import { type Quirks, VonagePbx } from '../../../proxy/dialects/vonage/pbx.js'
import { textMessage, textOf, type WireMessage } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'

const handshake = { headers: {}, subprotocols: [] }
const pbxOf = (overrides: object = {}, quirks: Quirks = {}): VonagePbx =>
  new VonagePbx({ ...script, ...overrides }, handshake, quirks)
const said = (act: (out: WireMessage[]) => void): (string | number)[] => {
  const out: WireMessage[] = []
  act(out)
  return out.map((message) => (message.isBinary ? message.data.length : textOf(message)))
}

t.test('headers at the top level, audio in messages of exactly 20 ms, nothing at the end', async (t) => {
  const pbx = pbxOf({ sampleRateHz: 16_000 })
  t.same(
    said((out) => pbx.opened(0, out)),
    [
      `{"event":"websocket:connected","content-type":"audio/l16;rate=16000","uuid":"${script.callId}","queue":"billing"}`,
    ],
  )
  const pcm = (count: number) => [new Int16Array(count), new Int16Array(count)]
  t.same(
    said((out) => {
      pbx.audio(pcm(480), 0, out)
      pbx.audio(pcm(480), 0, out)
      pbx.audio(pcm(100), 0, out)
      pbx.hangUp()
    }),
    [640, 640, 640],
  )
  t.ok(pbx.isDone)
  t.throws(() => pbxOf({ sampleRateHz: 44_100 }), { code: 'REDACT_ERR_INVARIANT' })
})

t.test('all parties are heard as one, clipped, low byte first', async (t) => {
  const out: WireMessage[] = []
  const constant = (sample: number) => new Int16Array(160).fill(sample)
  pbxOf().audio([constant(0x0102), constant(1)], 0, out)
  pbxOf().audio([constant(30_000), constant(30_000)], 0, out)
  pbxOf({ roles: ['mixed'] }).audio([constant(-2)], 0, out)
  t.same(
    out.map(({ data }) => [...data.slice(0, 2)]),
    [
      [0x03, 0x01],
      [0xff, 0x7f],
      [0xfe, 0xff],
    ],
  )
})

t.test('keys come in both forms, and what is asked is answered', async (t) => {
  t.same(
    said((out) => {
      pbxOf().digit(0, '5', 260, 0, out)
      pbxOf({}, { digitForm: 'nested' }).digit(0, '5', 260, 0, out)
      for (const asked of ['{"action":"clear"}', '{"action":"notify","payload":{"n":1}}', '{"action":"x"}'])
        pbxOf().receive(textMessage(asked), 0, out)
    }),
    [
      '{"event":"websocket:dtmf","digit":"5","duration":260}',
      '{"event":"websocket:dtmf","dtmf":{"digit":"5","duration":260}}',
      '{"event":"websocket:cleared"}',
      '{"event":"websocket:notify","payload":{"n":1}}',
    ],
  )
})
