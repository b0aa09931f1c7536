import cliProgress from 'cli-progress'

/** What people see while files are redacted. Lines go to standard error, since standard output may carry audio. */
export interface RedactProgress {
  /** Bytes read since the last call. */
  advance(bytes: number): void
  /** One finished line. */
  tell(line: string): void
  stop(): void
}

export interface TextOutput {
  write(text: string): unknown
  readonly isTTY?: boolean
}

/** Lines alone; none of them when quiet. */
export const plainProgress = (stderr: TextOutput, isQuiet: boolean): RedactProgress => ({
  advance() {},
  tell: (line) => void (isQuiet || stderr.write(`${line}\n`)),
  stop() {},
})

const CLEAR_LINE = '\r\u001b[K'
const MEGABYTE = 1e6

/** A bar over all bytes to read, with the lines above it. For a terminal. */
export const barProgress = (stderr: NodeJS.WriteStream, totalBytes: number): RedactProgress => {
  const bar = new cliProgress.SingleBar({
    stream: stderr,
    format: '{bar} {percentage}% of {megabytes} MB, {eta_formatted} left',
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
  })
  bar.start(totalBytes, 0, { megabytes: (totalBytes / MEGABYTE).toFixed(1) })
  return {
    advance: (bytes) => bar.increment(bytes),
    tell: (line) => void stderr.write(`${CLEAR_LINE}${line}\n`),
    stop: () => bar.stop(),
  }
}
