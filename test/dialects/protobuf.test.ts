// Bytes after protobuf.dev, "Encoding"; what another implementation writes is read in test/dialects/ringcx.
import t from 'tap'
import { encodeField, encodeFields, type MessageType, readMessage } from '../../proxy/dialects/protobuf.js'

const type: MessageType = {
  1: 'number',
  2: 'text',
  3: { message: { 1: 'number', 2: 'bytes' } },
  4: { message: { 1: 'text' }, isRepeated: true },
}

const of = (...bytes: number[]) => readMessage(Uint8Array.from(bytes), type)
const text = (value: string): number[] => [...Buffer.from(value)]

t.test('the examples of the encoding guide: 150, and "testing"', async (t) => {
  t.equal(of(0x08, 0x96, 0x01)!.number(1), 150)
  t.equal(of(0x12, 7, ...text('testing'))!.text(2), 'testing')
  t.same(of(0x1a, 3, 0x08, 0x96, 0x01)!.message(3)!.number(1), 150)
})

t.test('what is not there is zero, empty, or no message', async (t) => {
  const message = of()!
  t.same(
    [message.number(1), message.text(2), message.message(3), message.messages(4), message.has(1)],
    [0, '', null, [], false],
  )
})

t.test('a repeated field keeps its order', async (t) => {
  const message = of(0x22, 3, 0x0a, 1, 0x61, 0x08, 1, 0x22, 3, 0x0a, 1, 0x62)!
  t.same(
    message.messages(4).map((entry) => entry.text(1)),
    ['a', 'b'],
  )
})

t.test('numbers are exact up to 2^53 and bounded by ten bytes', async (t) => {
  const largest = readMessage(encodeField(1, Number.MAX_SAFE_INTEGER), type)!
  t.equal(largest.number(1), Number.MAX_SAFE_INTEGER)
  t.not(of(0x08, ...Array(9).fill(0xff), 1), null)
  t.equal(of(0x08, ...Array(10).fill(0xff), 1), null)
})

t.test('what is cut, nested wrongly, grouped, unnumbered or no text is no message', async (t) => {
  for (const [what, bytes] of Object.entries({
    'a tag alone': [0x08],
    'a cut varint': [0x08, 0x96],
    'a cut text': [0x12, 7, ...text('test')],
    'a length beyond the end': [0x12, 0xff, 0xff, 0xff, 0xff, 0x0f],
    'a nested message that is none': [0x1a, 1, 0x08],
    'a group': [0x0b, 0x0c],
    'field 0': [0x02, 0],
    'wire type 7': [0x0f],
    'a text that is not UTF-8': [0x12, 1, 0xff],
    'a cut fixed number': [0x2d, 0, 0, 0],
  }))
    t.equal(of(...bytes), null, what)
})

t.test('a singular field that comes twice means different things to different readers', async (t) => {
  t.equal(of(0x08, 1, 0x08, 2), null)
  t.equal(of(0x1a, 2, 0x08, 1, 0x1a, 0), null)
  t.equal(of(0x1a, 4, 0x08, 1, 0x08, 1), null, 'inside of another as well')
})

t.test('more than 1,024 fields are no message', async (t) => {
  const entry = [0x22, 0]
  t.not(of(...Array(1024).fill(entry).flat()), null)
  t.equal(of(...Array(1025).fill(entry).flat()), null)
})

t.test('what a type does not know is foreign, at every depth, and does not survive', async (t) => {
  const cases: Record<string, number[]> = {
    'an unknown text': [0x08, 1, 0x2a, 1, 0x35],
    'an unknown number': [0x08, 1, 0x28, 5],
    'unknown fixed numbers': [0x08, 1, 0x2d, 1, 2, 3, 4, 0x29, 1, 2, 3, 4, 5, 6, 7, 8],
    'a number where a text is known': [0x08, 1, 0x10, 5],
    'a text where a number is known': [0x0a, 1, 0x35, 0x12, 0],
  }
  for (const [what, bytes] of Object.entries(cases)) {
    const message = of(...bytes)!
    t.ok(message.isForeign, what)
    t.notOk(readMessage(message.withoutForeign(), type)!.isForeign)
  }
  const inside = of(0x1a, 7, 0x08, 1, 0x2a, 1, 0x35, 0x10, 1)!
  t.ok(inside.isForeign)
  t.same([...inside.withoutForeign()], [0x1a, 2, 0x08, 1])
  t.notOk(of(0x08, 1)!.isForeign)
})

t.test('a text is scrubbed in place; one that would change its length becomes asterisks', async (t) => {
  const bytes = Uint8Array.of(0x12, 4, ...text('5€')).slice(0, 6)
  const message = readMessage(bytes, type)!
  message.scrub(2, (value) => value.replace('5', '*'))
  t.equal(message.text(2), '*€')
  message.scrub(2, () => 'longer than before')
  t.equal(message.text(2), '****')
  message.scrub(1, () => {
    throw new Error('there is no text')
  })
})

t.test('what we write ourselves is read again', async (t) => {
  const bytes = encodeFields([1, 300], [2, 'é'], [3, encodeFields([2, Uint8Array.of(1, 2)])])
  t.same([...bytes], [0x08, 0xac, 0x02, 0x12, 2, 0xc3, 0xa9, 0x1a, 4, 0x12, 2, 1, 2])
  const message = readMessage(bytes, type)!
  t.equal(message.number(1), 300)
  t.equal(message.text(2), 'é')
})
