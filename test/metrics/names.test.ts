import { readFileSync } from 'node:fs'
import t from 'tap'
import { inPackage } from '../../proxy/base/package-file.js'
import {
  bucketBoundariesSeconds,
  metrics as proxyMetrics,
  recognizerMetrics,
} from '../../proxy/metrics/names.js'

const metrics = { ...proxyMetrics, ...recognizerMetrics }

const page = readFileSync(inPackage('docs/metrics.md'), 'utf8')

/** Rows `| name | type | labels | unit | meaning |` of the page's tables, by name. */
const documented = new Map(
  [...page.matchAll(/^\| `(\w+)` \| (\w+) \| (.*?) \| (\w+) \| (.+) \|$/gm)].map(
    ([, name, type, labels, unit, meaning]) => [name!, { type, labels, unit, meaning }],
  ),
)

t.test('docs/metrics.md has a row for every metric, with its type, labels and unit', async (t) => {
  for (const [name, { type, labels, unit }] of Object.entries(metrics)) {
    const row = documented.get(name)
    const cell = labels.map((label) => `\`${label}\``).join(', ') || 'none'
    t.match(row, { type, labels: cell, unit }, name)
    t.equal(row?.labels, cell, `${name}: these labels and no other`)
  }
})

t.test('docs/metrics.md names no metric that does not exist', async (t) => {
  t.same([...documented.keys()].sort(), Object.keys(metrics).sort())
  for (const [mention] of page.matchAll(/\b(hushfork|process)_\w+/g)) {
    const name = mention.replace(/_(bucket|sum|count)$/, '')
    t.ok(name in metrics, mention)
  }
})

t.test('names end as Prometheus asks: unit last, counters with _total', async (t) => {
  for (const [name, { type, unit }] of Object.entries(metrics)) {
    t.equal(/_total$/.test(name), type === 'counter', name)
    if (unit !== 'count') t.match(name, new RegExp(`_${unit}(_total)?$`))
    if (type === 'histogram') t.equal(unit, 'seconds')
  }
})

t.test('no metric has a label for a call, a number or a person', async (t) => {
  const allowed = ['verdict', 'reason', 'dialect', 'code', 'result', 'stage', 'trigger', 'detector', 'tenant']
  for (const { labels } of Object.values(metrics)) {
    for (const label of labels)
      t.ok([...allowed, 'worker', 'state', 'version', 'node'].includes(label), label)
  }
})

t.test('bucket boundaries ascend from 0.1 ms to 10 s and are on the page', async (t) => {
  t.equal(bucketBoundariesSeconds[0], 0.0001)
  t.equal(bucketBoundariesSeconds.at(-1), 10)
  t.same(
    bucketBoundariesSeconds,
    [...bucketBoundariesSeconds].sort((a, b) => a - b),
  )
  t.ok(page.includes(bucketBoundariesSeconds.join(', ')))
})
