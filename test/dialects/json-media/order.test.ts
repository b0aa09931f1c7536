import t from 'tap'
import { ArrivedMedia, TrackOrder, WAITING_MAX } from '../../../proxy/dialects/json-media/order.js'

const FRAME = 160
const WINDOW = 5 * FRAME

const orderOf = (windowSamples = WINDOW) => {
  const taken: string[] = []
  const order = new TrackOrder(windowSamples, 200, ({ counter }, isLate) =>
    taken.push(isLate ? `${counter} late` : `${counter}`),
  )
  const push = (counter: number, receivedAtMs = 0): void => order.push(arrived(counter, receivedAtMs))
  return { order, push, taken }
}
const arrived = (counter: number, receivedAtMs: number): ArrivedMedia =>
  new ArrivedMedia(0, counter, null, nothing, FRAME, { data: nothing, isBinary: false }, 0, 0, receivedAtMs)
const nothing = new Uint8Array(0)

t.test('messages in order are taken at once', async (t) => {
  const { push, taken } = orderOf()
  for (const counter of [1, 2, 3]) {
    push(counter)
    t.equal(taken.at(-1), `${counter}`)
  }
})

t.test('the next in the count need not be pushed, unless others wait for it', async (t) => {
  const { order, push, taken } = orderOf()
  t.notOk(order.takes(2))
  t.ok(order.takes(1))
  t.notOk(order.takes(1), 'a second time it is late')
  push(3)
  t.notOk(order.takes(2), 'behind it comes what waits')
  push(2)
  t.ok(order.takes(4))
  t.same(taken, ['2', '3'])
})

t.test('what overtook waits for what it overtook', async (t) => {
  const { push, taken } = orderOf()
  for (const counter of [1, 4, 3]) push(counter)
  t.same(taken, ['1'])
  push(2)
  t.same(taken, ['1', '2', '3', '4'])
})

t.test(
  'behind more audio than the window a missing one is given up, and is late when it comes',
  async (t) => {
    const { push, taken } = orderOf()
    for (const counter of [1, 3, 4, 5, 6, 7]) push(counter)
    t.same(taken, ['1'], 'exactly the window')
    push(8)
    t.same(taken, ['1', '3', '4', '5', '6', '7', '8'])
    push(2)
    t.equal(taken.at(-1), '2 late')
    push(9)
    t.equal(taken.at(-1), '9')
  },
)

t.test('a message that comes twice is late the second time, waiting or not', async (t) => {
  const { push, taken } = orderOf()
  for (const counter of [1, 1, 3, 3, 2]) push(counter)
  t.same(taken, ['1', '1 late', '2', '3', '3 late'])
})

t.test('a stream that does not begin at 1 waits for its beginning once', async (t) => {
  const { push, taken } = orderOf(2 * FRAME)
  for (const counter of [12, 10, 11]) push(counter)
  t.same(taken, ['10', '11', '12'])
  push(13)
  t.equal(taken.at(-1), '13')
})

t.test('counts with holes keep their order, a window late', async (t) => {
  const { order, push, taken } = orderOf(2 * FRAME)
  for (const counter of [1, 5, 3, 9, 7]) push(counter)
  order.flush()
  t.same(taken, ['1', '3', '5', '7', '9'])
})

t.test('a track that has gone quiet waits no longer than its time', async (t) => {
  const { order, push, taken } = orderOf()
  push(2, 1000)
  push(4, 1100)
  order.tick(1199)
  t.same(taken, [])
  order.tick(1200)
  t.same(taken, ['2'], 'what came later waits on')
  order.tick(1300)
  t.same(taken, ['2', '4'])
})

t.test('no more than a bound waits, whatever the messages claim to last', async (t) => {
  const { push, taken } = orderOf(Infinity)
  for (let counter = 2; counter <= WAITING_MAX + 1; counter++) push(counter)
  t.same(taken, [])
  push(WAITING_MAX + 2)
  t.equal(taken.length, WAITING_MAX + 1)
})
