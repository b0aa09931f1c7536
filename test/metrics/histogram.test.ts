import t from 'tap'
import { DURATION_MS_MAX, Histogram } from '../../proxy/metrics/histogram.js'
import { bucketBoundariesSeconds } from '../../proxy/metrics/names.js'

const histogramOf = (...durationsMs: number[]): Histogram => {
  const histogram = new Histogram()
  for (const ms of durationsMs) histogram.observe(ms)
  return histogram
}

t.test('a fresh histogram has counted nothing', async (t) => {
  const histogram = new Histogram()
  t.equal(histogram.count, 0)
  t.equal(histogram.sumMs, 0)
  t.same(histogram.toBuckets([0.001, 10]), [0, 0])
  t.ok(Number.isNaN(histogram.quantile(0.5)), 'no quantile of nothing')
})

t.test('observe() keeps count and exact sum', async (t) => {
  const histogram = histogramOf(0.5, 20, 1234.5)
  t.equal(histogram.count, 3)
  t.equal(histogram.sumMs, 1255)
})

t.test('a duration that several had is counted for each of them', async (t) => {
  const histogram = new Histogram()
  histogram.observe(2, 3)
  t.equal(histogram.count, 3)
  t.equal(histogram.sumMs, 6)
  t.same(histogram.toBuckets([0.001, 0.002]), [0, 3])
})

t.test('any duration from 1 µs to 100 s is told to within 5 %', async (t) => {
  let worst = 0
  for (let ms = 0.001; ms < DURATION_MS_MAX; ms *= 1.0007) {
    worst = Math.max(worst, Math.abs(histogramOf(ms).quantile(1) - ms) / ms)
  }
  t.ok(worst < 0.050001, `worst ${(worst * 100).toFixed(2)} %`)
  t.ok(worst > 0.04, 'the bound is not idle')
})

t.test('every public boundary counts what equals it, and nothing above it', async (t) => {
  for (const seconds of bucketBoundariesSeconds) {
    const ms = seconds * 1000
    t.same(histogramOf(ms).toBuckets([seconds]), [1], `${seconds} s is at or below ${seconds} s`)
    t.same(histogramOf(ms * 1.0001).toBuckets([seconds]), [0], `a little more than ${seconds} s is not`)
  }
})

t.test('toBuckets() counts cumulatively', async (t) => {
  const histogram = histogramOf(0.05, 0.1, 0.15, 3, 20, 20.1, 60_000)
  t.same(histogram.toBuckets([0.0001, 0.0002, 0.001, 0.02, 0.05, 10]), [2, 3, 3, 5, 6, 6])
})

t.test('a boundary between two bucket edges takes in the whole bucket', async (t) => {
  t.same(histogramOf(1.23, 1.26, 1.31).toBuckets([0.00125]), [2])
})

t.test('NaN and what is below 0 count as 0', async (t) => {
  const histogram = histogramOf(Number.NaN, -1, -Infinity, -0)
  t.equal(histogram.count, 4)
  t.equal(histogram.sumMs, 0)
  t.same(histogram.toBuckets([0.0001]), [4])
  t.equal(histogram.quantile(1), 0)
})

t.test('what is beyond 100 s counts as 100 s, and the sum stays finite', async (t) => {
  const histogram = histogramOf(DURATION_MS_MAX, 1e9, Infinity)
  t.equal(histogram.count, 3)
  t.equal(histogram.sumMs, 300_000)
  t.same(histogram.toBuckets([10, 100, 1000]), [0, 3, 3])
  t.equal(histogram.quantile(0.5), 99_500)
})

t.test('quantile() finds the duration that the fraction does not exceed', async (t) => {
  const histogram = new Histogram()
  for (let ms = 1; ms <= 100; ms++) histogram.observe(ms)
  t.equal(histogram.quantile(0), 0.995, 'the least, in the middle of (0.99, 1.0]')
  t.equal(histogram.quantile(0.5), 49.5, 'the 50th, in the middle of (49, 50]')
  t.equal(histogram.quantile(0.99), 98.5)
  t.equal(histogram.quantile(1), 99.5)
})

t.test('merge() adds what the other has counted and leaves the other alone', async (t) => {
  const sum = histogramOf(1, 2)
  const other = histogramOf(2, 300)
  sum.merge(other)
  t.equal(sum.count, 4)
  t.equal(sum.sumMs, 305)
  t.same(sum.toBuckets([0.001, 0.002, 0.5]), [1, 3, 4])
  t.equal(other.count, 2)
})
