import t from 'tap'
import { LateReads } from '../../proxy/session/late-reads.js'

t.test('what was read in time has not waited', async (t) => {
  const late = new LateReads()
  t.equal(late.waitedMs(100), 0)
  late.note(500, 400, 4)
  t.equal(late.waitedMs(400), 0, 'read before')
  t.equal(late.waitedMs(600), 0, 'read behind it')
})

t.test('of what was read late the first has waited longest, and the others come evenly', async (t) => {
  const late = new LateReads()
  late.note(500, 400, 4)
  late.note(900, 200, 2)
  t.same(
    [500, 500, 500, 500].map((readAtMs) => late.waitedMs(readAtMs)),
    [400, 300, 200, 100],
  )
  t.same(
    [900, 900].map((readAtMs) => late.waitedMs(readAtMs)),
    [200, 100],
  )
  t.equal(late.waitedMs(900), 0, 'no frame was counted twice')
})

t.test('frames that never leave take their share with them', async (t) => {
  const late = new LateReads()
  late.note(500, 400, 4)
  late.note(900, 200, 2)
  t.equal(late.waitedMs(500), 400)
  t.equal(late.waitedMs(900), 200)
})

t.test('more late batches than a hold-back has looks are not remembered', async (t) => {
  const late = new LateReads()
  for (let i = 1; i <= 600; i++) late.note(i, 100, 1)
  t.equal(late.waitedMs(512), 100)
  t.equal(late.waitedMs(513), 0)
})
