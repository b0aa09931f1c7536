// At 1,000 Hz a sample is a millisecond; the hold-back is a second.
import t from 'tap'
import { StandingSilence } from '../../proxy/policy/standing-silence.js'
import { quietTimeline } from '../support/quiet-timeline.js'

t.test('it is silent from the sample that it is told to the one at which it closes', async (t) => {
  const { timeline, hear, leave } = quietTimeline()
  const silence = new StandingSilence('split', timeline)
  hear(100)
  t.match(silence.open(50), { firstSilentSample: 50, lateSamples: 0 })
  t.ok(silence.isOpen)
  hear(100)
  t.equal(silence.close(), 200, 'from what comes next')
  t.notOk(silence.isOpen)
  hear(100)
  t.strictSame(leave(), ['50-100 split', '100-200 split'])
})

t.test('opened again while it is open it changes nothing, and nothing is late', async (t) => {
  const { timeline, hear, leave } = quietTimeline()
  const silence = new StandingSilence('consent', timeline)
  hear(100)
  silence.open(50)
  leave()
  t.strictSame(silence.open(0), { lateSamples: 0, firstSilentSample: 50 })
  silence.close()
  hear(100)
  t.strictSame(leave(), [])
})

t.test('what has left when it opens is late', async (t) => {
  const { timeline, hear, leave } = quietTimeline()
  hear(100)
  leave()
  t.match(new StandingSilence('consent', timeline).open(40), { firstSilentSample: 100, lateSamples: 60 })
})

t.test('it ends its own reason alone', async (t) => {
  const { timeline, hear, leave } = quietTimeline()
  const [split, schedule] = [
    new StandingSilence('split', timeline),
    new StandingSilence('schedule', timeline),
  ]
  split.open(0)
  schedule.open(0)
  hear(100)
  split.close()
  hear(100)
  t.strictSame(leave(), ['0-100 split', '0-100 schedule', '100-200 schedule'])
})
