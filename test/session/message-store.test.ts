import t from 'tap'
import type { WireMessage } from '../../proxy/media/wire.js'
import { MessageStore } from '../../proxy/session/message-store.js'

const audio = (length: number, fill = 7): WireMessage => ({
  data: new Uint8Array(length).fill(fill),
  isBinary: true,
})

t.test('a copy has its own memory, and says what the message says', async (t) => {
  const store = new MessageStore()
  for (const message of [audio(320), audio(0), audio(1), { ...audio(65), isBinary: false }, audio(5000)]) {
    const copy = store.copyOf(message)
    t.strictSame({ data: [...copy.data], isBinary: copy.isBinary }, { ...message, data: [...message.data] })
    message.data.fill(1)
    t.notOk(copy.data.includes(1))
  }
})

t.test('copies that are held at once never share memory', async (t) => {
  const store = new MessageStore()
  const held = Array.from({ length: 200 }, (_, n) => store.copyOf(audio(n % 3 === 0 ? 320 : 330, n)))
  for (const copy of held.splice(50, 100)) store.giveBack(copy)
  const later = Array.from({ length: 150 }, (_, n) => store.copyOf(audio(310 + n, 201 + (n % 50))))
  const all = [...held, ...later]
  for (const copy of all) copy.data.fill(0)
  for (const [n, copy] of all.entries()) {
    t.ok(
      copy.data.every((byte) => byte === 0),
      `copy ${n}`,
    )
    copy.data.fill(1)
  }
})

t.test('what is given back is overwritten, and its memory serves the next message', async (t) => {
  const store = new MessageStore()
  const copy = store.copyOf(audio(320))
  const { data } = copy
  store.giveBack(copy)
  t.ok(data.every((byte) => byte === 0))
  const next = store.copyOf(audio(300, 9))
  t.equal(next.data.buffer, data.buffer)
  t.equal(next.data.length, 300)
  t.ok(next.data.every((byte) => byte === 9))
})

t.test('messages of two lengths in turn need no memory, and no view, of their own', async (t) => {
  const store = new MessageStore()
  const pair = (): WireMessage[] => [store.copyOf(audio(383)), store.copyOf(audio(384))]
  const first = [...pair(), ...pair()]
  for (const copy of first) store.giveBack(copy)
  const known = new Set(first.map(({ data }) => data))
  for (let i = 0; i < 10; i++) {
    const copies = [...pair(), ...pair()]
    for (const [n, copy] of copies.entries()) t.equal(copy.data.length, 383 + (n % 2))
    t.ok(copies.every(({ data }) => known.has(data)))
    for (const copy of copies) store.giveBack(copy)
  }
})

t.test('a message that is given back twice serves one message only', async (t) => {
  const store = new MessageStore()
  const copy = store.copyOf(audio(320))
  store.giveBack(copy)
  store.giveBack(copy)
  t.not(store.copyOf(audio(320)), store.copyOf(audio(320)))
})

t.test('what the store has not made is left alone', async (t) => {
  const store = new MessageStore()
  const foreign = audio(320)
  store.giveBack(foreign)
  t.ok(foreign.data.every((byte) => byte === 7))
  t.not(store.copyOf(audio(320)).data.buffer, foreign.data.buffer)
})

t.test('a longer message, or the hundredth that waits, is not kept for another', async (t) => {
  const store = new MessageStore()
  const long = store.copyOf(audio(5000))
  store.giveBack(long)
  t.not(store.copyOf(audio(320)).data.buffer, long.data.buffer)
  const many = Array.from({ length: 300 }, () => store.copyOf(audio(320)))
  for (const copy of many) store.giveBack(copy)
  const again = new Set(Array.from({ length: 300 }, () => store.copyOf(audio(320))))
  const kept = many.filter((copy) => again.has(copy)).length
  t.ok(kept > 90 && kept <= 100, `${kept} kept`)
})
