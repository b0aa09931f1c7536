import t from 'tap'
import {
  digitsOf,
  durationSamplesAt,
  flatten,
  hasDigit,
  isDigitEvent,
  isOtherDialect,
  isPayment,
  paymentState,
  readMetadata,
} from '../../../proxy/dialects/mod-audio-fork/messages.js'

t.test('metadata names the call, its rate and its channels, or says nothing', async (t) => {
  t.same(readMetadata({}), { callId: null, sampleRate: null, mixType: null })
  t.same(readMetadata({ callSid: 'c', callId: 's', sampleRate: 16000, mixType: 'stereo' }), {
    callId: 'c',
    sampleRate: 16000,
    mixType: 'stereo',
  })
  t.same(readMetadata({ callSid: '', callId: 5, uuid: 'u', sampleRate: '24000' }), {
    callId: 'u',
    sampleRate: 24000,
    mixType: null,
  })
  for (const sampleRate of [0, -8000, 11025, 128_000, 'fast', null, {}, 1e9])
    t.equal(readMetadata({ sampleRate }).sampleRate, undefined)
  for (const mixType of ['both', 2, null, 'STEREO']) t.equal(readMetadata({ mixType }).mixType, undefined)
})

t.test('metadata is flat for the policy, one level of objects deep', async (t) => {
  t.same(
    flatten({
      callSid: 'c',
      sipStatus: 200,
      ok: true,
      none: null,
      list: [1],
      customerData: { queue: 'b', deep: { er: 1 } },
    }),
    { callSid: 'c', sipStatus: '200', ok: 'true', 'customerData.queue': 'b' },
  )
})

t.test('a key is recognised by its event, its type or its field', async (t) => {
  for (const value of [{ event: 'dtmf' }, { type: 'DTMF' }]) t.ok(isDigitEvent(value))
  for (const value of [{ dtmf: '5' }, { digit: 5 }, { digits: '55' }, { event: 'dtmf' }])
    t.ok(hasDigit(value))
  t.notOk(hasDigit({ event: 'mark', data: { name: 'dtmf' } }))
  t.same(digitsOf({ event: 'dtmf', dtmf: '5' }), ['5'])
  t.same(digitsOf({ digit: 5 }), ['5'])
  t.same(digitsOf({ digits: '4#' }), ['4', '#'])
  t.same(digitsOf({ event: 'dtmf', dtmf: {} }), [])
})

t.test(
  "a key's duration counts at 8,000 Hz, as text or number, and is believed up to a minute",
  async (t) => {
    t.equal(durationSamplesAt({ duration: '1600' }, 8000), 1600)
    t.equal(durationSamplesAt({ duration: 1600 }, 16_000), 3200)
    for (const duration of [undefined, 'long', -1, 0, 480_001, {}, null])
      t.equal(durationSamplesAt({ duration }, 8000), 0)
  },
)

t.test('payment steps start and end', async (t) => {
  t.ok(isPayment({ event: 'payment' }))
  t.notOk(isPayment({ event: 'payments' }))
  t.equal(paymentState({ state: 'on' }), 'started')
  t.equal(paymentState({ state: 'started' }), 'started')
  t.equal(paymentState({ state: 'off' }), 'ended')
  t.equal(paymentState({ state: 'ended' }), 'ended')
  for (const state of [undefined, true, 'ON', '']) t.equal(paymentState({ state }), null)
})

t.test('the openings of other dialects are known, metadata is not mistaken for one', async (t) => {
  const others: [string, object][] = [
    ['', { event: 'connected', protocol: 'Call' }],
    ['', { event: 'start', start: {} }],
    ['', { type: 'open', version: '2' }],
    ['', { event: 'websocket:connected' }],
    ['', { type: 'session.initiate' }],
    ['', { event: 'MEDIA_START' }],
    ['MEDIA_START connection_id:1', {}],
  ]
  for (const [text, value] of others) t.ok(isOtherDialect(text, { ...value }))
  for (const value of [{}, { event: 'start', callSid: 'c' }, { type: 'open' }, { callSid: 'c' }])
    t.notOk(isOtherDialect('', value))
})
