// UTC, open from 08:00 to 18:00 every day; at 1,000 Hz a sample is a millisecond.
import t from 'tap'
import { OpeningHours } from '../../proxy/policy/opening-hours.js'
import { policySchema } from '../../proxy/policy/options.js'
import { scheduleDays } from '../../proxy/policy/schedule.js'
import { quietTimeline } from '../support/quiet-timeline.js'

const START_MS = 5_000

const hoursAt = (clock: string, outside = 'silent') => {
  const { timeline, hear, leave } = quietTimeline()
  const policy = policySchema.parse({
    schedule: { timeZone: 'UTC', open: [{ days: scheduleDays, from: '08:00', to: '18:00' }], outside },
  })
  const hours = new OpeningHours(policy, timeline, Date.parse(`2026-01-05T${clock}Z`), START_MS)
  return { hours, hear, leave }
}

t.test('a call that begins outside the hours is silent from its first sample until they begin', async (t) => {
  const { hours, hear, leave } = hoursAt('07:59:58')
  t.match(hours.begin(), { kind: 'closed', placement: { firstSilentSample: 0 } })
  hear(1_999)
  t.equal(hours.tick(START_MS + 1_999), null)
  t.strictSame(hours.tick(START_MS + 2_000), { kind: 'opened', clearFromSample: 1_999 })
  hear(100)
  t.strictSame(leave(), ['0-1999 schedule'])
})

t.test('a call that begins within the hours is silent from their end on', async (t) => {
  const { hours, hear, leave } = hoursAt('17:59:00')
  t.equal(hours.begin(), null)
  hear(1_000)
  t.match(hours.tick(START_MS + 60_000), { kind: 'closed', placement: { firstSilentSample: 1_000 } })
  t.equal(hours.tick(START_MS + 60_020), null, 'told once')
  t.equal(hours.tick(START_MS + 120_000), null)
  hear(100)
  t.strictSame(leave(), ['1000-1100 schedule'])
})

t.test('where others are refused, or taken as they are, a call goes on as it is', async (t) => {
  for (const outside of ['refuse', 'as-is']) {
    const { hours, hear, leave } = hoursAt('17:59:00', outside)
    t.equal(hours.begin(), null)
    t.equal(hours.tick(START_MS + 60_000), null)
    hear(100)
    t.strictSame(leave(), [])
  }
})
