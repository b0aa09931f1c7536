// Berlin is UTC+1 in winter and UTC+2 in summer: 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00.
import t from 'tap'
import { policySchema } from '../../proxy/policy/options.js'
import { admits, isOpenAt, isSilentAt } from '../../proxy/policy/schedule.js'

const week = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' }
const policyOf = (schedule: object) =>
  policySchema.parse({
    schedule: { timeZone: 'Europe/Berlin', open: [week], outside: 'silent', ...schedule },
  })
const isOpen = (at: string, schedule: object = {}): boolean =>
  isOpenAt(policyOf(schedule).schedule!, Date.parse(at))

t.test('open from the first minute to the last, on its days alone', async (t) => {
  t.notOk(isOpen('2026-01-05T06:59:59.999Z'), 'Monday, 07:59 in Berlin')
  t.ok(isOpen('2026-01-05T07:00:00Z'))
  t.ok(isOpen('2026-01-09T16:59:59.999Z'), 'Friday, 17:59')
  t.notOk(isOpen('2026-01-09T17:00:00Z'))
  t.notOk(isOpen('2026-01-10T10:00:00Z'), 'Saturday')
})

t.test("the zone's clock counts, summer and winter", async (t) => {
  t.ok(isOpen('2026-07-06T06:00:00Z'), '08:00 in summer')
  t.notOk(isOpen('2026-01-05T06:00:00Z'), '07:00 in winter')
  const sunday = { open: [{ days: ['sun'], from: '01:00', to: '02:30' }] }
  t.ok(isOpen('2026-03-29T00:59:00Z', sunday), '01:59, a minute before the hour that is missing')
  t.notOk(isOpen('2026-03-29T01:00:00Z', sunday), '03:00')
  for (const at of ['2026-10-25T00:29:00Z', '2026-10-25T01:29:00Z']) t.ok(isOpen(at, sunday), '02:29, twice')
})

t.test('hours past midnight belong to the day on which they begin', async (t) => {
  const night = { open: [{ days: ['fri'], from: '22:00', to: '06:00' }] }
  t.ok(isOpen('2026-01-09T22:00:00Z', night), 'Friday, 23:00')
  t.ok(isOpen('2026-01-10T04:59:00Z', night), 'Saturday, 05:59')
  t.notOk(isOpen('2026-01-10T05:00:00Z', night))
  t.notOk(isOpen('2026-01-09T04:00:00Z', night), 'Friday, 05:00')
})

t.test('a day may last until midnight', async (t) => {
  const late = { open: [{ days: ['mon'], from: '20:00', to: '24:00' }] }
  t.ok(isOpen('2026-01-05T22:59:00Z', late))
  t.notOk(isOpen('2026-01-05T23:00:00Z', late))
})

t.test('on a holiday nothing begins; what began on the eve goes on', async (t) => {
  t.notOk(isOpen('2026-01-05T10:00:00Z', { holidays: ['2026-01-05'] }))
  const night = { open: [{ days: ['fri', 'sat'], from: '22:00', to: '06:00' }], holidays: ['2026-01-10'] }
  t.ok(isOpen('2026-01-10T04:00:00Z', night))
  t.notOk(isOpen('2026-01-10T22:00:00Z', night))
})

t.test('outside the hours a call is silent, or as it is, or not admitted', async (t) => {
  const [open, closed] = [Date.parse('2026-01-05T10:00:00Z'), Date.parse('2026-01-04T10:00:00Z')]
  const verdicts = (outside: string): boolean[] => {
    const policy = policyOf({ outside })
    return [open, closed].flatMap((at) => [admits(policy, at), isSilentAt(policy, at)])
  }
  t.strictSame(verdicts('silent'), [true, false, true, true])
  t.strictSame(verdicts('as-is'), [true, false, true, false])
  t.strictSame(verdicts('refuse'), [true, false, false, false])
})

t.test('without a schedule every hour is like any other', async (t) => {
  const policy = policySchema.parse({})
  t.ok(admits(policy, 0))
  t.notOk(isSilentAt(policy, 0))
})
