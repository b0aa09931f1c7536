// The process's own pace: real time, in tens of milliseconds.
import t, { type Test } from 'tap'
import { endOfTurn, type Reader, turns } from '../../proxy/edge/turns.js'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The process is busy for so long. */
const busy = (ms: number): void => {
  const beganMs = performance.now()
  while (performance.now() - beganMs < ms);
}

/** Turns of the event loop until it is so, or for so long at most: what is asked behind it says that it was not. */
const until = async (isSo: () => boolean, turned = (): void => undefined): Promise<void> => {
  const endMs = performance.now() + 3_000
  while (!isSo() && performance.now() < endMs) {
    await nextTurn()
    turned()
  }
}

/** Somebody who has entered until the test is over, and takes so long to be read. */
const entered = (t: Test, { name = '', tookMs = 0, told = [] as string[] } = {}) => {
  const reads: number[] = []
  const reader: Reader = {
    read: () => {
      told.push(`read ${name}`)
      reads.push(performance.now())
      busy(tookMs)
    },
    setPaced: (isPaced) => void told.push(`${isPaced ? 'paced' : 'unpaced'} ${name}`),
  }
  turns.enter(reader)
  t.teardown(() => turns.leave(reader))
  return { reader, reads, told }
}

/** A call, so that whoever has entered is read in turn. */
const begun = (t: Test, pauseMs: number): void => {
  turns.begin(pauseMs)
  t.teardown(() => turns.end())
}

t.test('a task runs when the turn is over, once, and so does one that it asks for', async (t) => {
  const ran: string[] = []
  endOfTurn(() => {
    ran.push('first')
    endOfTurn(() => ran.push('second'))
  })
  t.same(ran, [])
  await nextTurn()
  await nextTurn()
  t.same(ran, ['first', 'second'])
})

t.test('who has entered is read once a pause while there are calls, as ever before and behind', async (t) => {
  const { reads, told } = entered(t)
  await passed(100)
  t.same(told, [], 'nobody has begun')
  const beganMs = performance.now()
  turns.begin(40)
  turns.begin(40)
  turns.end()
  await passed(400)
  turns.end()
  const count = reads.length
  t.ok(count >= 4 && count <= 10, `read ${count} times in 400 ms`)
  t.ok(reads[0]! - beganMs >= 37, `not before its first turn: ${reads[0]! - beganMs} ms`)
  t.same(told, ['paced ', ...Array.from({ length: count }, () => 'read '), 'unpaced '])
  await passed(100)
  t.equal(reads.length, count)
})

t.test('who enters later is read as ever until its own first turn, which ends with the calls', async (t) => {
  begun(t, 40)
  const told: string[] = []
  const a = entered(t, { name: 'a', told })
  await passed(60)
  const enteredMs = performance.now()
  const b = entered(t, { name: 'b', told })
  t.notOk(told.some((line) => line.endsWith('b')))
  await until(() => b.reads.length > 0)
  t.ok(
    b.reads[0]! - enteredMs >= 17,
    `${b.reads[0]! - enteredMs} ms: half a pause early at most, together with another`,
  )
  const c = entered(t, { name: 'c', told })
  turns.leave(a.reader)
  turns.leave(c.reader)
  const countOfA = a.reads.length
  await passed(100)
  t.equal(a.reads.length, countOfA, 'nobody is read who has left')
  t.notOk(
    told.some((line) => line.endsWith('c')),
    'nor touched who has left before its turn',
  )
})

t.test('a call that ends while it is read leaves nobody paced, and nobody is read behind it', async (t) => {
  const told: string[] = []
  let reads = 0
  const reader: Reader = {
    read: () => {
      reads++
      turns.end()
    },
    setPaced: (isPaced) => void told.push(isPaced ? 'paced' : 'unpaced'),
  }
  turns.enter(reader)
  t.teardown(() => turns.leave(reader))
  turns.begin(40)
  await passed(150)
  t.same([reads, ...told], [1, 'paced', 'unpaced'])
})

t.test('where there is no pause nobody is read in turn', async (t) => {
  begun(t, 0)
  const { told } = entered(t)
  await passed(60)
  t.same(told, [])
})

t.test('turns come in the order in which they are due, those that are close together in one', async (t) => {
  begun(t, 160)
  const told: string[] = []
  for (const name of ['a', 'b', 'c']) entered(t, { name, told })
  let wakes = 0
  let before = 0
  await until(
    () => told.length >= 12,
    () => {
      if (told.length > before) wakes++
      before = told.length
    },
  )
  t.same(
    told.filter((line) => line.startsWith('read')),
    ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c'].map((name) => `read ${name}`),
  )
  t.ok(wakes <= 4, `${wakes} wakes for 3 rounds`)
})

t.test('who was read late is not read more often for it', async (t) => {
  begun(t, 40)
  const { reads } = entered(t)
  await until(() => reads.length > 0)
  busy(300)
  const count = reads.length
  const beganMs = performance.now()
  await passed(100)
  const tookMs = performance.now() - beganMs
  t.ok(reads.length - count <= 1 + Math.ceil(tookMs / 37), `${reads.length - count} times in ${tookMs} ms`)
})

t.test('everything else goes on between the turns of many', async (t) => {
  begun(t, 500)
  const told: string[] = []
  for (let i = 0; i < 20; i++) entered(t, { name: `${i}`, tookMs: 4, told })
  const readsAt: number[] = []
  const readCount = (): number => told.filter((line) => line.startsWith('read')).length
  await until(
    () => readCount() === 20,
    () => {
      const count = readCount()
      if (count > 0 && count < 20 && count !== readsAt.at(-1)) readsAt.push(count)
    },
  )
  t.ok(readsAt.length >= 4, `others had their turn after ${readsAt.join(', ')} of 20`)
})

t.test(
  'a process that reads its calls a second late, for a second, is behind until it keeps up',
  async (t) => {
    turns.begin(40)
    const { reads } = entered(t)
    const readAfter = async (ms: number): Promise<boolean> => {
      const count = reads.length
      busy(ms)
      await until(() => reads.length > count)
      return turns.isBehind
    }
    t.notOk(await readAfter(1100), 'it may have stood still')
    t.notOk(await readAfter(0))
    t.notOk(await readAfter(1100), 'and again')
    t.ok(await readAfter(1100))
    t.notOk(await readAfter(0), 'it keeps up')
    await readAfter(1100)
    t.ok(await readAfter(1100))
    turns.end()
    t.notOk(turns.isBehind, 'it has no calls')
    turns.begin(40)
    t.notOk(turns.isBehind)
    turns.end()
  },
)
