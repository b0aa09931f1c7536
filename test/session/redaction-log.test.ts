import t from 'tap'
import { RedactionLog } from '../../proxy/session/redaction-log.js'

t.test('what leaves silent frame by frame is told as one run', async (t) => {
  const log = new RedactionLog(1)
  log.add(0, 100, 160, 'dtmf')
  log.add(0, 160, 320, 'dtmf')
  log.add(0, 320, 400, 'dtmf')
  t.strictSame(log.toRuns(), [{ track: 0, startSample: 100, endSample: 400, reason: 'dtmf' }])
})

t.test('one audible sample between two stretches makes two runs', async (t) => {
  const log = new RedactionLog(1)
  log.add(0, 100, 160, 'dtmf')
  log.add(0, 161, 320, 'dtmf')
  t.equal(log.toRuns().length, 2)
})

t.test('a stretch within the last run changes nothing', async (t) => {
  const log = new RedactionLog(1)
  log.add(0, 100, 160, 'dtmf')
  log.add(0, 110, 120, 'dtmf')
  t.strictSame(log.toRuns(), [{ track: 0, startSample: 100, endSample: 160, reason: 'dtmf' }])
})

t.test('each reason and each track has runs of its own, told by position', async (t) => {
  const log = new RedactionLog(2)
  log.add(1, 200, 300, 'payment')
  log.add(0, 200, 300, 'dtmf')
  log.add(0, 100, 160, 'payment')
  t.strictSame(
    log.toRuns().map((run) => `${run.track}:${run.startSample} ${run.reason}`),
    ['0:100 payment', '0:200 dtmf', '1:200 payment'],
  )
})

t.test('a run that every track shares to the sample is told once, without a track', async (t) => {
  const log = new RedactionLog(2)
  log.add(0, 0, 160, 'payment')
  log.add(1, 0, 160, 'payment')
  log.add(0, 500, 600, 'payment')
  log.add(1, 500, 601, 'payment')
  t.strictSame(
    log.toRuns().map((run) => `${run.track}:${run.startSample}-${run.endSample}`),
    ['null:0-160', '0:500-600', '1:500-601'],
  )
})

t.test("a single track's run keeps its track", async (t) => {
  const log = new RedactionLog(1)
  log.add(0, 0, 160, 'payment')
  t.match(log.toRuns(), [{ track: 0 }])
})

t.test('beyond 20,000 runs a new one joins the last of its track and reason', async (t) => {
  const log = new RedactionLog(2)
  for (let i = 0; i < 20_000; i++) log.add(0, i * 10, i * 10 + 5, 'dtmf')
  log.add(0, 300_000, 300_005, 'dtmf')
  const runs = log.toRuns()
  t.equal(runs.length, 20_000)
  t.strictSame(runs.at(-1), { track: 0, startSample: 199_990, endSample: 300_005, reason: 'dtmf' })
  log.add(1, 300_000, 300_005, 'dtmf')
  t.equal(log.toRuns().length, 20_001, 'the first of its track and reason is still told')
})

t.test('what has been told does not change afterwards', async (t) => {
  const log = new RedactionLog(1)
  log.add(0, 0, 160, 'dtmf')
  const told = log.toRuns()
  log.add(0, 160, 320, 'dtmf')
  t.match(told, [{ endSample: 160 }])
})
