import t from 'tap'
import { FRAME_SAMPLES_MAX } from '../../proxy/base/limits.js'
import { opusDecoders, prepareOpusDecoders } from '../../proxy/codecs/opus/decoder-pool.io.js'
import type { MediaFrame, PayloadStream } from '../../proxy/media/frame.js'
import { Lane } from '../../proxy/session/lane.js'

const stream = (codec: string, channelCount: 1 | 2 = 1, clockRateHz = 8_000): PayloadStream => ({
  format: { codec, clockRateHz, channelCount },
  tracks: channelCount === 1 ? [0] : [0, 1],
})
const frameOf = (sampleCount: number, payload: Uint8Array): MediaFrame => ({
  stream: 0,
  startSample: 0,
  sampleCount,
  payload,
  envelope: null,
  receivedAtMs: 0,
  heldBytes: payload.length,
})
const range = (startSample: number, endSample: number, channel: number | null = null) => ({
  channel,
  startSample,
  endSample,
})
/** An Opus packet of one SILK frame of 20 ms, and one that repeats its predecessor (RFC 6716 section 4.2.4). */
const SILK = [0x48, 0x80, 0x11, 0x22, 0x33]
const SILK_WITH_COPY = [0x48, 0x40, 0x11]

t.test('a frame is decoded to the PCM of its track', async (t) => {
  const lane = new Lane(stream('pcmu'))
  t.equal(lane.sampleRateHz, 8_000)
  t.strictSame(lane.tracks, [0])
  const count = lane.decode(frameOf(3, Uint8Array.of(0x80, 0x00, 0xff)))
  t.equal(count, 3)
  t.strictSame([...lane.channel(0, count)], [32_124, -32_124, 0])
})

t.test('the channels of an interleaved frame are told apart', async (t) => {
  const lane = new Lane(stream('l16', 2))
  const count = lane.decode(frameOf(2, Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0)))
  t.equal(count, 2)
  t.strictSame([...lane.channel(0, count)], [1, 3])
  t.strictSame([...lane.channel(1, count)], [2, 4])
})

t.test('a payload that does not last as long as its frame says is not listened to', async (t) => {
  const lane = new Lane(stream('pcmu'))
  t.equal(lane.decode(frameOf(160, new Uint8Array(159))), -1)
  t.equal(lane.decode(frameOf(160, new Uint8Array(161))), -1)
  t.equal(lane.decode(frameOf(160, new Uint8Array(160))), 160)
})

t.test('a frame longer than the scratch is not listened to', async (t) => {
  const lane = new Lane(stream('pcmu', 2))
  t.equal(lane.decode(frameOf(FRAME_SAMPLES_MAX + 1, new Uint8Array(2 * FRAME_SAMPLES_MAX + 2))), -1)
  t.equal(lane.decode(frameOf(FRAME_SAMPLES_MAX, new Uint8Array(2 * FRAME_SAMPLES_MAX))), FRAME_SAMPLES_MAX)
})

t.test('there is no lane for a codec that is not built in', async (t) => {
  t.throws(() => new Lane(stream('g729')), { code: 'REDACT_ERR_CODEC_UNKNOWN' })
  t.throws(() => new Lane(stream('toString')), { code: 'REDACT_ERR_CODEC_UNKNOWN' })
})

t.test('silence() overwrites in place and says whether the payload is still what came', async (t) => {
  const lane = new Lane(stream('pcmu'))
  const frame = frameOf(4, Uint8Array.of(1, 2, 3, 4))
  const { payload } = frame
  t.equal(lane.silence(frame, []), false)
  t.strictSame([...payload], [1, 2, 3, 4])
  t.equal(lane.silence(frame, [range(1, 2), range(3, 4)]), true)
  t.equal(frame.payload, payload)
  t.strictSame([...payload], [1, 0xff, 3, 0xff])
  t.notOk(lane.isFrameWise)
})

t.test('what passes is not looked at where nothing can hide in it', async (t) => {
  const lane = new Lane(stream('pcmu'), 'tone')
  t.notOk(lane.needsPayload([]))
  t.ok(lane.needsPayload([range(0, 1)]))
  t.ok(new Lane(stream('opus', 1, 48_000)).needsPayload([]))
  t.ok(new Lane(stream('g722', 1, 16_000)).needsPayload([]))
  t.equal(lane.silence(frameOf(150, new Uint8Array(0)), []), false)
  const unseen = frameOf(50, new Uint8Array(50))
  lane.silence(unseen, [range(0, 50)])
  const seen = frameOf(200, new Uint8Array(200))
  new Lane(stream('pcmu'), 'tone').silence(seen, [range(0, 200)])
  t.strictSame(unseen.payload, seen.payload.subarray(150), 'the tone goes on as if it had been there')
})

t.test('silence() of one channel leaves the other as it came', async (t) => {
  const lane = new Lane(stream('pcmu', 2))
  const frame = frameOf(2, Uint8Array.of(1, 2, 3, 4))
  lane.silence(frame, [range(0, 2, 1)])
  t.strictSame([...frame.payload], [1, 0xff, 3, 0xff])
})

