import t from 'tap'
import { g722 } from '../../../proxy/codecs/g722/g722.js'
import { Lane } from '../../../proxy/session/lane.js'
import { g722Frames } from '../../support/g722-speech.js'

const laneAt = (clockRateHz: number): Lane =>
  new Lane({ format: { codec: 'g722', clockRateHz, channelCount: 1 }, tracks: [0] })
const frame = {
  stream: 0,
  startSample: 0,
  payload: g722Frames(1)[0]!,
  envelope: null,
  receivedAtMs: 0,
  heldBytes: 160,
}

t.test('one byte is two samples of each channel', async (t) => {
  const format = { codec: 'g722', clockRateHz: 16_000 }
  t.equal(g722.sampleCount(new Uint8Array(160), { ...format, channelCount: 1 }), 320)
  t.equal(g722.sampleCount(new Uint8Array(161), { ...format, channelCount: 2 }), 160)
})

t.test('positions count at 16,000 Hz; who counts as RTP does is not heard, and so not passed', async (t) => {
  t.equal(laneAt(16_000).decode({ ...frame, sampleCount: 320 }), 320)
  t.equal(laneAt(8_000).decode({ ...frame, sampleCount: 160 }), -1)
})
