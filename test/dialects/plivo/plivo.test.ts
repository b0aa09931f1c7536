import t from 'tap'
import { encodeMedia } from '../../../proxy/dialects/json-media/encode.js'
import { headersIn } from '../../../proxy/dialects/plivo/extra-headers.js'
import { plivo } from '../../../proxy/dialects/plivo/plivo.js'
import { textOf } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'
import { after, codesIn, connect, framesIn, hear, heldIn, replay } from '../../support/json-media.js'

const start = (extra_headers?: unknown) => ({
  event: 'start',
  sequenceNumber: 1,
  start: {
    callId: 'c-1',
    streamId: 's-1',
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000 },
  },
  ...(extra_headers !== undefined && { extra_headers }),
})
const media = (extra_headers?: unknown, timestamp: unknown = '1705312200000') => ({
  event: 'media',
  sequenceNumber: 2,
  streamId: 's-1',
  media: { track: 'inbound', timestamp, chunk: 1, payload: Buffer.alloc(160, 7).toString('base64') },
  ...(extra_headers !== undefined && { extra_headers }),
})
const recorderText = (config: object, headers: unknown): string =>
  textOf(encodeMedia(framesIn(hear(after(plivo, config, start(headers)), media(headers)))[0]!, false))

t.test('start comes first, numbers are numbers, and closing is the end', async (t) => {
  const { call, sent, received } = replay(plivo, 'both-tracks-with-gap')
  t.same(codesIn(call.events), [])
  const keyless = (texts: readonly string[]): string[] => texts.filter((text) => !text.includes('dtmf'))
  t.same(keyless(received), keyless(sent))
  const out: ReturnType<typeof hear> = []
  call.connection.pbxClosed(true, 0, out)
  call.connection.drained(0, out)
  t.match(out, [
    { kind: 'ended', reason: 'hangup' },
    { kind: 'close', side: 'recorder', code: 1000 },
  ])
})

t.test('a lost socket is no end, and stop is one although it is not documented', async (t) => {
  const out: ReturnType<typeof hear> = []
  after(plivo, {}, start()).pbxClosed(false, 0, out)
  t.match(out, [{ kind: 'ended', reason: 'pbx-lost' }])
  t.match(hear(after(plivo, {}, start()), { event: 'stop' }), [{ kind: 'ended', reason: 'hangup' }])
})

t.test('positions count from the first timestamp since 1970, and follow a gap', async (t) => {
  const frames = framesIn(replay(plivo, 'both-tracks-with-gap').call.events)
  t.same(
    frames.filter(({ stream }) => stream === 0).map(({ startSample }) => startSample),
    [0, 160, 320, 8480, 8640],
  )
  const connection = after(plivo, {}, start())
  const at = (timestamp: unknown): number =>
    framesIn(hear(connection, media(undefined, timestamp)))[0]!.startSample
  t.equal(at('1705312200000'), 0)
  t.equal(at('1705312200190'), 160, 'jitter of a clock on the wall')
  t.equal(at(1_705_312_201_000), 8000)
  t.equal(at('4111111111111'), 8160, 'no time, and no card number either')
})

t.test(
  'extra_headers are masked in every message, and every message stays plain where there is nothing to mask',
  async (t) => {
    const card = 'agent=7;card=4111 1111 1111 1111;cvv=737'
    t.equal(JSON.parse(recorderText({}, card)).extra_headers, 'agent=7;card=**** **** **** ****;cvv=***')
    t.equal(recorderText({}, 'agent=7'), JSON.stringify(media('agent=7')))
    const sly = after(plivo, {}, start('agent=7'))
    const [frame] = framesIn(hear(sly, media('card=4111111111111111')))
    t.equal(
      JSON.parse(textOf(encodeMedia(frame!, false))).extra_headers,
      'card=****************',
      'not as start had it',
    )
  },
)

t.test('extra_headers may be dropped or allowed by name, in every message', async (t) => {
  const kept = (rule: unknown, headers: unknown): unknown =>
    JSON.parse(recorderText({ options: { extraHeaders: rule } }, headers)).extra_headers
  for (const headers of ['agent=7;note=x', '{agent: 7, note: x}']) {
    t.equal(kept('drop', headers), '')
    t.equal(kept({ allow: ['agent'] }, headers), 'agent=7')
  }
  t.same(kept({ allow: ['agent'] }, { agent: '7', note: 'x' }), { agent: '7' })
  t.equal(kept('drop', 7), '')
  const [event] = hear(connect(plivo), start('agent=7;queue=billing'))
  t.match(event, { call: { metadata: { agent: '7', queue: 'billing', callId: 'c-1' } } })
  t.same(headersIn(''), {})
  t.same(headersIn('flag;a=b=c'), { a: 'b=c' })
})

