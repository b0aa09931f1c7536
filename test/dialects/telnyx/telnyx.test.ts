import t from 'tap'
import { encodeMedia } from '../../../proxy/dialects/json-media/encode.js'
import { telnyx } from '../../../proxy/dialects/telnyx/telnyx.js'
import { textOf } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'
import { after, codesIn, framesIn, hear, heldIn, replay } from '../../support/json-media.js'

const connected = { event: 'connected', version: '1.0.0' }
const start = (mediaFormat: object, extra: object = {}) => ({
  event: 'start',
  sequence_number: '1',
  stream_id: 's-1',
  start: { call_control_id: 'v3:a', media_format: { channels: 1, ...mediaFormat }, ...extra },
})
const pcmu = { encoding: 'PCMU', sample_rate: 8000 }
const media = (chunk: number, timestampMs = 20 * (chunk - 1), track = 'inbound') => ({
  event: 'media',
  sequence_number: '9',
  stream_id: 's-1',
  media: {
    track,
    chunk: `${chunk}`,
    timestamp: `${timestampMs}`,
    payload: Buffer.alloc(160, chunk).toString('base64'),
  },
})

t.test(
  'messages that overtook each other reach the recorder in order, late ones where they came',
  async (t) => {
    const { call, received } = replay(telnyx, 'out-of-order')
    const chunks = received
      .map((text) => JSON.parse(text))
      .filter(({ media }) => media?.track === 'inbound')
      .map(({ media }) => Number(media.chunk))
    t.same(chunks, [1, 2, 3, 4, 5, 6, 6, 8, 9, 10, 11, 12, 13, 14, 7, 15])
    t.same(codesIn(call.events), ['media-late', 'media-late'])
    t.equal(call.events.at(-1)?.kind, 'ended')
  },
)

t.test('a late frame lies before what has been heard, so that nobody takes it for judged', async (t) => {
  const connection = after(telnyx, {}, connected, start(pcmu))
  const heard = [1, 3, 4, 5, 6, 7, 8, 2].flatMap((chunk) => hear(connection, media(chunk)))
  t.same(
    framesIn(heard).map(({ startSample }) => startSample),
    [0, 160, 320, 480, 640, 800, 960, 160],
  )
  t.same(codesIn(heard), ['media-late'])
})

t.test('reorderMs 0 takes messages as they come', async (t) => {
  const connection = after(telnyx, { options: { reorderMs: 0 } }, connected, start(pcmu))
  const heard = [1, 3, 2].flatMap((chunk) => hear(connection, media(chunk)))
  t.equal(framesIn(heard).length, 3)
})

t.test('text, the end and a lost socket leave nothing waiting', async (t) => {
  for (const text of [{ event: 'mark', mark: { name: 'm' } }, { event: 'stop' }]) {
    const connection = after(telnyx, {}, connected, start(pcmu))
    t.equal(framesIn(hear(connection, media(2))).length, 0)
    const heard = hear(connection, text)
    t.same(framesIn(heard).length, 1)
    t.equal(heard[0]?.kind, 'media', 'the audio before the text')
  }
  const connection = after(telnyx, {}, connected, start(pcmu), media(2))
  const out: ReturnType<typeof hear> = []
  connection.pbxClosed(false, 0, out)
  t.same(
    out.map(({ kind }) => kind),
    ['media', 'ended'],
  )
})

