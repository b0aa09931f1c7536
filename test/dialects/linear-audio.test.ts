import t from 'tap'
import { LinearAudio } from '../../proxy/dialects/linear-audio.js'

const messageOf = (...bytes: number[]) => ({ data: Uint8Array.from(bytes), isBinary: true })

t.test('position is the number of samples received, per channel', async (t) => {
  const stereo = new LinearAudio(2)
  t.match(stereo.frameOf(messageOf(1, 2, 3, 4, 5, 6, 7, 8), 5), {
    stream: 0,
    startSample: 0,
    sampleCount: 2,
    receivedAtMs: 5,
  })
  t.match(stereo.frameOf(messageOf(1, 2, 3, 4), 6), { startSample: 2, sampleCount: 1 })
  t.equal(stereo.frameOf(messageOf(), 7), null)
  t.notOk(stereo.isOdd)
})

t.test(
  "a frame's payload is a view of its message; what is behind the last whole sample is silenced",
  async (t) => {
    const mono = new LinearAudio(1)
    const message = messageOf(1, 2, 3)
    const frame = mono.frameOf(message, 0)!
    t.ok(mono.isOdd)
    t.equal(frame.envelope, message)
    t.equal(frame.payload.buffer, message.data.buffer)
    t.same([...frame.payload], [1, 2])
    t.same([...message.data], [1, 2, 0])
    const crumb = messageOf(9)
    t.equal(mono.frameOf(crumb, 0), null)
    t.same([...crumb.data], [0])
  },
)

t.test('what stands before the audio of every message is left as it is', async (t) => {
  const audio = new LinearAudio(1, 3)
  const message = { data: Uint8Array.of(9, 9, 9, 1, 2, 3, 4, 5), isBinary: true }
  const frame = audio.frameOf(message, 0)
  t.match(frame, { startSample: 0, sampleCount: 2 })
  t.same([...frame!.payload], [1, 2, 3, 4])
  t.same([...message.data], [9, 9, 9, 1, 2, 3, 4, 0])
  t.equal(audio.frameOf({ data: Uint8Array.of(9, 9, 9, 1), isBinary: true }, 0), null)
  t.match(audio.frameOf({ data: Uint8Array.of(9, 9, 9, 1, 2), isBinary: true }, 0), { startSample: 2 })
})
