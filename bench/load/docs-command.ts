import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { inPackage } from '../../proxy/base/package-file.js'
import { peakTableIn, readmeTable, withFigures } from './docs.js'
import { markdownOf, type ScenarioResult } from './report.js'
import { peakPlan } from './sheet.js'

export const addDocsCommand = (program: Command): void => {
  program
    .command('docs')
    .description('puts the figures of a sheet into docs/performance.md and the README')
    .argument('<results>', 'the results.json of `sheet --out`')
    .action((file: string) => {
      const { machine, results } = JSON.parse(readFileSync(file, 'utf8')) as {
        machine: string
        results: readonly ScenarioResult[]
      }
      const isPeak = ({ scenario }: ScenarioResult): boolean =>
        peakPlan.some(({ title }) => title === scenario)
      const [peak, others] = [results.filter(isPeak), results.filter((result) => !isPeak(result))]
      rewrite('docs/performance.md', (text) => {
        const told = withFigures(text, 'machine', `${machine}.`)
        const withPeak = peak.length === 0 ? told : withFigures(told, 'peak', markdownOf(peak))
        return others.length === 0 ? withPeak : withFigures(withPeak, 'others', markdownOf(others))
      })
      const performance = readFileSync(pathOf('docs/performance.md'), 'utf8')
      rewrite('README.md', (text) => withFigures(text, 'peak', readmeTable(peakTableIn(performance))))
    })
}

const pathOf = (page: string): string => fileURLToPath(inPackage(page))

const rewrite = (page: string, change: (text: string) => string): void =>
  writeFileSync(pathOf(page), change(readFileSync(pathOf(page), 'utf8')))
