#!/usr/bin/env node
/** `npm run bench:dtmf`: how well keys are masked, and at what price, bar by bar. */
import { writeFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { prepareOpusDecoders } from '../../proxy/codecs/opus/decoder-pool.io.js'
import { type BarResult, runSuite } from './bars.js'
import { isBarKept, type SectionResult } from './measure.js'
import { findTools } from './tools.js'

/** One decoder to listen with, one to record and one to compare; some calls are played before any is given back. */
const OPUS_DECODERS = 48

const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number')
  return Number(text)
}

const options = new Command('npm run bench:dtmf --')
  .description(
    'Plays keys of every kind, and speech, through the proxy, and lets receivers at the recording. Prints every bar of ' +
      'docs/quality.md with what was measured. What a missing program would measure is skipped, and said. Exit code: 0 no ' +
      'bar is missed, 1 one is, 2 wrong usage.',
  )
  .option('--seed <n>', 'another seed gives other keys, noises and numbers', wholeNumber, 1)
  .option('--quick', 'fewer keys and less speech: under a minute')
  .option('--sections', 'print every section, not only the bars')
  .option('--json <file>', 'write everything that was measured')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ seed: number; quick?: boolean; sections?: boolean; json?: string }>()

/** On a terminal one line that is written over; elsewhere nothing but the result. */
const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text.slice(0, 78)}`)
}

const printBar = ({ id, title, status, figures }: BarResult): void => {
  console.log(`${id}  ${{ met: 'met    ', missed: 'MISSED ', skipped: 'skipped' }[status]}  ${title}`)
  for (const figure of figures) console.log(`               ${figure}`)
}

const sectionRow = (result: SectionResult): string => {
  const { name, keys, leaking, missed, oracleRight, spandspHits, multimonHits, ours, spandsp } = result
  const cells = [
    name,
    keys,
    leaking,
    missed,
    oracleRight,
    spandspHits,
    multimonHits,
    ours.right,
    spandsp?.right,
  ]
  return `| ${cells.map((cell) => cell ?? '-').join(' | ')} |${isBarKept(result) ? '' : ' missed'}`
}

const tools = findTools()
try {
  for (const line of tools.missing) console.error(`not installed: ${line}`)
  await prepareOpusDecoders(OPUS_DECODERS)
  const startedAtMs = performance.now()
  const result = runSuite({ seed: options.seed, isQuick: options.quick === true, tools, progress })
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  for (const each of result.bars) printBar(each)
  if (options.sections) {
    console.log(
      '\n| section | keys | leaking | whole | oracle | spandsp | multimon-ng | reported | by spandsp |',
    )
    console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
    for (const section of result.sections) console.log(sectionRow(section))
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`)
  const seconds = Math.round((performance.now() - startedAtMs) / 1000)
  console.error(
    `seed ${result.seed}${result.isQuick ? ', quick' : ''}, Node ${process.version}, ${seconds} s`,
  )
  process.exitCode = result.bars.some(({ status }) => status === 'missed') ? 1 : 0
} finally {
  tools.close()
}
