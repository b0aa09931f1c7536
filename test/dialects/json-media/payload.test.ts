import t from 'tap'
import { MESSAGE_BYTES_MAX } from '../../../proxy/base/limits.js'
import {
  decodePayload,
  forgetPayload,
  recallPayload,
  refusePayload,
} from '../../../proxy/dialects/json-media/payload.js'
import type { MediaFrame } from '../../../proxy/media/frame.js'
import { textMessage } from '../../../proxy/media/wire.js'
import { mediaMemories, wayOf } from '../../support/media-memories.js'

const frameOf = (base64: string): MediaFrame => ({
  stream: 0,
  startSample: 0,
  sampleCount: 3,
  payload: new Uint8Array(0),
  payloadStart: 6,
  payloadEnd: 6 + base64.length,
  envelope: textMessage(`{"p":"${base64}"}`),
  receivedAtMs: 0,
  heldBytes: 0,
})
for (const memory of mediaMemories)
  t.test(`payloads ${wayOf(memory)}`, async (t) => {
    const decode = (base64: string): Uint8Array | null => {
      const bytes = Buffer.from(base64)
      return decodePayload(bytes, 0, bytes.length, memory)
    }
    const recalled = (frame: MediaFrame): number[] => {
      recallPayload(frame, memory)
      return [...frame.payload]
    }

    t.test('a payload is what the range spells, and nothing when that is no base64', async (t) => {
      t.same([...decode('AAEC')!], [0, 1, 2])
      t.same([...decode('AAE=')!], [0, 1])
      t.equal(decode('AA*C'), null)
      t.equal(decode('AAE'), null)
      t.equal(decode('A'.repeat(MESSAGE_BYTES_MAX + 4)), null, 'no message is as long')
      t.equal(decode('A'.repeat(MESSAGE_BYTES_MAX))!.length, (MESSAGE_BYTES_MAX / 4) * 3)
    })

    t.test('what was decoded is overwritten when it is forgotten, as far as it went', async (t) => {
      const long = decode('/'.repeat(80))!
      const short = decode('AAEC')!
      t.same([...long.subarray(0, 3), long[59]], [0, 1, 2, 0xff], 'one memory')
      const frame = frameOf('AAEC')
      frame.payload = short
      forgetPayload(frame, memory)
      t.ok(long.every((byte) => byte === 0))
      t.equal(frame.payload.length, 0)
    })

    t.test('a payload that no frame is made of is overwritten', async (t) => {
      const payload = decode('////')!
      refusePayload(memory)
      t.same([...payload], [0, 0, 0])
    })

    t.test('what was begun of a payload that is none is overwritten', async (t) => {
      const memory = decode('AAECAAEC')!
      t.equal(decode('////A*=='), null)
      t.same([...memory], [0, 0, 0, 0, 0, 0])
    })

    t.test('a payload in which somebody else has put another is overwritten too', async (t) => {
      const frame = frameOf('////')
      recallPayload(frame, memory)
      const { payload } = frame
      frame.payload = new Uint8Array(1)
      forgetPayload(frame, memory)
      t.same([...payload], [0, 0, 0])
    })

    t.test('a frame recalls its own payload, whatever was decoded since', async (t) => {
      const [one, two] = [frameOf('AAEC'), frameOf('AwQF')]
      t.same(recalled(one), [0, 1, 2])
      t.same(recalled(two), [3, 4, 5])
      t.same(recalled(one), [0, 1, 2])
      t.same(recalled(one), [0, 1, 2])
      forgetPayload(one, memory)
      t.same(recalled(one), [0, 1, 2], 'and after it was forgotten')
    })

    t.test('a payload that is there still is not decoded again: it may have been silenced', async (t) => {
      const frame = frameOf('AAEC')
      recallPayload(frame, memory)
      frame.payload.fill(0xff)
      t.same(recalled(frame), [0xff, 0xff, 0xff])
    })

    t.test('slashes that JSON has escaped are slashes', async (t) => {
      t.same(recalled(frameOf('\\/\\/\\/\\/')), [0xff, 0xff, 0xff])
    })
  })
