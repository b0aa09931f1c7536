import t from 'tap'
import { parseObject } from '../../proxy/dialects/json-object.js'
import { cleanText, hidesDigit, isDigit, scrubText } from '../../proxy/dialects/text.js'

t.test('a key is one of sixteen', async (t) => {
  for (const char of '0123456789*#ABCDabcd') t.ok(isDigit(char))
  for (const char of ['', 'E', '55', ' ']) t.notOk(isDigit(char))
})

t.test('a key is seen at any depth, under its names and as the name of an event', async (t) => {
  for (const value of [
    { a: [{ digit: 1 }] },
    { a: { event: 'DTMF', key: 1 } },
    { event: 'websocket:dtmf' },
    { list: [{ type: 'event', name: 'dtmf', value: '4' }] },
  ])
    t.ok(hidesDigit(value))
  t.notOk(hidesDigit({ event: 'mark', data: { label: 'dtmf' } }))
})

t.test('clean text keeps its spelling, unless a key comes twice in it', async (t) => {
  const none: ReadonlySet<string> = new Set()
  const clean = (text: string, exempt = none): string => cleanText(parseObject(text)!, exempt)
  t.equal(clean('{ "a": "4111111111111111" }'), '{ "a": "****************" }')
  t.equal(clean('{"a":"4111111111111111"}', new Set(['a'])), '{"a":"4111111111111111"}')
  t.equal(clean('{"a":1,"a":2}'), '{"a":2}')
})

t.test('secrets lose their digits by what they are, or by what they are called', async (t) => {
  const none: ReadonlySet<string> = new Set()
  t.equal(scrubText('{"cvv":"737","case":"4711","pin":1234}', none), '{"cvv":"***","case":"4711","pin":9999}')
  t.equal(scrubText('my security code is 737, case 4711', none), 'my security code is ***, case 4711')
  t.equal(scrubText('4111 1111 1111 1111', none), '**** **** **** ****')
})
