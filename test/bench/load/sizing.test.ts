import t from 'tap'
import { sizingOf } from '../../../bench/load/sizing.js'

const capacity = {
  callsPerCore: 1000,
  spokenCallsPerCore: null,
  utilisationMax: 0.6,
  baseMbPerProcess: 100,
  kbPerCall: 100,
}

t.test('the published year gives the published busy hour and its peak of 54 calls', async (t) => {
  const sizing = sizingOf(
    { callsPerYear: 367_539, callsPerHour: null, handlingSeconds: 290, blockingMax: 0.000001 },
    capacity,
  )
  t.equal(sizing.busyHourCalls, 327)
  t.equal(sizing.erlangs.toFixed(1), '26.3')
  t.equal(sizing.simultaneousCalls, 54)
  t.equal(sizing.cores, 1)
  t.equal(sizing.memoryMb, Math.ceil(100 + (54 * 100) / 1024))
})

t.test(
  'a known busy hour is used as it is, and more calls than a core carries take more cores',
  async (t) => {
    const sizing = sizingOf(
      { callsPerYear: null, callsPerHour: 36_000, handlingSeconds: 300, blockingMax: 0.001 },
      capacity,
    )
    t.equal(sizing.erlangs, 3000)
    t.ok(sizing.simultaneousCalls > 3000)
    t.equal(sizing.cores, Math.ceil(sizing.simultaneousCalls / 600))
  },
)

t.test('whoever listens for spoken numbers needs cores for that beside those of the calls', async (t) => {
  const demand = { callsPerYear: null, callsPerHour: 36_000, handlingSeconds: 300, blockingMax: 0.001 }
  const quiet = sizingOf(demand, capacity)
  const spoken = sizingOf(demand, { ...capacity, spokenCallsPerCore: 500 })
  t.equal(quiet.speechCores, 0)
  t.equal(spoken.speechCores, spoken.simultaneousCalls / 300)
  t.equal(spoken.cores, Math.ceil(spoken.simultaneousCalls / 600 + spoken.simultaneousCalls / 300))
})
