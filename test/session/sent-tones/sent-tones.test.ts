import t from 'tap'
import { FRAME_SAMPLES_MAX } from '../../../proxy/base/limits.js'
import { SentTones, sentTonesAt } from '../../../proxy/session/sent-tones/sent-tones.js'

t.test('vectors do the work where the processor has them', async (t) => {
  t.ok(sentTonesAt(8_000).isVector)
})

t.test('a rate has one memory, with room for the longest frame of two channels', async (t) => {
  t.equal(sentTonesAt(16_000), sentTonesAt(16_000))
  const [left, right] = sentTonesAt(64_000).pcm
  t.same([left.length, right.length], [FRAME_SAMPLES_MAX, FRAME_SAMPLES_MAX])
  left.fill(1)
  right.fill(2)
  t.notOk(left.some((sample) => sample !== 1))
  for (const at of [0, FRAME_SAMPLES_MAX - 640]) sentTonesAt(64_000).hear(0, at, 640, 0)
  t.notOk(right.some((sample) => sample !== 2))
})

t.test('a pair is row x 4 + column, shown by the second half that holds it', async (t) => {
  for (const isVector of [false, true]) {
    const tones = new SentTones(8_000, isVector)
    const shown = (...hz: number[]): number => {
      tones.take(tones.newState())
      for (let n = 0; n < 160; n++)
        tones.pcm[0][n] = hz.reduce((sum, hz) => sum + 3_000 * Math.sin((2 * Math.PI * hz * n) / 8_000), 0)
      t.equal(tones.hear(0, 0, 79, 0), -1)
      t.equal(tones.hear(0, 79, 1, 79), -1)
      return tones.hear(0, 80, 80, 0)
    }
    t.equal(shown(697, 1209), 0)
    t.equal(shown(852, 1633), 11)
    t.equal(shown(941, 1336), 13)
    t.equal(shown(697, 852, 1336), -1, 'two rows')
    t.equal(shown(697, 1209, 1477), -1, 'two columns')
    t.equal(shown(697), -1)
    t.equal(shown(1209), -1)
    t.equal(shown(), -1)
  }
})
