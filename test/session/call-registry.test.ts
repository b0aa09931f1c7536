import t from 'tap'
import { CallRegistry, type LiveStream } from '../../proxy/session/call-registry.js'
import { sessionCall } from '../support/session-call.js'

const stream = (callId: string, streamId: string, aliases: readonly string[] = []): LiveStream => ({
  session: sessionCall().session,
  callId,
  streamId,
  dialect: 'toy',
  tenant: 'default',
  aliases,
})

t.test('a call is found by its id with all of its streams, in the order they came', async (t) => {
  const registry = new CallRegistry()
  const [first, second, other] = [stream('CA1', 's1'), stream('CA1', 's2'), stream('CA2', 's3')]
  for (const each of [first, second, other]) registry.add(each)
  t.strictSame(registry.find({ kind: 'call', callId: 'CA1' }, null), [first, second])
  t.strictSame([...registry.streams], [first, second, other])
})

t.test('an alias finds every call that has it, and needs both key and value', async (t) => {
  const registry = new CallRegistry()
  const [one, two] = [stream('CA1', 's1', ['agent=7', 'ext=201']), stream('CA2', 's2', ['agent=7'])]
  registry.add(one)
  registry.add(two)
  t.strictSame(registry.find({ kind: 'alias', key: 'agent', value: '7' }, null), [one, two])
  t.strictSame(registry.find({ kind: 'alias', key: 'ext', value: '201' }, null), [one])
  t.strictSame(registry.find({ kind: 'alias', key: 'ext', value: '7' }, null), [])
  t.strictSame(registry.find({ kind: 'call', callId: 'agent=7' }, null), [], 'an alias is no call id')
})

t.test('a stream that is removed is found by nothing, its siblings still are', async (t) => {
  const registry = new CallRegistry()
  const [first, second] = [stream('CA1', 's1', ['agent=7']), stream('CA1', 's2', ['agent=7'])]
  registry.add(first)
  registry.add(second)
  registry.remove(first)
  t.strictSame(registry.find({ kind: 'call', callId: 'CA1' }, null), [second])
  t.strictSame(registry.find({ kind: 'alias', key: 'agent', value: '7' }, null), [second])
  registry.remove(second)
  registry.remove(second)
  t.strictSame(registry.find({ kind: 'call', callId: 'CA1' }, null), [])
  t.equal(registry.streams.size, 0)
})
