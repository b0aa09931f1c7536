import t from 'tap'
import { FRAME_SAMPLES_MAX } from '../../../proxy/base/limits.js'
import { LAST_ENERGY } from '../../../proxy/session/sent-tones/layout.js'
import { SentTones, sentTonesAt } from '../../../proxy/session/sent-tones/sent-tones.js'

t.test('vectors do the work where the processor has them', async (t) => {
  t.ok(sentTonesAt(8_000).isVector)
})

t.test('a rate has one memory, with room for the longest frame', async (t) => {
  const tones = sentTonesAt(64_000)
  t.equal(sentTonesAt(64_000), tones)
  tones.take(tones.newState(), new Int16Array(FRAME_SAMPLES_MAX).fill(1_000))
  for (const at of [0, FRAME_SAMPLES_MAX - 640]) tones.hear(at, 640, 0)
  const state = tones.newState()
  tones.keep(state)
  t.equal(new Float64Array(state.buffer)[LAST_ENERGY / 8], 640 * 1_000 ** 2)
})

t.test('a pair is row x 4 + column, shown by the second half that holds it', async (t) => {
  for (const isVector of [false, true]) {
    const tones = new SentTones(8_000, isVector)
    const shown = (...hz: number[]): number => {
      const pcm = Int16Array.from({ length: 160 }, (_, n) =>
        hz.reduce((sum, hz) => sum + 3_000 * Math.sin((2 * Math.PI * hz * n) / 8_000), 0),
      )
      tones.take(tones.newState(), pcm)
      t.equal(tones.hear(0, 79, 0), -1)
      t.equal(tones.hear(79, 1, 79), -1)
      return tones.hear(80, 80, 0)
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
