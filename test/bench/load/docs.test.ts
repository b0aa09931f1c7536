import { readFileSync } from 'node:fs'
import t from 'tap'
import { figuresIn, peakTableIn, readmeTable, withFigures } from '../../../bench/load/docs.js'
import { markdownOf } from '../../../bench/load/report.js'
import { inPackage } from '../../../proxy/base/package-file.js'
import { measured } from './measured.js'

const page = (path: string): string => readFileSync(inPackage(path), 'utf8')
const performance = page('docs/performance.md')

t.test("the README's figures of peak load are those of docs/performance.md", async (t) => {
  const rows = peakTableIn(performance)
  t.ok(rows.length >= 4)
  t.equal(figuresIn(page('README.md'), 'peak'), readmeTable(rows))
})

t.test('docs/performance.md takes the figures of a sheet, and nothing else of it changes', async (t) => {
  for (const name of ['machine', 'peak', 'others']) {
    const told = withFigures(performance, name, 'NEW')
    t.equal(figuresIn(told, name), 'NEW')
    t.equal(withFigures(told, name, figuresIn(performance, name)), performance)
  }
  t.throws(() => withFigures(performance, 'none', ''), /no figures between/)
})

t.test('what the bench writes is what the README is made of', async (t) => {
  const result = { scenario: 'seed', about: '', medians: [measured()], runs: [] }
  const written = withFigures(performance, 'peak', markdownOf([result]))
  t.match(
    readmeTable(peakTableIn(written)),
    /\| 54, the peak of a centre with 367,539 calls a year \| 2,700 \/ 2,700 \| -50\.0 \/ 1\.0 \/ 8 \| 10\.0 \| - \| 3 % \|/,
  )
})
