import { readFileSync } from 'node:fs'
import { readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RedactError } from '../base/errors.js'

const LOCK_FILE = 'lock'

/**
 * One process writes a ledger: its lock names it by its id and its start, so that a lock that a crash has left behind, or
 * one of an id that was given out anew, is no hindrance. Returns what releases it.
 * @throws RedactError REDACT_ERR_LEDGER when another live process has it, or the folder is not writable
 */
export const lockLedger = async (directory: string): Promise<() => Promise<void>> => {
  const path = join(directory, LOCK_FILE)
  const owner = await readFile(path, 'utf8').catch(() => null)
  if (owner !== null && isAlive(owner)) throw inUse()
  if (owner !== null) await unlink(path).catch(() => undefined)
  await writeFile(path, ownerText(process.pid), { flag: 'wx', mode: 0o600 }).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? inUse() : notWritable(error.code)
    },
  )
  return async () => {
    await unlink(path).catch(() => undefined)
  }
}

const isAlive = (owner: string): boolean => {
  const pid = Number(owner.split(' ')[0])
  return Number.isInteger(pid) && pid > 0 && hasProcess(pid) && ownerText(pid) === owner
}

const hasProcess = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** `PID START`: the start in clock ticks since boot, field 22 of /proc/PID/stat, where there is one. */
const ownerText = (pid: number): string => `${pid} ${startTicks(pid)}\n`

const startTicks = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

const inUse = (): RedactError =>
  new RedactError(
    'REDACT_ERR_LEDGER',
    'another process writes this ledger: give each its own ledger.directory',
  )

const notWritable = (code: string | undefined): RedactError =>
  new RedactError('REDACT_ERR_LEDGER', `ledger.directory cannot be written (${code})`)
