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
  await findLimit(subjectWith(Infinity, tried), 600)
  t.ok(tried.length < 12)
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
      if (calls > 1500) throw new GeneratorGaveUp()
      return subjectWith(Infinity, [])(calls)
    }
    const { held, reason } = await findLimit(shut, 800)
    t.ok(held!.calls > 1430 && held!.calls <= 1500)
    t.match(reason, /did not: not all of them were let in/)
    await t.rejects(
      findLimit(() => Promise.reject(new Error('no compiler')), 10),
      { message: 'no compiler' },
    )
  },
)
