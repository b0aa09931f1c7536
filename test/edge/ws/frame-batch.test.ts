import t from 'tap'
import { opcodes } from '../../../proxy/edge/ws/frame.js'
import { type FrameSink, frameBatch } from '../../../proxy/edge/ws/frame-batch.js'
import { FrameReader } from '../../../proxy/edge/ws/frame-reader.js'

/** What was written, write by write: how many messages, and their bytes. */
const sinkOf = (isMasking: boolean) => {
  const writes: { messages: number; lengths: number[] }[] = []
  const kept: Uint8Array[] = []
  const told: number[] = []
  const sink: FrameSink = {
    isMasking,
    write(frames, messages) {
      const lengths: number[] = []
      const taker = {
        message: (data: Uint8Array, isBinary: boolean) => {
          t.ok(isBinary && data.every((byte, i) => byte === (i & 0xff)))
          lengths.push(data.length)
        },
        ping: () => void lengths.push(-1),
        pong: () => undefined,
        peerClosed: (code: number) => void lengths.push(-code),
      }
      kept.push(new Uint8Array(frames))
      const reader = new FrameReader({ isMasked: isMasking, messageBytesMax: 1 << 20 }, taker)
      t.equal(reader.read(new Uint8Array(frames)), 0)
      writes.push({ messages, lengths })
    },
    tellSent: () => void told.push(writes.length),
  }
  const send = (bytes: number): void =>
    frameBatch.add(
      sink,
      opcodes.binary,
      Uint8Array.from({ length: bytes }, (_, i) => i & 0xff),
      1,
    )
  return { sink, writes, kept, told, send }
}

const turnEnd = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

for (const isMasking of [true, false])
  t.test(`frames of every length are what they should be, ${isMasking ? 'masked' : 'bare'}`, async (t) => {
    const { writes, send } = sinkOf(isMasking)
    const lengths = [0, 1, 125, 126, 320, 65_500, 65_535, 65_536, 100_000]
    for (const length of lengths) send(length)
    await turnEnd()
    t.same(
      writes.flatMap((write) => write.lengths),
      lengths,
    )
  })

t.test(
  'what one connection sends in a turn leaves in one write, at its end; what another sends ends it earlier',
  async (t) => {
    const [a, b] = [sinkOf(true), sinkOf(true)]
    a.send(10)
    a.send(20)
    frameBatch.add(a.sink, opcodes.ping, new Uint8Array(0), 0)
    t.same(a.writes, [])
    t.ok(frameBatch.bytesOf(a.sink) > 30)
    b.send(30)
    t.same(a.writes, [{ messages: 2, lengths: [10, 20, -1] }])
    t.equal(frameBatch.bytesOf(a.sink), 0)
    await turnEnd()
    t.same(b.writes, [{ messages: 1, lengths: [30] }])
  },
)

t.test('a batch is cut where it is full, and order is kept', async (t) => {
  const { writes, send } = sinkOf(true)
  for (let i = 0; i < 3; i++) send(30_000)
  await turnEnd()
  t.same(
    writes.map(({ messages }) => messages),
    [2, 1],
  )
})

t.test('who has sent is told so when everything has been written, and not while it sends', async (t) => {
  const [a, b] = [sinkOf(true), sinkOf(false)]
  a.send(10)
  b.send(70_000)
  b.send(20)
  frameBatch.flush()
  t.same([a.writes.length, a.told, b.writes.length, b.told], [1, [], 2, []])
  frameBatch.settle()
  t.same([a.told[0], b.told[0]], [1, 2])
  const count = a.told.length + b.told.length
  frameBatch.settle()
  t.equal(a.told.length + b.told.length, count, 'once')
  b.send(70_000)
  t.equal(b.told.at(-1), 2)
  await turnEnd()
  t.equal(b.told.at(-1), 3, 'at the end of the turn, whoever asks')
})

t.test('no two frames share a key', async (t) => {
  const { kept, send } = sinkOf(true)
  const keys = new Set<string>()
  for (let i = 0; i < 3000; i++) {
    send(4)
    frameBatch.flush()
    keys.add(Buffer.from(kept.at(-1)!.subarray(2, 6)).toString('hex'))
  }
  t.ok(keys.size > 2990, `${keys.size} of 3000`)
})
