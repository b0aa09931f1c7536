import t from 'tap'
import { RecordRing } from '../../../../../proxy/detectors/speech/recognizers/embedded/record-ring.js'

const read = (ring: RecordRing) => {
  const records: [number, number, number, number, number, number[]][] = []
  ring.readAll(({ kind, stream, count, a, b, samples }) =>
    records.push([kind, stream, count, a, b, [...samples]]),
  )
  return records
}

t.test('what is written is read, once and in order', async (t) => {
  const ring = RecordRing.create(1024)
  t.ok(ring.write(2, 7, 1.5, -3, 0, Int16Array.of(1, -2, 3)))
  t.ok(ring.write(1, 8, Infinity, 0, 42))
  t.strictSame(read(new RecordRing(ring.memory)), [
    [2, 7, 3, 1.5, -3, [1, -2, 3]],
    [1, 8, 42, Infinity, 0, []],
  ])
  t.strictSame(read(ring), [])
})

t.test('full, it takes nothing, and takes again once something has been read', async (t) => {
  const ring = RecordRing.create(128)
  for (let i = 0; i < 4; i++) t.ok(ring.write(1, i, 0, 0, 0))
  t.notOk(ring.write(1, 4, 0, 0, 0))
  t.equal(read(ring).length, 4)
  t.ok(ring.write(1, 5, 0, 0, 0))
  t.equal(read(ring)[0]![1], 5)
})

t.test('round and round, records of any length come out as they went in', async (t) => {
  const ring = RecordRing.create(512)
  let next = 0
  let seen = 0
  for (let round = 0; round < 2_000; round++) {
    for (let i = 0; i < 3; i++) {
      const samples = Int16Array.from({ length: (next * 7) % 50 }, (_, k) => next + k)
      if (ring.write(1, next, next / 2, next, 0, samples)) next++
    }
    for (const [, stream, , a, b, samples] of read(ring)) {
      const length = (seen * 7) % 50
      if (stream !== seen || a !== seen / 2 || b !== seen || samples.length !== length)
        t.fail(`record ${seen}`)
      if (samples.some((sample, k) => sample !== seen + k)) t.fail(`samples of ${seen}`)
      seen++
    }
  }
  t.ok(seen > 3_000 && seen === next, `${seen}`)
})

t.test('what has been read is gone', async (t) => {
  const ring = RecordRing.create(256)
  ring.write(2, 7, 1, 1, 0, Int16Array.of(11, 12, 13))
  read(ring)
  t.ok(new Int32Array(ring.memory, 16).every((word) => word === 0))
})
