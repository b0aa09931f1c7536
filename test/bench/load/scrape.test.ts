import t from 'tap'
import { scrapeCostOf } from '../../../bench/load/scrape.js'

t.test(
  'what a scrape costs is the difference of the medians, of a core, of the process, and each',
  async (t) => {
    const shares = { without: [0.25, 0.2, 0.3, 0.24], with: [0.26, 0.9, 0.25, 0.26] }
    const { share, ofProcess, msEach } = scrapeCostOf(shares, 10)
    t.equal(share.toFixed(4), '0.0150')
    t.equal(ofProcess.toFixed(4), '0.0612')
    t.equal(msEach.toFixed(2), '1.50')
  },
)
