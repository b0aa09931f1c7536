/** The scenarios that are not a number of calls held for a while. */
import { basename } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { loadApi } from './api.js'
import type { Generator } from './generator.js'
import { writeHeapSnapshot } from './inspector.js'
import { type Load, type Measurement, measure, type Placement } from './measure.js'
import type { ScenarioResult } from './report.js'
import { type SpecialScenario, scenarios, specialScenarios } from './scenarios.js'
import { processCountOf, rssMbOf } from './subjects.js'

const resultOf = (
  scenario: SpecialScenario,
  runs: readonly Measurement[],
  notes: readonly string[] = [],
): ScenarioResult => ({ scenario, about: specialScenarios[scenario], medians: runs, runs, notes })

export const runSoak = async (
  generator: Generator,
  base: Load,
  placement: Placement,
  minutes: number,
): Promise<ScenarioResult> => {
  const load: Load = { ...base, calls: base.calls || scenarios.t1.calls, seconds: minutes * 60 }
  process.stderr.write(`soak, ${load.calls} calls, ${minutes} minutes\n`)
  const beganMb: number[] = []
  const run = await measure(generator, 'hushfork', load, placement, {
    begins: ({ pids }) => void beganMb.push(rssMbOf(pids)),
  })
  return resultOf(
    'soak',
    [run],
    [
      `memory ${beganMb[0]!.toFixed(0)} MiB when the window began, ${run.memory.busyMb.toFixed(0)} MiB after ${minutes} minutes`,
    ],
  )
}

/**
 * Calls of so many frames, so many at once, until every process has been replaced twice: half a minute. No more than so many in all,
 * should it never come to that.
 */
const RESTART = { atOnce: 100, frames: 250, total: 3000, processes: 2, times: 2, pauseMs: 3000 } as const
/** What hushfork logs of each of several processes. */
const READY = 'a process takes calls'
/** How often one looks whether all of them have been replaced, ms. */
const LOOK_MS = 100

export const runRestart = async (
  generator: Generator,
  base: Load,
  placement: Placement,
): Promise<ScenarioResult> => {
  const processes = base.processes > 1 ? base.processes : RESTART.processes
  process.stderr.write(`restart, ${RESTART.atOnce} calls at once, ${processes} processes\n`)
  const load: Load = {
    ...base,
    calls: RESTART.atOnce,
    processes,
    extra: [
      ...base.extra,
      '--total',
      String(RESTART.total),
      '--frames',
      String(RESTART.frames),
      '--ramp',
      '5',
    ],
  }
  let ready = 0
  let isOver = false
  const run = await measure(generator, 'hushfork', load, placement, {
    async begins({ pids, said }, end) {
      const count = processCountOf(pids)
      // Those that are replaced go on until their calls are over; until then no others are.
      const isReplaced = (time: number): boolean =>
        said(READY) >= processes * (time + 1) && processCountOf(pids) === count
      for (let time = 1; time <= RESTART.times && !isOver; time++) {
        await setTimeout(RESTART.pauseMs)
        process.kill(pids[0]!, 'SIGHUP')
        while (!isReplaced(time) && !isOver) await setTimeout(LOOK_MS)
      }
      if (!isOver) await setTimeout(RESTART.pauseMs)
      end()
    },
    ends: ({ said }) => {
      isOver = true
      ready = said(READY)
    },
  })
  const replaced = ready - processes
  const wanted = processes * RESTART.times
  if (replaced !== wanted)
    throw new Error(`${replaced} processes were replaced while calls went on, instead of ${wanted}`)
  return resultOf(
    'restart',
    [run],
    [`${replaced} processes were replaced while ${run.frames.callsDone} calls came and went`],
  )
}

/** @param snapshotFile gets a heap snapshot, taken when all calls are live; null: none */
export const runMemory = async (
  generator: Generator,
  base: Load,
  placement: Placement,
  snapshotFile: string | null,
): Promise<ScenarioResult> => {
  const load: Load = { ...base, calls: base.calls || scenarios.t2.calls, seconds: 10, isInspected: true }
  process.stderr.write(`memory, ${load.calls} calls\n`)
  const run = await measure(generator, 'hushfork', load, placement)
  const { idleMb, busyMb, collectedMb, perCallKb, perCallCollectedKb, heldPerCallKb } = run.memory
  const notes = [
    `memory of ${load.calls} calls: ${idleMb.toFixed(0)} MiB before the first, ${busyMb.toFixed(0)} with all, ` +
      `${collectedMb!.toFixed(0)} once garbage is collected; a call beyond its hold-back of ${heldPerCallKb.toFixed(0)} KiB: ` +
      `${perCallKb.toFixed(0)} KiB, ${perCallCollectedKb!.toFixed(0)} once garbage is collected`,
  ]
  if (snapshotFile !== null) {
    await measure(generator, 'hushfork', load, placement, {
      begins: ({ inspectorUrl }) => writeHeapSnapshot(inspectorUrl!, snapshotFile),
    })
    notes.push(`its heap is in ${basename(snapshotFile)}`)
  }
  return resultOf('memory', [run], notes)
}

export const runApi = async (
  generator: Generator,
  base: Load,
  placement: Placement,
): Promise<ScenarioResult> => {
  const load: Load = { ...base, calls: base.calls || scenarios.t1.calls, seconds: 20 }
  process.stderr.write(`api, ${load.calls} calls\n`)
  const notes: string[] = []
  const run = await measure(generator, 'hushfork', load, placement, {
    async begins({ adminPorts }) {
      for (const { what, requestsPerSecond, p50Ms, p99Ms, failed } of await loadApi(adminPorts[0]!))
        notes.push(
          `${what}: ${requestsPerSecond.toFixed(0)} a second, p50 ${p50Ms} ms, p99 ${p99Ms} ms, ${failed} failed`,
        )
    },
  })
  return resultOf('api', [run], notes)
}
