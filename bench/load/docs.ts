/** Figures in pages: blocks between marks, which the bench writes, and the README's table, which follows from them. */

const marksOf = (name: string): readonly [string, string] => [
  `<!-- figures: ${name} -->`,
  `<!-- end of figures: ${name} -->`,
]

/** The page with another block of this name. @throws Error when the page has none */
export const withFigures = (page: string, name: string, figures: string): string => {
  const [begin, end] = boundsOf(page, name)
  return `${page.slice(0, begin)}\n${figures}\n${page.slice(end)}`
}

export const figuresIn = (page: string, name: string): string => page.slice(...boundsOf(page, name)).trim()

const boundsOf = (page: string, name: string): [number, number] => {
  const [begin, end] = marksOf(name)
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`the page has no figures between ${begin} and ${end}`)
  return [from + begin.length, to]
}

/** One row of docs/performance.md's table, by its columns' names. */
export type Row = Readonly<Record<string, string>>

/** The rows of the table of numbers of calls. */
export const peakTableIn = (performance: string): Row[] => {
  const [head, , ...rows] = figuresIn(performance, 'peak')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  return rows.map((row) => Object.fromEntries(row.map((cell, column) => [head![column]!, cell])))
}

/** What the README says of hushfork: of each number of calls what came out, how late, and what it cost. */
export const readmeTable = (rows: readonly Row[]): string =>
  [
    '| calls at once, two tracks each | frames out / in | past the hold-back, p50 / p99 / max ms | CPU µs a frame | x HAProxy, which judges nothing | of a core |',
    '| ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows
      .filter(({ through }) => through === 'hushfork')
      .map((row) =>
        [
          row['scenario'] === 'seed'
            ? `${row['calls']}, the peak of a centre with 367,539 calls a year`
            : row['calls'],
          row['frames out / in'],
          row['past it, p50 / p99 / max ms'],
          row['CPU µs a frame'],
          row['x HAProxy'],
          row['of a core'],
        ].join(' | '),
      )
      .map((cells) => `| ${cells} |`),
  ].join('\n')
