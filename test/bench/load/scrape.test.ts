import t from 'tap'
import { scrapeCostOf } from '../../../bench/load/scrape.js'

t.test(
  'what a scrape costs is the median difference of neighbours, of a core, of the process, and each',
  async (t) => {
    // The machine drifts by more than what is looked for, and one window meets somebody else.
    const pairs = [0.015, 0.012, 0.7, 0.016, 0.017].map((more, i) => ({
      without: 0.2 + i / 20,
      scraped: 0.2 + i / 20 + more,
    }))
    const { share, ofProcess, msEach } = scrapeCostOf(pairs, 10)
    t.equal(share.toFixed(4), '0.0160')
    t.equal(ofProcess.toFixed(4), '0.0533')
    t.equal(msEach.toFixed(2), '1.60')
  },
)

t.test('the interval of the median is that of the sign test', async (t) => {
  const pairs = Array.from({ length: 40 }, (_, i) => ({ without: 0, scraped: ((i * 7) % 40) / 1000 }))
  const { share, between } = scrapeCostOf(pairs, 10)
  t.equal(share.toFixed(4), '0.0195')
  // The 14th of 40 from either end: the binomial distribution leaves 3.8 % beyond the two.
  t.same(between, [0.013, 0.026])
  t.same(scrapeCostOf(pairs.slice(0, 3), 10).between, [0, 0.014], 'of few pairs it is all that was seen')
})
