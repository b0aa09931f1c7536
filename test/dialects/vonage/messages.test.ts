import t from 'tap'
import { exemptHeaders, maskedKey, rateOf, toldKey } from '../../../proxy/dialects/vonage/messages.js'

t.test('a content type names one of three rates', async (t) => {
  for (const rate of [8000, 16_000, 24_000]) t.equal(rateOf(`audio/l16;rate=${rate}`), rate)
  t.equal(rateOf('audio/L16; rate=16000; channels=1'), 16_000)
  for (const type of [
    'audio/l16',
    'audio/l16;rate=160000',
    'audio/l16;rate=48000',
    'xaudio/l16;rate=8000',
    null,
    {},
  ])
    t.equal(rateOf(type), null)
})

t.test('a key event tells its digit in any of its forms, or is malformed', async (t) => {
  t.same(toldKey({ digit: 'a', duration: '260' }), { digits: ['A'], isMalformed: false, durationMs: 260 })
  t.same(toldKey({ dtmf: { digit: 7 } }), { digits: ['7'], isMalformed: false, durationMs: 0 })
  t.same(toldKey({ dtmf: '#' }), { digits: ['#'], isMalformed: false, durationMs: 0 })
  for (const value of [{}, { digit: '' }, { digit: 'x' }, { dtmf: {} }, { digit: [] }])
    t.same(toldKey(value), { digits: [], isMalformed: true, durationMs: 0 })
  for (const duration of [-1, 60_001, 'long', {}, null])
    t.equal(toldKey({ digit: '1', duration }).durationMs, 0)
})

t.test('a masked key says nothing but that there was one, and how long', async (t) => {
  t.equal(
    maskedKey({ digit: '5', note: '5' }, '#', 100),
    '{"event":"websocket:dtmf","digit":"#","duration":100}',
  )
  t.equal(maskedKey({ dtmf: '5' }, '*', 0), '{"event":"websocket:dtmf","dtmf":{"digit":"*"}}')
})

t.test("a telephone's number has 13 digits at most, under its own headers", async (t) => {
  const exempt = (value: object): string[] => [...exemptHeaders({ ...value })]
  t.same(exempt({ 'caller-id': '+4917612345679', from: 447700900123, to: 'sip:a@b' }), ['caller-id', 'from'])
  t.same(exempt({ from: '341111111111111', to: '4111 1111 1111 1', other: '447700900123' }), [])
})