t.test('silence changes the payload and nothing else', async (t) => {
  const text = JSON.stringify(media('agent=7'))
  const [frame] = framesIn(hear(after(plivo, {}, start('agent=7')), text))
  frame!.payload.fill(0xff)
  t.equal(
    textOf(encodeMedia(frame!, true)),
    text.replace(Buffer.alloc(160, 7).toString('base64'), `${'/'.repeat(213)}w==`),
  )
})

t.test('a key is told for its track and masked, in a message of known keys', async (t) => {
  const dtmf = { event: 'dtmf', sequenceNumber: 9, streamId: 's-1', dtmf: { track: 'inbound', digit: '8' } }
  const streaming = () => after(plivo, {}, start())
  const heard = hear(streaming(), dtmf)
  t.match(heard, [{ kind: 'digit', track: 0, digit: '8' }])
  t.same(heldIn(heard), [JSON.stringify(dtmf).replace('"8"', '"*"')])
  t.same(heldIn(hear(streaming(), { ...dtmf, extra_headers: 'digits=8' })), heldIn(heard))
})

t.test('of what acts on the call only what is allowed goes back', async (t) => {
  t.same(replay(plivo, 'l16-inbound').call.toPbx, [])
  const { call } = replay(plivo, 'l16-inbound', { options: { allowFromRecorder: ['sendDTMF'] } })
  t.same(call.toPbx.map(textOf), ['{"event":"sendDTMF","dtmf":"1"}'])
})

const authToken = 'f00dfeedf00dfeedf00dfeedf00dfeed'
const publicUrl = 'wss://fork.example.net/plivo'

t.test('a signature is good for one of the URL spellings, and its nonce once', async (t) => {
  const config = plivo.schema.parse({ auth: { type: 'plivo-signature', authToken, publicUrl } })
  const seen = new Set<string>()
  const context = {
    ...script.auth,
    rememberNonce: (nonce: string) => !seen.has(nonce) && seen.add(nonce) !== null,
  }
  const verdict = (headers: Record<string, string>): string =>
    plivo.authenticate({ target: '/plivo', headers, subprotocols: [] }, config, context).kind
  const signed = (signature: string, nonce = '12345678901234567890') => ({
    'x-plivo-signature-v3': signature,
    'x-plivo-signature-v3-nonce': nonce,
  })
  const good = 'McFwgjFGagxhK8VkVIwEPeiErOQp1Hz8AaRGPEJs7CA='
  for (const headers of [{}, signed(''), signed(good, ''), signed(good, '1'), signed(`x${good}`)])
    t.equal(verdict(headers), 'refused')
  t.equal(verdict(signed(`other, ${good}`)), 'accepted')
  t.equal(verdict(signed(good)), 'refused', 'a replay')
})

t.test('the recorder is shown the signature as it came, one for its own URL, or a token', async (t) => {
  const headers = { 'x-plivo-signature-v3': 'sig', 'x-plivo-signature-v3-nonce': 'n', cookie: 'c' }
  const shown = (recorderAuth: unknown) =>
    plivo.recorderHandshake(
      { target: '/', headers, subprotocols: ['audio.plivo.com'] },
      new URL(publicUrl),
      plivo.schema.parse({ recorderAuth }),
      script.auth,
    )
  t.same(shown('forward'), {
    headers: { 'x-plivo-signature-v3': 'sig', 'x-plivo-signature-v3-nonce': 'n' },
    subprotocols: ['audio.plivo.com'],
  })
  t.same(shown({ type: 'bearer', token: 'own' }).headers, { authorization: 'Bearer own' })
  const own = shown({ type: 'plivo-signature', authToken })
  const config = plivo.schema.parse({ auth: { type: 'plivo-signature', authToken, publicUrl } })
  t.equal(plivo.authenticate({ target: '/', ...own }, config, script.auth).kind, 'accepted')
})
