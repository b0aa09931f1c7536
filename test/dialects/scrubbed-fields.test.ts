import t from 'tap'
import { encodeFields, type ProtoMessage, readMessage } from '../../proxy/dialects/protobuf.js'
import { scrubPair, scrubValue } from '../../proxy/dialects/scrubbed-fields.js'

const pair = (name: string, value: string): ProtoMessage =>
  readMessage(encodeFields([1, name], [2, value]), { 1: 'text', 2: 'text' })!

const scrubbed = (name: string, value: string): [string, string] => {
  const message = pair(name, value)
  scrubPair(message, 1, 2)
  return [message.text(1), message.text(2)]
}

t.test('a number alone is masked with asterisks; inside of JSON it stays a number', async (t) => {
  t.equal(scrubValue('4111111111111111'), '*'.repeat(16))
  t.equal(scrubValue('{"n":4111111111111111}'), '{"n":9999999999999999}')
  t.equal(scrubValue('{"cvv":"737"}'), '{"cvv":"***"}')
  t.equal(scrubValue('order 12345'), 'order 12345')
})

t.test('a value is read with its name, and a name is a text as well', async (t) => {
  t.same(scrubbed('cvv', '737'), ['cvv', '***'])
  t.same(scrubbed('security code', '737'), ['security code', '***'])
  t.same(scrubbed('dtmf', '5'), ['dtmf', '*'])
  t.same(scrubbed('room', '737'), ['room', '737'])
  t.same(scrubbed('card 4111111111111111', 'x'), [`card ${'*'.repeat(16)}`, 'x'])
})
