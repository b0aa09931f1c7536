import t from 'tap'
import { ModAudioForkPbx, type Quirks } from '../../../proxy/dialects/mod-audio-fork/pbx.js'
import { textOf, type WireMessage } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'

const handshake = { headers: {}, subprotocols: [] }

/** What a PBX says in a call of 50 ms with a key after 20 ms: texts as they are, audio by its length. */
const said = (quirks: Quirks, overrides = {}): (string | number)[] => {
  const pbx = new ModAudioForkPbx({ ...script, ...overrides }, handshake, quirks)
  const out: WireMessage[] = []
  const pcm = (count: number) => [new Int16Array(count), new Int16Array(count)]
  pbx.opened(0, out)
  pbx.audio(pcm(160), 0, out)
  pbx.digit(0, '4', 100, 0, out)
  pbx.digit(0, '1', 100, 0, out)
  pbx.audio(pcm(240), 0, out)
  pbx.hangUp(0, out)
  t.ok(pbx.isDone)
  return out.map((message) => (message.isBinary ? message.data.length : textOf(message)))
}

const metadata = `{"sampleRate":8000,"mixType":"stereo","callSid":"${script.callId}","direction":"inbound","customerData":{"queue":"billing"}}`
const key = (digit: string): string => `{"event":"dtmf","dtmf":"${digit}","duration":"800"}`

t.test('metadata, 20 ms of both channels a message, keys as text, an empty message at the end', async (t) => {
  t.same(said({}), [metadata, 640, key('4'), key('1'), 640, 320, 0])
})

t.test('bursts, texts run together, no metadata, a lost tail', async (t) => {
  t.same(said({ messageMs: 40 }), [metadata, key('4'), key('1'), 1280, 320, 0])
  t.same(said({ joinsTexts: true }), [metadata, 640, key('4') + key('1'), 640, 320, 0])
  t.same(said({ hasMetadata: false, stop: 'abrupt' }), [640, key('4'), key('1'), 640])
})

t.test('the mix follows the roles', async (t) => {
  const mixOf = (roles: string[]) => {
    const out: WireMessage[] = []
    new ModAudioForkPbx({ ...script, roles: roles as never }, handshake).opened(0, out)
    return JSON.parse(textOf(out[0]!)).mixType
  }
  t.same([mixOf(['caller', 'agent']), mixOf(['caller']), mixOf(['mixed'])], ['stereo', 'mono', 'mixed'])
})

t.test('samples are little-endian, the first role left', async (t) => {
  const out: WireMessage[] = []
  const pbx = new ModAudioForkPbx(script, handshake, { messageMs: 0.125 })
  pbx.audio([Int16Array.of(0x0102), Int16Array.of(-2)], 0, out)
  t.same([...out[0]!.data], [0x02, 0x01, 0xfe, 0xff])
})
