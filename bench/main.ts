/** `npm run bench`: what hushfork costs and adds, beside relays that redact nothing, and what a centre needs. */
import { Command } from 'commander'
import { addForksCommand, addLoadCommand } from './load/command.js'
import { addDocsCommand } from './load/docs-command.js'
import { addSizeCommand } from './load/size-command.js'
import { addSpeechCommand } from './speech/command.js'
import { addThresholdsCommand } from './speech/thresholds-command.js'

const program = new Command('bench').description(
  'Measures hushfork under load, beside relays that pass everything. Without a command: load.',
)
addLoadCommand(program)
addForksCommand(program)
addDocsCommand(program)
addSizeCommand(program)
addSpeechCommand(program)
addThresholdsCommand(program)

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
