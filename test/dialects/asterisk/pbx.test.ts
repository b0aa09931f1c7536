import t from 'tap'
import { AsteriskPbx, type Quirks } from '../../../proxy/dialects/asterisk/pbx.js'
import { textMessage, textOf, type WireMessage } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'

const pbxOf = (quirks: Quirks = {}, sampleRateHz = 8000): AsteriskPbx =>
  new AsteriskPbx({ ...script, sampleRateHz }, { headers: {}, subprotocols: ['media'] }, quirks)
const said = (speak: (out: WireMessage[]) => void): WireMessage[] => {
  const out: WireMessage[] = []
  speak(out)
  return out
}
const quiet = (samples: number) => [new Int16Array(samples).fill(1), new Int16Array(samples).fill(2)]

t.test('MEDIA_START in either form, with what the channel has inherited', async (t) => {
  const [json] = said((out) => pbxOf().opened(0, out)).map(textOf)
  t.match(JSON.parse(json!), {
    event: 'MEDIA_START',
    channel_id: script.callId,
    format: 'slin',
    optimal_frame_size: 320,
    ptime: 20,
    channel_variables: { __queue: 'billing' },
  })
  const [plain] = said((out) => pbxOf({ form: 'plain' }, 16_000).opened(0, out)).map(textOf)
  t.equal(
    plain,
    `MEDIA_START connection_id:fork1 channel:WebSocket/fork1/0x55d6c0ffee00 channel_id:${script.callId} format:slin16 optimal_frame_size:640 ptime:20`,
  )
})

t.test('audio of both parties mixed, 20 ms a message, the rest at the end', async (t) => {
  const pbx = pbxOf()
  pbx.opened(0, [])
  const messages = said((out) => pbx.audio(quiet(330), 0, out))
  t.same(
    messages.map(({ data }) => [data.length, data[0]]),
    [
      [320, 3],
      [320, 3],
    ],
  )
  t.same(
    said((out) => pbx.hangUp(0, out)).map(({ data }) => data.length),
    [20],
  )
  t.ok(pbx.isDone)
})

t.test('the first audio may overtake MEDIA_START', async (t) => {
  const pbx = pbxOf({ isAudioFirst: true })
  t.same(
    said((out) => pbx.opened(0, out)),
    [],
  )
  t.same(
    said((out) => pbx.audio(quiet(320), 0, out)).map(({ isBinary }) => isBinary),
    [true, false, true],
  )
})

t.test('a key is told when it is let go, a status when it is asked for', async (t) => {
  const digit = (quirks: Quirks) => said((out) => pbxOf(quirks).digit(0, '5', 100, 0, out)).map(textOf)
  t.same(digit({}), [`{"event":"DTMF_END","channel_id":"${script.callId}","digit":"5"}`])
  t.same(digit({ form: 'plain' }), [`DTMF_END digit:5 channel_id:${script.callId}`])
  const answer = (text: string) =>
    said((out) => pbxOf({ form: 'plain' }).receive(textMessage(text), 0, out)).map(textOf)
  t.same(answer('GET_STATUS'), [
    `STATUS channel_id:${script.callId} queue_length:0 xon_level:800 xoff_level:900 queue_full:false bulk_media:false media_paused:false`,
  ])
  t.same(answer('HANGUP'), [])
})
