/** A slip of the finger is at most this many letters added, left out, changed or swapped, and at most a third of the word. */
const SLIPS_MAX = 3
/** Longer words are not compared: the work grows with the square. No key of ours has more. */
const WORD_LENGTH_MAX = 64

/** The name that was probably meant, or undefined when none is close. Case and the separators `-` and `_` count for nothing. */
export const closestOf = (written: string, names: readonly string[]): string | undefined => {
  if (written.length > WORD_LENGTH_MAX) return undefined
  const slipsMax = Math.min(SLIPS_MAX, Math.floor(written.length / 3))
  const [best] = names
    .map((name) => ({ name, slips: slipsBetween(plain(written), plain(name)) }))
    .filter(({ slips }) => slips <= slipsMax)
    .sort((a, b) => a.slips - b.slips)
  return best?.name
}

const plain = (word: string): string => word.toLowerCase().replace(/[-_]/g, '')

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, none of them twice in a place. */
const slipsBetween = (a: string, b: string): number => {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        last[j]! + 1,
        row[j - 1]! + 1,
        last[j - 1]! + (isSame ? 0 : 1),
        isSwap ? beforeLast[j - 2]! + 1 : Infinity,
      )
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
