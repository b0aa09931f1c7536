/** Ctrl-C: what has been measured so far is told, and nothing further is begun. A second one ends the bench at once. */

const listeners = new Set<() => void>()
let hasBeen = false

/** Calls back at the first Ctrl-C, or SIGTERM. @returns for when nobody needs to know any more */
export const whenInterrupted = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const isInterrupted = (): boolean => hasBeen

export const watchInterruption = (): void => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (hasBeen) process.exit(130)
      hasBeen = true
      process.stderr.write('\ninterrupted: what there is so far follows; once more ends at once\n')
      for (const listener of listeners) listener()
    })
}
