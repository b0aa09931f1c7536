// A process some of whose calls are read by others, who cannot be told to wait: it sleeps between its looks. Real time, in tens of
// milliseconds; in a file of its own, for a process that has begun to sleep does so until it is over.
import t from 'tap'
import { turns } from '../../proxy/edge/turns.js'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The process is busy for so long. */
const busy = (ms: number): void => {
  const beganMs = performance.now()
  while (performance.now() - beganMs < ms);
}

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

t.test('nobody sleeps who has not been asked to', async (t) => {
  turns.begin(40)
  t.equal((await observed()).sleptMs, 0)
  t.equal(turns.sinceLookMs(performance.now()), 0)
  turns.end()
  turns.sleepBetweenLooks()
})

t.test(
  'while somebody has begun the process sleeps between its looks, and not before or after',
  async (t) => {
    t.equal((await observed()).sleptMs, 0)
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

t.test('somebody who has no pause makes nobody sleep', async (t) => {
  turns.begin(0)
  t.equal((await observed()).sleptMs, 0)
  turns.end()
})

t.test('what is read may have waited since the look before', async (t) => {
  t.equal(turns.sinceLookMs(performance.now()), 0, 'nobody has begun')
  turns.begin(40)
  await nextTurn()
  busy(150)
  t.ok(turns.sinceLookMs(performance.now()) >= 150)
  for (let look = 0; look < 5; look++) await nextTurn()
  t.ok(turns.sinceLookMs(performance.now()) < 150, 'what is read now came behind it')
  turns.end()
})

t.test(
  'while somebody connects the process looks often, and sleeps as ever when they have agreed',
  async (t) => {
    turns.begin(400)
    await nextTurn()
    const beganMs = performance.now()
    for (let look = 0; look < 12; look++) {
      turns.lookAgain()
      await nextTurn()
    }
    const tookMs = performance.now() - beganMs
    t.ok(tookMs < 800, `four naps took ${tookMs} ms; without it 1600`)
    await new Promise((resolve) => setTimeout(resolve, 150))
    const sleptBefore = turns.sleptMs
    for (let look = 0; look < 3; look++) await nextTurn()
    t.ok(turns.sleptMs - sleptBefore > 100, `${turns.sleptMs - sleptBefore} ms asleep`)
    turns.end()
  },
)

t.test('one that looks late by a second, for a second, is behind, until it has no calls', async (t) => {
  const lookedAfter = async (ms: number): Promise<boolean> => {
    busy(ms)
    for (let look = 0; look < 3; look++) await nextTurn()
    return turns.isBehind
  }
  turns.begin(40)
  await nextTurn()
  t.notOk(await lookedAfter(1100), 'it may have stood still')
  t.notOk(await lookedAfter(0))
  t.notOk(await lookedAfter(1100))
  t.ok(await lookedAfter(1100))
  turns.end()
  t.notOk(turns.isBehind)
})
