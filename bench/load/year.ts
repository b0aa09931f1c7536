/** A year's calls through one process: what grows with the number of calls that have been shows here, and nowhere else. */
import { spawnSync } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import type { Generator } from './generator.js'
import { isInterrupted } from './interruption.js'
import { type Load, measure, type Placement } from './measure.js'
import type { ScenarioResult } from './report.js'
import { seedYear, specialScenarios } from './scenarios.js'
import { holdingsOf, rssMbOf, type Subject } from './subjects.js'

/**
 * So many calls at once, each so many frames, so many times as fast: the year's calls, each with its beginning and its end. A third
 * of them have a key, so that most of the audio has none near and must arrive as it was sent. Their 290 s are what is compressed:
 * all of them would be 5,300 million frames.
 */
const YEAR = { atOnce: 400, frames: 50, speed: 20, keysEverySeconds: 3 } as const

/** How often one looks what the process holds, ms. */
const LOOK_MS = 2000

/** What a process held at one moment. */
export interface Holding {
  readonly rssMb: number
  readonly files: number
  readonly maps: number
}

/** @param base its `calls` are those in all; 0: all of the year's */
export const runYear = async (
  generator: Generator,
  base: Load,
  placement: Placement,
): Promise<ScenarioResult> => {
  const total = base.calls || seedYear.calls
  process.stderr.write(`year, ${total.toLocaleString('en')} calls of ${YEAR.frames} frames\n`)
  const load: Load = {
    ...base,
    calls: Math.min(YEAR.atOnce, total),
    extra: [
      ...base.extra,
      ...['--total', String(total), '--frames', String(YEAR.frames), '--speed', String(YEAR.speed)],
      ...['--keys-every', String(YEAR.keysEverySeconds)],
    ],
  }
  const held: Holding[] = []
  let isOver = false
  let ledger = ''
  const run = await measure(generator, 'hushfork', load, placement, {
    async begins({ pids }) {
      while (!isOver) {
        held.push(holdingOf(pids))
        await setTimeout(LOOK_MS)
      }
    },
    ends(subject) {
      isOver = true
      held.push(holdingOf(subject.pids))
      ledger = ledgerOf(subject)
    },
  })
  const { callsDone, elapsedSeconds, keys } = run.frames
  const notes = [
    `${callsDone.toLocaleString('en')} ${isInterrupted() ? `of ${total.toLocaleString('en')} ` : ''}calls from beginning to end in ` +
      `${elapsedSeconds.toFixed(0)} s, ${(callsDone / elapsedSeconds).toFixed(0)} a second, ${keys.toLocaleString('en')} keys`,
    heldText(held),
    ledger,
  ]
  return {
    scenario: 'year',
    about: specialScenarios.year,
    medians: [run],
    runs: [run],
    notes,
    isCompressed: true,
  }
}

const holdingOf = (pids: readonly number[]): Holding => ({ rssMb: rssMbOf(pids), ...holdingsOf(pids) })

/** What a process holds grows until its first calls have been; from a fifth of its time on it should not. */
export const heldText = (held: readonly Holding[]): string => {
  const at = (share: number): Holding => held[Math.round((held.length - 1) * share)]!
  const words = ({ rssMb, files, maps }: Holding): string =>
    `${rssMb.toFixed(0)} MiB, ${files} files and sockets, ${maps} maps`
  return `held after a fifth of the time: ${words(at(0.2))}; in the middle: ${words(at(0.5))}; at the end: ${words(at(1))}`
}

/** Read by the proxy's own command, as whoever audits it would. @throws Error when it finds a fault */
const ledgerOf = ({ ledgerDirectory }: Subject): string => {
  const main = new URL('../../proxy/main.js', import.meta.url).pathname
  const beganMs = performance.now()
  const { status, stdout } = spawnSync(
    process.execPath,
    [main, 'ledger', 'verify', '--json', ledgerDirectory!],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`the ledger is not as it was written: ${stdout}`)
  const { entries, files } = JSON.parse(stdout) as { entries: number; files: number }
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(0)
  return `ledger: ${entries.toLocaleString('en')} entries in ${files} file(s), verified in ${seconds} s`
}
