import t from 'tap'
import { isDigit, numeral, parse, startSchema } from '../../../proxy/dialects/twilio/messages.js'
import { textMessage } from '../../../proxy/media/wire.js'

t.test('only text is parsed', async (t) => {
  t.same(parse(textMessage('{"event":"mark"}'))?.value, { event: 'mark' })
  t.equal(parse({ ...textMessage('{"event":"mark"}'), isBinary: true }), null)
})

t.test('a numeral is up to 12 digits, as text or number, and stays what it was', async (t) => {
  for (const value of ['0', '000000000001', 7, 999_999_999_999]) t.equal(numeral(value), value)
  for (const value of ['', '-1', '1.5', 1.5, -1, '1234567890123', 1e21, null, ['1'], { toString: 1 }, ' 1'])
    t.equal(numeral(value), undefined)
})

t.test('sixteen keys are keys', async (t) => {
  for (const char of '0123456789*#ABCD') t.ok(isDigit(char))
  for (const char of ['', 'E', 'a', '11', '٤']) t.notOk(isDigit(char))
})

t.test('a start without a format is mu-law at 8,000 Hz, its parameters may be anything', async (t) => {
  const start = { callSid: 7, tracks: ['inbound'], customParameters: 'none' }
  t.match(startSchema.parse({ start }), {
    start: {
      callSid: '7',
      customParameters: {},
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    },
  })
})
