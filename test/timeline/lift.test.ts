import t from 'tap'
import { type Lift, outsideLifts } from '../../proxy/timeline/lift.js'

const parts = (lifts: readonly Lift[], start: number, end: number): string =>
  outsideLifts(lifts, start, end)
    .map(({ startSample, endSample }) => `${startSample}-${endSample}`)
    .join(' ')
const lift = (startSample: number, endSample: number): Lift => ({ startSample, endSample })

t.test('what no lift covers stays, in order and to the sample', async (t) => {
  t.equal(parts([], 10, 20), '10-20')
  t.equal(parts([lift(12, 15)], 10, 20), '10-12 15-20')
  t.equal(parts([lift(0, 12), lift(18, Infinity)], 10, 20), '12-18')
  t.equal(parts([lift(16, 18), lift(12, 14)], 10, 20), '10-12 14-16 18-20')
  t.equal(parts([lift(20, 30), lift(0, 10)], 10, 20), '10-20')
})

t.test('lifts that overlap lift together', async (t) => {
  t.equal(parts([lift(12, 16), lift(14, 18)], 10, 20), '10-12 18-20')
  t.equal(parts([lift(5, 40), lift(12, 14)], 10, 20), '')
})

t.test('a lift of no length lifts nothing', async (t) => {
  t.equal(parts([lift(15, 15)], 10, 20), '10-15 15-20')
})
