/** The load generator and recorder sink: forks.c, compiled where it runs, since it must not be what limits a figure. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { inPackage } from '../../proxy/base/package-file.js'
import { whenInterrupted } from './interruption.js'

/** What forks.c says at the end. Counts are of messages, but for those that begin with `tracks`: a stereo frame has two. */
export interface GeneratorResult {
  readonly callsBegun: number
  readonly callsDone: number
  readonly callsFailed: number
  /** Upgrades that were not answered with 101, and calls that the other side ended. */
  readonly refused: number
  readonly sent: number
  readonly received: number
  readonly windowSent: number
  readonly windowReceived: number
  readonly lost: number
  readonly extra: number
  readonly misordered: number
  /** Tracks of frames in which a sample was neither what was sent nor silent. */
  readonly corrupt: number
  readonly tracksIntact: number
  readonly tracksSilencedNearKeys: number
  readonly tracksOverSilenced: number
  readonly keys: number
  readonly leakedFrames: number
  readonly leakedSamples: number
  /** What the whole way took, less the intended hold-back; below 0 a frame left before its time. */
  readonly addedMs: {
    readonly count: number
    readonly p50: number
    readonly p90: number
    readonly p99: number
    readonly p999: number
    readonly max: number
    /** Frames that came so many ms and more past their hold-back, by a few of the boundaries of hushfork's histograms. */
    readonly laterThan: Readonly<Record<string, number>>
  }
  /** Frames that the generator itself sent more than a frame's duration late: it was what limits the figure. */
  readonly sentLate: number
  /** Audio messages alone, without the WebSocket's frame. */
  readonly bytesPerMessage: number
  /** From the first connection until all calls were live for the first time; 0: they never were. */
  readonly allLiveMs: number
  readonly stormRecoveredMs: number
  /** Calls whose PBX vanished, and whose recorder was never told. */
  readonly abandoned: number
  readonly generatorCpuSeconds: number
  readonly elapsedSeconds: number
}

export interface GeneratorOptions {
  readonly args: readonly string[]
  /** Cores to run on; none: any. */
  readonly cores: readonly number[]
  /** Called with the port of the recorder; resolves to HOST:PORT of what is tested. */
  target(sinkPort: number): Promise<string>
  /** @param end ends the calls, and the window with them, before their time */
  onWindow(edge: 'begins' | 'ends', end: () => void): void
}

export interface Generator {
  /** The program itself. */
  readonly program: string
  run(options: GeneratorOptions): Promise<GeneratorResult>
  close(): void
}

/** The C source lies beside the TypeScript, and is not copied to dist/. */
const source = fileURLToPath(inPackage('bench/load/forks.c'))

/** Compiles the generator. @throws Error that says what to install */
export const compileGenerator = (withTls: boolean): Generator => {
  const folder = mkdtempSync(join(tmpdir(), 'hushfork-load-'))
  const program = join(folder, 'forks')
  const tls = withTls ? ['-DWITH_TLS'] : []
  const libraries = withTls ? ['-lm', '-lssl', '-lcrypto'] : ['-lm']
  const built = spawnSync('gcc', ['-O2', ...tls, '-o', program, source, ...libraries], { encoding: 'utf8' })
  if (built.status !== 0)
    throw new Error(
      `the load generator could not be compiled: apt install gcc libc6-dev${withTls ? ' libssl-dev' : ''}`,
    )
  return {
    program,
    run: (options) => run(program, options),
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** How far calls came that did not all come alive. */
export interface Reached {
  readonly calls: number
  readonly live: number
  readonly refused: number
  /** Calls whose connection was not answered within 20 s. */
  readonly unanswered: number
  readonly afterSeconds: number
}

/** Not all calls were let in, so that there was nothing to time. */
export class GeneratorGaveUp extends Error {
  constructor(readonly reached: Reached) {
    super(reachedText(reached))
  }
}

export const reachedText = ({ calls, live, refused, unanswered, afterSeconds }: Reached): string =>
  [
    `${live.toLocaleString('en')} of ${calls.toLocaleString('en')} calls were let in within ${afterSeconds.toFixed(0)} s`,
    ...(refused > 0 ? [`${refused.toLocaleString('en')} were refused`] : []),
    ...(unanswered > 0 ? [`${unanswered.toLocaleString('en')} were not answered`] : []),
  ].join(', ')

const run = async (program: string, options: GeneratorOptions): Promise<GeneratorResult> => {
  const child = spawnOn(options.cores, program, options.args, ['pipe', 'pipe', 'inherit'])
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let result: GeneratorResult | null = null
  let reached: Reached | null = null
  const end = (): void => void child.kill('SIGINT')
  const forget = whenInterrupted(end)
  try {
    for await (const line of createInterface({ input: child.stdout! })) {
      const event = JSON.parse(line) as { event: string; port?: number } & GeneratorResult & Reached
      if (event.event === 'listening') child.stdin!.end(`${await options.target(event.port!)}\n`)
      else if (event.event === 'window-begins') options.onWindow('begins', end)
      else if (event.event === 'window-ends') options.onWindow('ends', end)
      else if (event.event === 'result') result = event
      else if (event.event === 'gave-up') reached = event
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  } finally {
    forget()
  }
  await ended
  if (reached !== null) throw new GeneratorGaveUp(reached)
  if (result === null) throw new Error('the load generator ended without a result; its last words are above')
  return result
}

/**
 * A process bound to these cores by taskset (util-linux), or to none. It has a process group of its own: whoever interrupts the
 * bench at a terminal does not take what is tested away from under it. It is gone when the bench is.
 */
export const spawnOn = (
  cores: readonly number[],
  program: string,
  args: readonly string[],
  stdio: ('pipe' | 'inherit' | 'ignore')[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess => {
  const options = { stdio, detached: true, env: { ...process.env, ...environment } }
  const child =
    cores.length === 0
      ? spawn(program, args, options)
      : spawn('taskset', ['-c', cores.join(), program, ...args], options)
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  return child
}
