import type { Writable } from 'node:stream'
import cliProgress from 'cli-progress'

/** Where people read: standard error, since standard output may carry audio. */
export type TextOutput = Writable & { readonly isTTY?: boolean }

/** What people see while files are redacted. */
export interface RedactProgress {
  /** Bytes read since the last call. */
  readonly advance: (bytes: number) => void
  /** One finished line, unless quiet. */
  readonly tell: (line: string) => void
  /** One line that must be seen. */
  readonly complain: (line: string) => void
  readonly stop: () => void
}

/** Lines alone. */
export const plainProgress = (stderr: TextOutput, isQuiet: boolean): RedactProgress => ({
  advance() {},
  tell: (line) => void (isQuiet || stderr.write(`${printable(line)}\n`)),
  complain: (line) => void stderr.write(`hushfork redact: ${printable(line)}\n`),
  stop() {},
})

const CLEAR_LINE = '\r\u001b[K'
const BYTES_PER_MEGABYTE = 1_000_000

/** A bar over all bytes to read, with the lines above it. For a terminal. */
export const barProgress = (stderr: TextOutput, totalBytes: number): RedactProgress => {
  const bar = new cliProgress.SingleBar({
    stream: stderr,
    format: '{bar} {percentage}% of {megabytes} MB, {eta_formatted} left',
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
  })
  const lines = plainProgress(stderr, false)
  const above = (say: (line: string) => void) => (line: string) => {
    stderr.write(CLEAR_LINE)
    say(line)
  }
  bar.start(totalBytes, 0, { megabytes: (totalBytes / BYTES_PER_MEGABYTE).toFixed(1) })
  return {
    advance: (bytes) => bar.increment(bytes),
    tell: above(lines.tell),
    complain: above(lines.complain),
    stop: () => bar.stop(),
  }
}

/** Names come from disks and command lines: what would move a terminal's cursor is shown as a question mark. */
const printable = (line: string): string => line.replace(/\p{Cc}/gu, '?')
