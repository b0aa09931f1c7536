import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { inPackage } from '../../proxy/base/package-file.js'
import { ProxyMetrics } from '../../proxy/metrics/metrics.js'
import { idleGauges, pageOf } from '../support/metrics-page.js'

/** Prometheus' own judge of the page and of the documented alerts; Debian has it in the package `prometheus`. */
const promtool = (args: string[], input = ''): { status: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

const skip =
  spawnSync('promtool', ['--version']).error === undefined
    ? false
    : 'promtool is not on PATH (Debian: prometheus)'

t.test('promtool finds nothing to say about the page', { skip }, async (t) => {
  const metrics = new ProxyMetrics({ reasons: ['dtmf'], detectors: ['dtmf'], triggers: ['dtmf'] })
  metrics.violation('twilio', 'bad-json')
  metrics.signal('applied', 3)
  metrics.refused('credentials')
  metrics.latency('detect', 0.4)
  const calls = [{ dialect: 'twilio', tenant: 'acme', count: 1 }]
  for (const page of [await pageOf(new ProxyMetrics()), await pageOf(metrics, idleGauges(calls))]) {
    t.same(promtool(['check', 'metrics'], page), { status: 0, output: '' })
  }
})

t.test('promtool does find fault with a page that has one', { skip }, async (t) => {
  t.not(promtool(['check', 'metrics'], 'hushfork_frames_total{verdict="pass" 1\n').status, 0)
})

t.test('promtool reads every alert of docs/metrics.md', { skip }, async (t) => {
  const page = readFileSync(inPackage('docs/metrics.md'), 'utf8')
  const rules = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? ''
  const path = join(t.testdir({ 'rules.yaml': rules }), 'rules.yaml')
  const { status, output } = promtool(['check', 'rules', path])
  t.equal(status, 0, output)
  t.match(output, /[1-9]\d* rules found/)
})
