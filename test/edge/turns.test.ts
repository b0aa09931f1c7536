// The process's own pace: real time, in tens of milliseconds.
import t from 'tap'
import { endOfTurn, turns } from '../../proxy/edge/turns.js'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

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

/** Turns of the event loop, and time asleep, in about 200 ms. */
const observed = async () => {
  const beganMs = performance.now()
  const sleptBefore = turns.sleptMs
  let count = 0
  while (performance.now() - beganMs < 200) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    count++
  }
  return { count, sleptMs: turns.sleptMs - sleptBefore }
}

t.test(
  'while somebody has begun the process sleeps between its looks, and not before or after',
  async (t) => {
    const before = await observed()
    t.equal(before.sleptMs, 0)
    t.ok(before.count > 30, `${before.count} turns`)
    turns.begin(40)
    turns.begin(40)
    turns.end()
    const during = await observed()
    t.ok(during.sleptMs > 100, `${during.sleptMs} ms asleep`)
    t.ok(during.count < 30, `${during.count} turns`)
    turns.end()
    await nextTurn()
    t.equal((await observed()).sleptMs, 0)
  },
)

t.test(
  'while others wait to be let in, who is read is read once a pause, and as ever when they are in',
  async (t) => {
    const reads: boolean[] = []
    const reader = {
      pauseReading: () => void reads.push(false),
      resumeReading: () => void reads.push(true),
    }
    turns.begin(40)
    turns.enter(reader)
    const beganMs = performance.now()
    let letIn = 0
    while (performance.now() - beganMs < 200) {
      turns.lookAgain()
      await nextTurn()
      letIn++
    }
    await nextTurn()
    await nextTurn()
    t.ok(letIn > 50, `${letIn} let in`)
    const count = reads.filter((isReading) => isReading).length
    t.ok(count >= 2 && count <= 6, `read ${count} times`)
    t.equal(reads.at(-1), true)
    turns.leave(reader)
    turns.end()
  },
)

t.test('who is not read when the last call ends is read again', async (t) => {
  const reads: boolean[] = []
  const reader = {
    pauseReading: () => void reads.push(false),
    resumeReading: () => void reads.push(true),
  }
  turns.begin(40)
  turns.enter(reader)
  while (reads.at(-1) !== false) {
    turns.lookAgain()
    await nextTurn()
  }
  turns.end()
  await nextTurn()
  await nextTurn()
  t.equal(reads.at(-1), true)
  turns.leave(reader)
})

t.test('somebody who has no pause makes nobody sleep', async (t) => {
  turns.begin(0)
  t.equal((await observed()).sleptMs, 0)
  turns.end()
})

t.test('what is read may have waited since the look before', async (t) => {
  t.equal(turns.sinceLookMs(performance.now()), 0, 'nobody has begun')
  turns.begin(40)
  await nextTurn()
  const beganMs = performance.now()
  while (performance.now() - beganMs < 150);
  t.ok(turns.sinceLookMs(performance.now()) >= 150)
  await nextTurn()
  await nextTurn()
  t.ok(turns.sinceLookMs(performance.now()) < 150, 'what is read now came behind it')
  turns.end()
})

t.test('after somebody has connected the process looks again at once', async (t) => {
  turns.begin(40)
  const sleptBefore = turns.sleptMs
  for (let i = 0; i < 60; i++) {
    turns.lookAgain()
    await nextTurn()
  }
  turns.end()
  t.ok(turns.sleptMs - sleptBefore < 200, `${turns.sleptMs - sleptBefore} ms asleep; without it 800`)
})

/** The process is busy for so long. */
const busy = (ms: number): void => {
  const beganMs = performance.now()
  while (performance.now() - beganMs < ms);
}

t.test(
  'a process whose calls fill its pauses lets in others between two readings, not one a reading',
  async (t) => {
    let isReading = true
    const reader = {
      pauseReading: () => {
        isReading = false
      },
      resumeReading: () => {
        isReading = true
      },
    }
    turns.begin(40)
    turns.enter(reader)
    // Between two readings: how long, and how many are let in. Their middle, for the machine has others to serve as well.
    const between: { ms: number; letIn: number }[] = []
    const beganMs = performance.now()
    let sinceMs = beganMs
    for (let letIn = 0; between.length < 9 && sinceMs - beganMs < 5_000; letIn++) {
      if (isReading) {
        between.push({ ms: performance.now() - sinceMs, letIn })
        busy(60)
        letIn = 0
        sinceMs = performance.now()
      }
      turns.lookAgain()
      await nextTurn()
    }
    const middleOf = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!
    const middleMs = middleOf(between.map(({ ms }) => ms))
    const middleLetIn = middleOf(between.map(({ letIn }) => letIn))
    t.ok(middleLetIn > 10, `${middleLetIn} let in between two readings`)
    t.ok(
      middleMs >= 7 && middleMs <= 60,
      `${middleMs} ms after readings of 60: a fifth of the time is the others'`,
    )
    turns.leave(reader)
    turns.end()
  },
)

t.test('a process that looks late twice in a row is behind, until it keeps up or has no calls', async (t) => {
  const look = async (afterMs: number): Promise<boolean> => {
    busy(afterMs)
    await nextTurn()
    return turns.isBehind
  }
  turns.begin(40)
  await nextTurn()
  t.notOk(await look(1050), 'it may have stood still')
  t.notOk(await look(50))
  t.notOk(await look(1050))
  t.ok(await look(1050))
  turns.end()
  t.notOk(turns.isBehind)
  turns.begin(40)
  t.notOk(turns.isBehind)
  turns.end()
})
