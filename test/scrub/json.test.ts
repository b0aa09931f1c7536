import t from 'tap'
import { scrubJsonText } from '../../proxy/scrub/json.js'

const pan = '4111111111111111'
const stars = '****************'
const nines = '9999999999999999'
const escaped = (text: string): string =>
  [...text].map((char) => `\\u00${char.charCodeAt(0).toString(16)}`).join('')

t.test('strings, keys and numbers are scrubbed in place', async (t) => {
  t.equal(scrubJsonText(`{"a":"${pan}","b":[1,"x"]}`), `{"a":"${stars}","b":[1,"x"]}`)
  t.equal(scrubJsonText(`{"${pan}":true}`), `{"${stars}":true}`)
  t.equal(scrubJsonText(`{"a":${pan},"b":-2.5}`), `{"a":${nines},"b":-2.5}`)
  t.equal(scrubJsonText(`[[${pan}],{"a":{"b":"${pan}"}}]`), `[[${nines}],{"a":{"b":"${stars}"}}]`)
  t.equal(scrubJsonText(`"${pan}"`), `"${stars}"`, 'a document may be a bare string')
  t.equal(scrubJsonText(pan), nines, 'or a bare number')
})

t.test('escapes do not hide digits, and keep their spelling', async (t) => {
  t.equal(scrubJsonText(`{"a":"${escaped(pan)}"}`), `{"a":"${escaped(stars)}"}`)
  t.equal(scrubJsonText(`{"a":"4\\u0031${pan.slice(2)}"}`), `{"a":"*\\u002a${stars.slice(2)}"}`)
  t.equal(
    scrubJsonText(`{"a":"\\"\\u00fc\\n${escaped('4')}${pan.slice(1)}\\\\"}`),
    `{"a":"\\"\\u00fc\\n\\u002a${stars.slice(1)}\\\\"}`,
  )
})

t.test('an exponent does not hide a number', async (t) => {
  t.equal(scrubJsonText('{"a":4.111111111111111e15}'), '{"a":9.999999999999999e99}')
  t.equal(scrubJsonText('{"a":4.11111111111111100e15}'), '{"a":9.99999999999999999e99}')
  t.equal(scrubJsonText('{"a":411111111111111100e-2}'), '{"a":999999999999999999e-9}')
  t.equal(scrubJsonText('{"a":5e1,"b":"1e5"}'), '{"a":5e1,"b":"1e5"}')
})

t.test('JSON inside a string is followed', async (t) => {
  const nest = (depth: number): string => (depth === 0 ? `{"pan":${pan}}` : JSON.stringify([nest(depth - 1)]))
  for (let depth = 0; depth <= 6; depth++) {
    const scrubbed = scrubJsonText(nest(depth))
    t.notMatch(scrubbed, pan)
    t.equal(scrubbed.length, nest(depth).length)
    JSON.parse(scrubbed)
  }
  t.equal(
    scrubJsonText(JSON.stringify({ a: `{"b":"${escaped(pan)}"}` })),
    JSON.stringify({ a: `{"b":"${escaped(stars)}"}` }),
  )
})

t.test('an exempt key keeps its own value, and nothing else', async (t) => {
  const ids = new Set(['callSid'])
  t.equal(scrubJsonText(`{"callSid" : "${pan}","x":"${pan}"}`, ids), `{"callSid" : "${pan}","x":"${stars}"}`)
  t.equal(scrubJsonText(`{"callSid":${pan}}`, ids), `{"callSid":${pan}}`)
  t.equal(
    scrubJsonText(`{"callSid":{"a":"${pan}"}}`, ids),
    `{"callSid":{"a":"${stars}"}}`,
    'not what is nested in it',
  )
  t.equal(
    scrubJsonText(`["callSid","${pan}"]`, ids),
    `["callSid","${stars}"]`,
    'not what follows a mere string',
  )
  t.equal(scrubJsonText(`{"callSid":null,"x":"${pan}"}`, ids), `{"callSid":null,"x":"${stars}"}`)
  t.equal(
    scrubJsonText(`{"call\\u0053id":"${pan}"}`, ids),
    `{"call\\u0053id":"${pan}"}`,
    'however the key is spelled',
  )
})

t.test('text that is not JSON is scrubbed as text, through its escapes', async (t) => {
  t.equal(scrubJsonText(`pay ${pan} now`), `pay ${stars} now`)
  t.equal(scrubJsonText(`{"a":"${pan}"`), `{"a":"${stars}"`)
  t.equal(scrubJsonText(`{"a":"${escaped(pan)}`), `{"a":"${escaped(stars)}`)
  t.equal(scrubJsonText(`\\${pan}\\`), `\\${stars}\\`)
})

t.test('the identical string comes back when nothing is found', async (t) => {
  for (const text of ['', '{}', '{"a":"\\u00fc 12","b":[1e3,null,true]}', 'plain', '{"a":', '\\u', '"']) {
    t.equal(scrubJsonText(text), text)
  }
})

t.test('cut anywhere, length holds and no card number survives whole', async (t) => {
  const text = `{"k":"a \\u00e9 ${escaped(pan)}","n":${pan},"s":"${pan}"}`
  for (let end = 0; end <= text.length; end++) {
    const scrubbed = scrubJsonText(text.slice(0, end))
    t.equal(scrubbed.length, end)
    t.notMatch(scrubbed, pan)
    t.notMatch(scrubbed, escaped(pan))
  }
})
