// Bytes in, messages and close codes out; the examples are those of RFC 6455, section 5.7.
import t from 'tap'
import { FrameReader } from '../../../proxy/edge/ws/frame-reader.js'

const LIMIT = 1000

/** What a reader makes of chunks: what it told, and the fault of the last chunk. */
const read = (chunks: readonly (readonly number[])[], isMasked = false) => {
  const told: string[] = []
  const text = (data: Uint8Array): string => Buffer.from(data).toString('latin1')
  const reader = new FrameReader(
    { isMasked, messageBytesMax: LIMIT },
    {
      message: (data, isBinary) => void told.push(`${isBinary ? 'binary' : 'text'} ${text(data)}`),
      ping: (data) => void told.push(`ping ${text(data)}`),
      pong: () => void told.push('pong'),
      peerClosed: (code) => void told.push(`close ${code}`),
    },
  )
  let fault = 0
  for (const chunk of chunks) fault = reader.read(Uint8Array.from(chunk))
  return { told, fault, reader }
}

const bytesOf = (text: string): number[] => [...Buffer.from(text, 'latin1')]
const masked = (first: number, payload: readonly number[]): number[] => [
  first,
  0x80 | payload.length,
  ...[1, 2, 3, 4],
  ...payload.map((byte, i) => byte ^ ((i & 3) + 1)),
]
const medium = bytesOf('x'.repeat(300))

const stream: readonly (readonly number[])[] = [
  [0x81, 5, ...bytesOf('Hello')],
  [0x01, 3, ...bytesOf('Hel')],
  [0x89, 5, ...bytesOf('Howdy')],
  [0x80, 2, ...bytesOf('lo')],
  [0x82, 126, 1, 44, ...medium],
  [0x8a, 0],
  [0x02, 0],
  [0x00, 0],
  [0x80, 1, 65],
  [0x82, 127, 0, 0, 0, 0, 0, 0, 0, 1, 66],
  [0x82, 0],
  [0x88, 2, 0x03, 0xe8],
]
const told = [
  'text Hello',
  'ping Howdy',
  'text Hello',
  `binary ${'x'.repeat(300)}`,
  'pong',
  'binary A',
  'binary B',
  'binary ',
  'close 1000',
]

t.test('messages are found wherever the stream was cut', async (t) => {
  const bytes = stream.flat()
  t.same(read([bytes]).told, told)
  t.same(read(bytes.map((byte) => [byte])).told, told)
  for (let cut = 0; cut <= bytes.length; cut++)
    t.same(read([bytes.slice(0, cut), bytes.slice(cut)]).told, told, `cut at ${cut}`)
})

t.test('masked messages as well, also in a chunk that is a part of something larger', async (t) => {
  const bytes = [masked(0x81, bytesOf('Hello')), masked(0x82, bytesOf('y'.repeat(50)))].flat()
  const expected = ['text Hello', `binary ${'y'.repeat(50)}`]
  t.same(read([bytes], true).told, expected)
  t.same(read([bytes.slice(0, 3), bytes.slice(3, 9), bytes.slice(9)], true).told, expected)
})

const faults: readonly (readonly [string, number, readonly number[], boolean?])[] = [
  ['a mask from a server', 1002, masked(0x81, [65])],
  ['no mask from a client', 1002, [0x81, 1, 65], true],
  ['a reserved bit: no extension was agreed on', 1002, [0xc1, 1, 65]],
  ['an unknown type of data', 1002, [0x83, 0]],
  ['an unknown control frame', 1002, [0x8b, 0]],
  ['a control frame in fragments', 1002, [0x09, 0]],
  ['a control frame of 126 bytes', 1002, [0x89, 126, 0, 126]],
  ['a continuation of nothing', 1002, [0x80, 1, 65]],
  ['a message within the fragments of another', 1002, [0x01, 1, 65, 0x81, 1, 66]],
  ['a message over the limit, before it has come', 1009, [0x82, 126, 3, 233]],
  ['fragments over the limit together', 1009, [0x02, 126, 2, 88, ...Array(600).fill(1), 0x00, 126, 2, 88]],
  ['a length beyond all counting', 1009, [0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0]],
  ['text that is no UTF-8', 1007, [0x81, 1, 0xff]],
  ['a close of one byte', 1002, [0x88, 1, 3]],
  ['a close with a code that is never sent', 1002, [0x88, 2, 0x03, 0xed]],
  ['a close whose reason is no UTF-8', 1007, [0x88, 3, 0x03, 0xe8, 0xff]],
]

t.test(
  'what is not allowed is told as the code to close with, once, and nothing is read behind it',
  async (t) => {
    for (const [what, code, bytes, isMasked = false] of faults) {
      const { fault, told } = read([bytes, [0x81, 1, 65]], isMasked)
      t.equal(fault, code, what)
      t.same(told, [], what)
    }
  },
)

t.test('a message of exactly the limit is one', async (t) => {
  const { told, fault } = read([[0x82, 126, 3, 232, ...Array(LIMIT).fill(65)]])
  t.same([told.length, fault], [1, 0])
})

t.test('a close without a code is 1005, and the last thing that is heard', async (t) => {
  t.same(
    read([
      [0x88, 0, 0x81, 1, 65],
      [0x81, 1, 65],
    ]).told,
    ['close 1005'],
  )
})

t.test('a reader that is stopped by what it has told reads nothing more of the chunk', async (t) => {
  let count = 0
  const reader: FrameReader = new FrameReader(
    { isMasked: false, messageBytesMax: LIMIT },
    {
      message() {
        count++
        reader.stop()
      },
      ping() {},
      pong() {},
      peerClosed() {},
    },
  )
  reader.read(Uint8Array.from([0x81, 1, 65, 0x81, 1, 65]))
  t.equal(count, 1)
})

t.test('what has been read is overwritten', async (t) => {
  const chunk = Uint8Array.from([0x82, 2, 65, 66, 0x82, 2, 67])
  const taker = { message() {}, ping() {}, pong() {}, peerClosed() {} }
  new FrameReader({ isMasked: false, messageBytesMax: LIMIT }, taker).read(chunk)
  t.same([...chunk], [0, 0, 0, 0, 0, 0, 0])
})

t.test('fragments of nothing, however many, take no memory', async (t) => {
  const flood = [0x02, 0, ...Array.from({ length: 20_000 }, () => 0)]
  const { told, fault } = read([flood, [0x80, 1, 65]])
  t.same([told, fault], [['binary A'], 0])
})
