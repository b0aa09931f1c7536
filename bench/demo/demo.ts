import { demoCommand } from './command.js'

process.exitCode = await demoCommand(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  directory: process.cwd(),
})
