/** Pins workers to cores with `taskset`, where it is there: Node itself cannot. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Log } from '../log.js'
import type { Member } from './member.js'

/** The cores that this process may run on, as the kernel lists them ("0-3,8"). */
export const coresIn = (list: string): number[] =>
  [...list.matchAll(/(\d+)(?:-(\d+))?/g)].flatMap(([, first, last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i),
  )

/** Each of the processes on a core of its own, in turn where there are more of them than cores. */
export const pinning = (log: Log): ((member: Member) => void) => {
  const cores = allowedCores()
  let isTold = false
  const complain = (): void => {
    if (!isTold) log.warn({}, 'processes are not pinned: it takes Linux and the program taskset')
    isTold = true
  }
  return ({ pid, place, number }) => {
    const core = cores[place % cores.length]
    if (core === undefined) return complain()
    execFile('taskset', ['--all-tasks', '--cpu-list', '--pid', `${core}`, `${pid}`], (error) => {
      if (error === null) log.info({ worker: number, core }, 'pinned')
      else complain()
    })
  }
}

const allowedCores = (): number[] => {
  try {
    return coresIn(/^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '')
  } catch {
    return []
  }
}
