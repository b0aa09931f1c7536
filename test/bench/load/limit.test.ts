import t from 'tap'
import { GeneratorGaveUp } from '../../../bench/load/generator.js'
import { findLimit } from '../../../bench/load/limit.js'
import type { Measurement } from '../../../bench/load/measure.js'

/** A subject that holds up to `limit` calls. */
const subjectWith = (limit: number, tried: number[]) => async (calls: number) => {
  tried.push(calls)
  const p99 = calls <= limit ? 5 : 50
  const none = { lost: 0, extra: 0, misordered: 0, corrupt: 0, leakedFrames: 0, tracksOverSilenced: 0 }
  return {
    calls,
    coreShare: calls / limit / 1.02,
    generatorShare: 0.1,
    reported: null,
    frames: { ...none, callsFailed: 0, refused: 0, abandoned: 0, addedMs: { p99 } },
  } as unknown as Measurement
}

t.test('the limit is found within four per cent, from above and from below', async (t) => {
  for (const limit of [130, 750, 1900]) {
    const found = await findLimit(subjectWith(limit, []), 600)
    t.ok(found.held!.calls <= limit && found.held!.calls >= limit * 0.95, `${limit}`)
  }
})

t.test('what holds at any level tried is not searched for ever', async (t) => {
  const tried: number[] = []
  const { held, reason } = await findLimit(subjectWith(Infinity, tried), 600)
  t.ok(tried.length < 4)
  t.equal(held!.calls, 4000)
  t.equal(reason, 'no more were tried')
})

t.test(
  'what a level costs says where the limit is: six levels, of half a minute each, are enough',
  async (t) => {
    for (const limit of [1100, 1600, 1900, 2300]) {
      const tried: number[] = []
      const { levels } = await findLimit(subjectWith(limit, tried), 800)
      t.ok(tried.length <= 6, `${limit}: ${tried}`)
      t.same(
        levels.map(({ calls, isHeld }) => [calls, isHeld]),
        tried.map((calls) => [calls, calls <= limit]),
      )
    }
  },
)

t.test('a limit far from what its cost says is found all the same, further and further away', async (t) => {
  for (const limit of [300, 900, 3000]) {
    const misled = async (calls: number) => ({ ...(await subjectWith(limit, [])(calls)), coreShare: 0.5 })
    const { held, levels } = await findLimit(misled, 800)
    t.ok(held!.calls <= limit && held!.calls >= limit * 0.95, `${limit}: ${held!.calls}`)
    t.ok(levels.length <= 10, `${limit}: ${levels.length}`)
  }
})

t.test('nobody is asked for more than the generator has time for', async (t) => {
  const tried: number[] = []
  const eager = async (calls: number) => ({
    ...(await subjectWith(4000, tried)(calls)),
    generatorShare: calls / 2000,
  })
  await findLimit(eager, 800)
  t.equal(tried[1], 1900)
  const { reason } = await findLimit(
    async (calls) => ({
      ...(await eager(calls)),
      ...(calls > 1900 && (await subjectWith(0, [])(calls))),
      generatorShare: calls / 2000,
    }),
    800,
  )
  t.match(reason, /the generator itself used \d+ % of its core/)
})

t.test('a search that is interrupted tells what it has, without the level that was cut short', async (t) => {
  const tried: number[] = []
  const { held, levels } = await findLimit(subjectWith(2000, tried), 800, 1, () => tried.length === 2)
  t.equal(tried.length, 2)
  t.equal(levels.length, 1)
  t.equal(held!.calls, 800)
})

t.test('a subject that loses a frame has not carried its calls', async (t) => {
  const lossy = async (calls: number) => {
    const measurement = await subjectWith(Infinity, [])(calls)
    return { ...measurement, frames: { ...measurement.frames, lost: 1 } }
  }
  const { held, reason } = await findLimit(lossy, 10)
  t.equal(held, null)
  t.match(reason, /did not: 1 lost, p99 5.0 ms/)
})

t.test(
  'a level at which not all calls are let in is above the limit, and not the end of the search',
  async (t) => {
    const shut = async (calls: number) => {
      if (calls > 1500)
        throw new GeneratorGaveUp({ calls, live: 1400, refused: 70, unanswered: 0, afterSeconds: 20.2 })
      return subjectWith(Infinity, [])(calls)
    }
    const { held, reason } = await findLimit(shut, 800)
    t.ok(held!.calls > 1430 && held!.calls <= 1500)
    t.match(reason, /did not: 1,400 of 1,5\d\d calls were let in within 20 s, 70 were refused$/)
    await t.rejects(
      findLimit(() => Promise.reject(new Error('no compiler')), 10),
      { message: 'no compiler' },
    )
  },
)
