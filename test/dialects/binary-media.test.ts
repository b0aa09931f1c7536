import t from 'tap'
import { encodeMedia } from '../../proxy/dialects/binary-media.js'

const messageOf = (...bytes: number[]) => ({ data: Uint8Array.from(bytes), isBinary: true })
const frameOf = (payload: Uint8Array, envelope: unknown) => ({
  stream: 0,
  startSample: 0,
  sampleCount: 1,
  payload,
  envelope,
  receivedAtMs: 0,
  heldBytes: 0,
})

t.test('a payload that is a view of its message needs no copy, changed or not', async (t) => {
  const message = messageOf(1, 2, 3)
  const frame = frameOf(message.data.subarray(0, 2), message)
  t.equal(encodeMedia(frame, false), message)
  frame.payload.fill(0)
  t.equal(encodeMedia(frame, true), message)
  t.same([...message.data], [0, 0, 3])
})

t.test('a payload elsewhere is copied over the old one, never beyond the message', async (t) => {
  const message = messageOf(1, 2, 3)
  t.same([...encodeMedia(frameOf(Uint8Array.of(9, 9), message), true).data], [9, 9, 3])
  t.same([...encodeMedia(frameOf(Uint8Array.of(8, 8, 8, 8), message), true).data], [8, 8, 8])
})
