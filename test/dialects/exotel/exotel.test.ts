import t from 'tap'
import { exotel } from '../../../proxy/dialects/exotel/exotel.js'
import { encodeMedia } from '../../../proxy/dialects/json-media/encode.js'
import { textOf } from '../../../proxy/media/wire.js'
import { after, codesIn, framesIn, hear, heldIn, replay } from '../../support/json-media.js'

const start = (media_format: object) => ({
  event: 'start',
  sequence_number: '1',
  stream_sid: 's-1',
  start: { call_sid: 'c-1', media_format },
})
const linear = { encoding: 'audio/x-raw', sample_rate: '8000', bit_rate: '16' }
const media = (extra: object = {}) => ({
  event: 'media',
  stream_sid: 's-1',
  media: { chunk: '1', timestamp: '100', payload: Buffer.alloc(1600, 1).toString('base64'), ...extra },
})

t.test(
  'a stream of 100 ms messages passes byte for byte, as one track in which anyone may be heard',
  async (t) => {
    const { call, sent, received } = replay(exotel, 'stream-applet')
    t.same(received, sent)
    t.same(codesIn(call.events), [])
    t.match(call.events[0], { kind: 'started', call: { tracks: [{ role: 'mixed' }] } })
    t.same(
      framesIn(call.events).map(({ startSample }) => startSample),
      [0, 800, 1600, 2400, 3200],
      'the first timestamp is zero',
    )
  },
)

t.test('keys and parameters reach the recorder without their secrets', async (t) => {
  const { call, sent, received } = replay(exotel, 'voicebot-with-keys')
  t.same(
    received,
    sent.map((text) =>
      text
        .replace('4111 1111 1111 1111', '**** **** **** ****')
        .replace('"pin":"4711"', '"pin":"****"')
        .replace('"digit":"5"', '"digit":"*"'),
    ),
  )
  t.match(
    call.events.find(({ kind }) => kind === 'digit'),
    { digit: '5', track: null, durationSamples: 1600 },
  )
  t.same(call.toPbx, [])
  const allowed = replay(exotel, 'voicebot-with-keys', { options: { allowFromRecorder: ['clear'] } })
  t.same(allowed.call.toPbx.map(textOf), ['{"event":"clear","stream_sid":"MZ00f1"}'])
})

t.test('the format is what the start message says, under any of its names', async (t) => {
  const codecOf = (format: object): unknown => {
    const [event] = hear(after(exotel, {}, { event: 'connected' }), start(format))
    if (event?.kind !== 'started') return codesIn([event!])[0]
    const { codec, clockRateHz } = event.call.streams[0]!.format
    return `${codec} ${clockRateHz}`
  }
  t.equal(codecOf(linear), 'l16 8000')
  t.equal(codecOf({ encoding: 'raw/slin' }), 'l16 8000')
  t.equal(codecOf({ encoding: 'audio/L16;rate=16000', sample_rate: '16000' }), 'l16 16000')
  t.equal(codecOf({ encoding: 'audio/x-mulaw', sample_rate: 8000 }), 'pcmu 8000')
  t.equal(codecOf({ encoding: 'base64', sample_rate: '8000', bit_rate: '128kbps' }), 'l16 8000')
  t.equal(codecOf({ encoding: 'base64', sample_rate: '8000', bit_rate: '64kbps' }), 'format-unsupported')
  t.equal(codecOf({ encoding: 'audio/opus' }), 'format-unsupported')
})

t.test('a track that is not expected is silent: two read as one would be noise', async (t) => {
  const mono = () => after(exotel, {}, { event: 'connected' }, start(linear))
  t.equal(framesIn(hear(mono(), media())).length, 1)
  t.equal(framesIn(hear(mono(), media({ track: 'inbound' }))).length, 1)
  const heard = hear(mono(), media({ track: 'outbound' }))
  t.same(codesIn(heard), ['track-unknown'])
  t.match(JSON.parse(heldIn(heard)[0]!).media.payload, /^A+$/)
  const both = () => after(exotel, { options: { tracks: 'both' } }, { event: 'connected' }, start(linear))
  t.match(framesIn(hear(both(), media({ track: 'outbound' }))), [{ stream: 1 }])
  t.same(codesIn(hear(both(), media())), ['track-unknown'], 'of two, each must be named')
})

t.test('an id that could be a number is masked beside audio as well', async (t) => {
  const id = '4111111111111111'
  const connection = after(exotel, {}, { event: 'connected' }, { ...start(linear), stream_sid: id })
  const payload = Buffer.alloc(320).toString('base64')
  const media = { chunk: 1, timestamp: '0', payload }
  const heard = hear(connection, { event: 'media', sequence_number: 2, stream_sid: id, media })
  t.notMatch(textOf(encodeMedia(framesIn(heard)[0]!, false)), id)
})