t.test('every encoding that can be judged, and no other', async (t) => {
  const formats: [object, object | string][] = [
    [pcmu, { codec: 'pcmu', clockRateHz: 8000 }],
    [
      { encoding: 'PCMA', sample_rate: '8000' },
      { codec: 'pcma', clockRateHz: 8000 },
    ],
    [
      { encoding: 'G722', sample_rate: 8000 },
      { codec: 'g722', clockRateHz: 16_000 },
    ],
    [
      { encoding: 'OPUS', sample_rate: 16_000 },
      { codec: 'opus', clockRateHz: 48_000 },
    ],
    [
      { encoding: 'L16', sample_rate: 16_000 },
      { codec: 'l16be', clockRateHz: 16_000 },
    ],
    [{ encoding: 'AMR-WB', sample_rate: 16_000 }, 'format-unsupported'],
    [{ encoding: 'PCMU', sample_rate: 8000, channels: 2 }, 'format-unsupported'],
  ]
  for (const [mediaFormat, expected] of formats) {
    const heard = hear(after(telnyx, {}, connected), start(mediaFormat))
    if (typeof expected === 'string')
      t.same(heard, [
        { kind: 'violation', side: 'pbx', code: expected },
        { kind: 'close', side: 'pbx', code: 1003 },
      ])
    else
      t.match(heard[0], { kind: 'started', call: { streams: [{ format: expected }, { format: expected }] } })
  }
  const little = after(telnyx, { options: { l16ByteOrder: 'little' } }, connected)
  t.match(hear(little, start({ encoding: 'L16', sample_rate: 8000 }))[0], {
    call: { streams: [{ format: { codec: 'l16' } }, {}] },
  })
})

t.test('Opus and G.722 frames are placed by what their payloads last', async (t) => {
  const opus = after(telnyx, {}, connected, start({ encoding: 'OPUS', sample_rate: 48_000 }))
  const packet = media(1)
  packet.media.payload = Buffer.of(0xf8, 0xff, 0xfe).toString('base64')
  t.match(framesIn(hear(opus, packet)), [{ startSample: 0, sampleCount: 960 }])
  const broken = media(2)
  broken.media.payload = Buffer.of(0x03, 0x00).toString('base64')
  const heard = hear(opus, broken)
  t.same(codesIn(heard), ['payload-malformed'])
  t.equal(JSON.parse(heldIn(heard)[0]!).media.payload, '', 'a decoder takes it for a loss')
})

t.test('which tracks come is configuration; another one is silent', async (t) => {
  const both = hear(after(telnyx, {}, connected), start(pcmu))[0]
  t.match(both, { call: { tracks: [{ role: 'caller' }, { role: 'agent' }] } })
  const one = after(telnyx, { options: { tracks: 'outbound' } }, connected)
  t.match(hear(one, start(pcmu))[0], { call: { tracks: [{ index: 0, role: 'agent' }] } })
  const heard = hear(one, media(1))
  t.same(codesIn(heard), ['track-unknown'])
  t.match(JSON.parse(heldIn(heard)[0]!).media.payload, /^\/+$/)
})

t.test('the token of the header and of the first message is ours; the recorder finds its own', async (t) => {
  const config = {
    auth: { type: 'telnyx-token', token: 'tok-5f1c' },
    recorderAuth: { type: 'telnyx-token', token: 'own-77' },
    options: { clientState: 'scrub' },
  }
  const { received } = replay(telnyx, 'token-and-keys-l16', config)
  t.same(JSON.parse(received[0]!), {
    event: 'connected',
    protocol: 'Call',
    version: '1.0.0',
    connected: { 'x-telnyx-streaming-auth-token': 'own-77' },
  })
  t.notMatch(received.join(), 'tok-5f1c')
  const { received: bare } = replay(telnyx, 'token-and-keys-l16')
  t.same(JSON.parse(bare[0]!).connected, {})
})

t.test('another token in the first message than in the header is refused', async (t) => {
  const auth = { type: 'telnyx-token', token: 'right' }
  const hello = (token: string) => ({ ...connected, connected: { 'x-telnyx-streaming-auth-token': token } })
  t.same(hear(after(telnyx, { auth }), hello('right')), [])
  t.same(hear(after(telnyx, { auth }), connected), [], 'not every account repeats it')
  t.same(codesIn(hear(after(telnyx, { auth }), hello('wrong'))), ['credentials-mismatch'])
  t.same(codesIn(hear(after(telnyx, { auth }), { ...connected, 'X-Telnyx-Streaming-Auth-Token': 'wrong' })), [
    'credentials-mismatch',
  ])
})

