import t from 'tap'
import { signalwire } from '../../../proxy/dialects/signalwire/signalwire.js'
import { textOf } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'
import { after, codesIn, framesIn, hear, heldIn, replay } from '../../support/json-media.js'

const connected = { event: 'connected', protocol: 'Call', version: '0.2.0' }
const start = (mediaFormat: object, extra: object = {}) => ({
  event: 'start',
  sequenceNumber: '1',
  start: { streamSid: 'u-1', callSid: 'u-2', tracks: ['inbound'], mediaFormat, ...extra },
})
const l16 = { encoding: 'audio/x-L16', sampleRate: 16_000, channels: 1 }

t.test(
  'a one-way stream passes but for its key: no streamSid, no parameters, stop without a body',
  async (t) => {
    const { call, sent, received } = replay(signalwire, 'one-way-with-keys')
    t.same(
      received,
      sent.map((text) => text.replace('"digit":"5"', '"digit":"*"')),
    )
    t.same(codesIn(call.events), [])
    t.match(
      call.events.find(({ kind }) => kind === 'digit'),
      { track: null, digit: '5', durationSamples: 2080 },
    )
    t.equal(call.events.at(-1)?.kind, 'ended')
  },
)

t.test('parameters and marks pass without their secrets, L16 as it came', async (t) => {
  const { call, sent, received } = replay(signalwire, 'l16-with-parameters')
  const expected = sent.map((text) =>
    text
      .replace('4111 1111 1111 1111', '**** **** **** ****')
      .replace('security code 737', 'security code ***')
      .replace('"digit":"5"', '"digit":"*"'),
  )
  t.same(received, expected)
  t.match(framesIn(call.events).at(-1), { sampleCount: 320, startSample: 1280 })
  t.same(call.toPbx, [])
})

t.test('another streamSid is counted where there is one', async (t) => {
  const media = { event: 'media', media: { track: 'inbound', timestamp: '0', payload: 'AAAA' } }
  const streaming = () =>
    after(signalwire, {}, connected, start({ ...l16, encoding: 'audio/x-mulaw', sampleRate: 8000 }))
  t.same(codesIn(hear(streaming(), media)), [])
  t.same(codesIn(hear(streaming(), { ...media, streamSid: 'u-1' })), [])
  t.same(codesIn(hear(streaming(), { ...media, streamSid: 'u-9' })), ['stream-mismatch'])
})

t.test(
  'L16 is read in the byte order that is configured; two channels, and other codecs, are refused',
  async (t) => {
    const codecOf = (config: object, mediaFormat: object): unknown => {
      const [event] = hear(after(signalwire, config, connected), start(mediaFormat))
      return event?.kind === 'started' ? event.call.streams[0]!.format.codec : codesIn([event!])[0]
    }
    t.equal(codecOf({}, l16), 'l16')
    t.equal(codecOf({ options: { l16ByteOrder: 'big' } }, l16), 'l16be')
    t.equal(codecOf({}, { ...l16, channels: 2 }), 'format-unsupported')
    t.equal(codecOf({}, { ...l16, encoding: 'audio/x-opus' }), 'format-unsupported')
  },
)

t.test('parameters may be dropped or allowed by name', async (t) => {
  const customParameters = { agent: '7', note: 'x' }
  const kept = (rule: unknown): unknown => {
    const config = { options: { customParameters: rule } }
    const held = heldIn(hear(after(signalwire, config, connected), start(l16, { customParameters })))
    return JSON.parse(held[1]!).start.customParameters
  }
  t.same(kept('drop'), {})
  t.same(kept({ allow: ['agent'] }), { agent: '7' })
})

t.test('of what acts on the call only what is allowed goes back', async (t) => {
  const { call } = replay(signalwire, 'l16-with-parameters', { options: { allowFromRecorder: ['dtmf'] } })
  t.equal(call.toPbx.length, 1)
  t.equal(JSON.parse(textOf(call.toPbx[0]!)).event, 'dtmf')
})

t.test("cXML's authBearerToken is compared whole, and stays here", async (t) => {
  const config = signalwire.schema.parse({ auth: { type: 'bearer', token: 's3cret' } })
  const handshake = (authorization: string) => ({ target: '/', headers: { authorization }, subprotocols: [] })
  t.equal(signalwire.authenticate(handshake('Bearer s3cret'), config, script.auth).kind, 'accepted')
  t.equal(signalwire.authenticate(handshake('Bearer s3cre'), config, script.auth).kind, 'refused')
  const shown = signalwire.recorderHandshake(handshake('Bearer s3cret'), script.url, config, script.auth)
  t.same(shown.headers, {})
})