t.test('a codec that cannot cut a frame silences all of it, for any part', async (t) => {
  const lane = new Lane(stream('opus', 1, 48_000))
  const frame = frameOf(960, Uint8Array.from(SILK))
  const { payload } = frame
  t.equal(lane.silence(frame, [range(959, 960)]), true)
  t.ok(lane.isFrameWise)
  t.strictSame([...frame.payload.subarray(1)], [0xff, 0xfe], 'a silent CELT frame')
  t.strictSame([...payload.subarray(3)], [0, 0], 'nothing is left behind it')
})

t.test('a frame that is silenced for the copy it hides counts as changed, whatever its length', async (t) => {
  const lane = new Lane(stream('opus', 1, 48_000))
  lane.silence(frameOf(960, Uint8Array.from(SILK)), [range(0, 1)])
  const next = frameOf(960, Uint8Array.from(SILK_WITH_COPY))
  t.equal(lane.silence(next, []), true)
  t.ok(lane.hasExtended)
  t.strictSame([...next.payload.subarray(1)], [0xff, 0xfe])
  t.equal(lane.silence(frameOf(960, Uint8Array.from(SILK_WITH_COPY)), []), false, 'the one after it passes')
  t.notOk(lane.hasExtended)
})

t.test(
  'without a decoder at hand a lane is deaf: nothing is listened to, so all of it is silenced',
  async (t) => {
    t.equal(opusDecoders.spareCount, 0)
    const lane = new Lane(stream('opus', 1, 48_000))
    t.equal(lane.sampleRateHz, 48_000)
    t.equal(lane.decode(frameOf(960, Uint8Array.from(SILK))), -1)
    lane.close()
  },
)

t.test('with one, it hears at the rate of the decoder, and nothing once it is closed', async (t) => {
  await prepareOpusDecoders(1)
  const lane = new Lane(stream('opus', 1, 48_000))
  t.equal(lane.sampleRateHz, 8_000)
  t.equal(lane.decode(frameOf(960, Uint8Array.from(SILK))), 160)
  lane.close()
  t.equal(lane.decode(frameOf(960, Uint8Array.from(SILK))), -1, 'a closed lane hears nothing, and says so')
})

t.test('a packet behind a hole is silenced when it repeats what was lost, and only then', async (t) => {
  const lane = new Lane(stream('opus', 1, 48_000))
  const at = (startSample: number, payload: Uint8Array): MediaFrame => ({
    ...frameOf(960, payload),
    startSample,
  })
  t.notOk(lane.silence(at(0, Uint8Array.from(SILK)), []), 'the first of a stream passes')
  t.notOk(lane.silence(at(960, Uint8Array.from(SILK_WITH_COPY)), []), 'a copy of what passed is harmless')
  t.ok(lane.silence(at(3 * 960, Uint8Array.from(SILK_WITH_COPY)), []), 'a copy of what nobody heard is not')
  t.ok(lane.hasExtended)
  t.notOk(lane.silence(at(4 * 960, Uint8Array.from(SILK_WITH_COPY)), []))
})

t.test('what has been heard is forgotten: the scratch keeps no audio', async (t) => {
  const lane = new Lane(stream('l16', 2))
  const count = lane.decode(frameOf(2, Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0)))
  const [left, right] = [lane.channel(0, count), lane.channel(1, count)]
  lane.forget(count)
  t.strictSame([...left, ...right], [0, 0, 0, 0])
})

t.test('a fill goes on through the frames of a lane, and stays away where it is not wanted', async (t) => {
  const lane = new Lane(stream('l16'), 'tone')
  const whole = new Uint8Array(2 * 400)
  lane.silence(frameOf(400, whole), [range(0, 400)])
  t.strictSame(whole.slice(0, 400), whole.slice(400), '440 Hz at 8 kHz: 200 samples for 11 cycles')
  const next = new Uint8Array(2 * 400)
  lane.silence(frameOf(400, next), [range(100, 300)])
  t.strictSame(next.slice(200, 600), whole.slice(200, 600))
  t.ok(next.slice(0, 200).every((byte) => byte === 0))
  t.ok(next.slice(600).every((byte) => byte === 0))
})

t.test('Opus knows no fill but silence', async (t) => {
  const frame = frameOf(960, Uint8Array.from(SILK))
  new Lane(stream('opus', 1, 48_000), 'tone').silence(frame, [range(0, 960)])
  t.strictSame([...frame.payload.subarray(1)], [0xff, 0xfe])
})

t.test('a frame of another length is heard as long as it is, and nothing of the one before it', async (t) => {
  for (const channelCount of [1, 2] as const) {
    const lane = new Lane(stream('pcmu', channelCount))
    for (const samples of [160, 80, 240, 160]) {
      const payload = new Uint8Array(samples * channelCount).fill(0x20)
      const count = lane.decode(frameOf(samples, payload))
      for (let channel = 0; channel < channelCount; channel++) {
        const pcm = lane.channel(channel, count)
        t.equal(pcm.length, samples)
        t.ok(pcm.every((sample) => sample === pcm[0] && sample !== 0))
      }
      lane.forget(count)
      for (let channel = 0; channel < channelCount; channel++)
        t.ok(
          lane.channel(channel, count).every((sample) => sample === 0),
          'forgotten',
        )
    }
  }
})