t.test('the header is compared whole', async (t) => {
  const verdict = (auth: object | string, headers: Record<string, string>): string =>
    telnyx.authenticate(
      { target: '/', headers, subprotocols: [] },
      telnyx.schema.parse({ auth }),
      script.auth,
    ).kind
  const token = { type: 'telnyx-token', token: 's3cret' }
  t.equal(verdict(token, { 'x-telnyx-streaming-auth-token': 's3cret' }), 'accepted')
  for (const value of ['', 's3cre', 's3crett', 'Bearer s3cret'])
    t.equal(verdict(token, { 'x-telnyx-streaming-auth-token': value }), 'refused')
  t.equal(verdict(token, { authorization: 's3cret' }), 'refused')
  t.equal(verdict({ type: 'bearer', token: 's3cret' }, { authorization: 'Bearer s3cret' }), 'accepted')
  t.equal(verdict('none', {}), 'accepted')
})

t.test('the recorder is shown what is its own, or nothing', async (t) => {
  const headersFor = (recorderAuth: object | string) =>
    telnyx.recorderHandshake(
      { target: '/', headers: { 'x-telnyx-streaming-auth-token': 'ours' }, subprotocols: [] },
      new URL('wss://recorder.example.net'),
      telnyx.schema.parse({ recorderAuth }),
      script.auth,
    ).headers
  t.same(headersFor('none'), {})
  t.same(headersFor({ type: 'telnyx-token', token: 'own' }), { 'x-telnyx-streaming-auth-token': 'own' })
  t.same(headersFor({ type: 'bearer', token: 'own' }), { authorization: 'Bearer own' })
})

t.test('client_state is emptied, or masked within its base64', async (t) => {
  const state = (text: string | Buffer): string => Buffer.from(text).toString('base64')
  const stateOf = (config: object, client_state: unknown): unknown =>
    JSON.parse(heldIn(hear(after(telnyx, config, connected), start(pcmu, { client_state })))[1]!).start
      .client_state
  t.equal(stateOf({}, state('case=4711')), '')
  const scrub = { options: { clientState: 'scrub' } }
  t.equal(stateOf(scrub, state('case=4711')), state('case=4711'))
  t.equal(stateOf(scrub, state('card 4111111111111111')), state('card ****************'))
  t.equal(stateOf(scrub, state(Buffer.of(0xff, 0xfe))), '', 'what is no text could be anything')
  t.equal(stateOf(scrub, 7), '')
})

t.test('a key is told for both tracks, its digit masked in place', async (t) => {
  const dtmf =
    '{"event":"dtmf","stream_id":"s-1","occurred_at":"2026-01-01T10:00:00.123456Z","sequence_number":"55","dtmf":{"digit":"7"}}'
  const heard = hear(after(telnyx, {}, connected, start(pcmu)), dtmf)
  t.match(heard, [{ kind: 'digit', track: null, digit: '7' }])
  t.same(heldIn(heard), [dtmf.replace('"7"', '"*"')])
  const odd = hear(after(telnyx, {}, connected, start(pcmu)), dtmf.replace('2026-01-01T10', '7777'))
  t.same(JSON.parse(heldIn(odd)[0]!), {
    event: 'dtmf',
    sequence_number: '55',
    stream_id: 's-1',
    dtmf: { digit: '*' },
  })
})

t.test('from the recorder only what is allowed goes back', async (t) => {
  const { call } = replay(telnyx, 'token-and-keys-l16')
  t.same(call.toPbx, [])
  t.ok(codesIn(call.events).includes('recorder-message-dropped'))
  const allowed = replay(telnyx, 'token-and-keys-l16', { options: { allowFromRecorder: ['mark'] } })
  t.same(allowed.call.toPbx.map(textOf), ['{"event":"mark","mark":{"name":"m"}}'])
})

t.test('a silenced frame is the same message around silence', async (t) => {
  const text = JSON.stringify(media(1))
  const [frame] = framesIn(hear(after(telnyx, {}, connected, start(pcmu)), text))
  frame!.payload.fill(0xff)
  const silent = `${'/'.repeat(213)}w==`
  t.equal(textOf(encodeMedia(frame!, true)), text.replace(Buffer.alloc(160, 1).toString('base64'), silent))
})
