/** Lengths that are asked for of one piece of memory, over and over: payloads and frames of one process have some ten. */
const LENGTHS_MAX = 64

/** The first `length` elements of scratch memory; the views of usual lengths are made once, the last one is at hand. Hot. */
export const beginningOf = <T extends Int16Array | Uint8Array>(scratch: T): ((length: number) => T) => {
  const known = new Map<number, T>()
  let last = scratch
  return (length) => {
    if (last.length === length) return last
    last = known.get(length) ?? (scratch.subarray(0, length) as T)
    if (known.size < LENGTHS_MAX) known.set(length, last)
    return last
  }
}
