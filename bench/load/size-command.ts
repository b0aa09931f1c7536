import type { Command } from 'commander'
import { agentsFor } from './erlang.js'
import { seedYear } from './scenarios.js'
import { sizingOf } from './sizing.js'

interface SizeOptions {
  readonly callsPerYear: string
  readonly callsPerHour?: string
  readonly handling: string
  readonly blocking: string
  readonly callsPerCore: string
  readonly spokenCallsPerCore: string
  readonly speech: boolean
  readonly utilisation: string
  readonly holdBackMs: string
}

/** A process with no call, MiB, and a call beyond what it holds back, KiB: docs/performance.md. */
const BASE_MB = 110
const CALL_KB = 100
/** A thread that listens, MiB: 12 of its own, and 9 of memory that it shares, as it is used; and two tracks, KiB: docs/speech.md. */
const SPEECH_BASE_MB = 21
const SPEECH_CALL_KB = 2 * 81

/** What contact centres commonly promise: four calls in five are answered within 20 s. */
const SERVICE_LEVEL = 0.8
const ANSWER_SECONDS = 20

/** Two tracks of G.711, bytes a millisecond. */
const HELD_BYTES_PER_MS = 16

export const addSizeCommand = (program: Command): void => {
  program
    .command('size')
    .description('from calls a year or an hour to simultaneous calls (Erlang B), cores and memory')
    .option('--calls-per-year <n>', 'a whole year', String(seedYear.calls))
    .option('--calls-per-hour <n>', 'the busy hour, when it is known')
    .option('--handling <seconds>', 'mean duration of a call', String(seedYear.handlingSeconds))
    .option('--blocking <share>', 'calls that may find the proxy full', '0.000001')
    .option('--calls-per-core <n>', 'the `limit` of this bench on your machine', '1000')
    .option(
      '--spoken-calls-per-core <n>',
      'calls of two parties that a core listens to for spoken numbers (`npm run bench -- speech`: half of the tracks)',
      '900',
    )
    .option('--no-speech', 'nobody listens for spoken numbers')
    .option('--utilisation <share>', 'of a core that is planned for', '0.6')
    .option('--hold-back-ms <ms>', 'the policy’s hold-back', '3000')
    .action((options: SizeOptions) => {
      const handlingSeconds = numberOf('--handling', options.handling)
      const sizing = sizingOf(
        {
          callsPerYear: numberOf('--calls-per-year', options.callsPerYear),
          callsPerHour:
            options.callsPerHour === undefined ? null : numberOf('--calls-per-hour', options.callsPerHour),
          handlingSeconds,
          blockingMax: numberOf('--blocking', options.blocking),
        },
        {
          callsPerCore: numberOf('--calls-per-core', options.callsPerCore),
          spokenCallsPerCore: options.speech
            ? numberOf('--spoken-calls-per-core', options.spokenCallsPerCore)
            : null,
          utilisationMax: numberOf('--utilisation', options.utilisation),
          baseMbPerProcess: BASE_MB + (options.speech ? SPEECH_BASE_MB : 0),
          kbPerCall:
            CALL_KB +
            (options.speech ? SPEECH_CALL_KB : 0) +
            (numberOf('--hold-back-ms', options.holdBackMs) * HELD_BYTES_PER_MS) / 1024,
        },
      )
      const lines: [string, string][] = [
        ['calls in the busy hour', String(sizing.busyHourCalls)],
        ['traffic', `${sizing.erlangs.toFixed(1)} Erlang`],
        [
          'agents (Erlang C)',
          `${agentsFor(sizing.erlangs, handlingSeconds, SERVICE_LEVEL, ANSWER_SECONDS)}, for 80 % answered within 20 s`,
        ],
        ['simultaneous calls', `${sizing.simultaneousCalls} (Erlang B)`],
        ['cores', `${sizing.cores}, of which ${sizing.speechCores.toFixed(1)} listen for spoken numbers`],
        ['memory', `${sizing.memoryMb} MiB`],
      ]
      for (const [name, value] of lines) console.log(`${name.padEnd(24)}${value}`)
    })
}

const numberOf = (name: string, text: string): number => {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`${name} takes a number above 0`)
  return value
}
