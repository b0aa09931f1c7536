/** The programs of others that the suite listens and encodes with: found on this machine, or missing with a word why. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inPackage } from '../../proxy/base/package-file.js'

/** Runs one program over bytes. @throws Error when it fails: a figure without it would be a guess */
export type Tool = (args: readonly string[], input?: Uint8Array) => { stdout: Buffer; stderr: string }

export interface Tools {
  /** spandsp.c */
  readonly spandsp: Tool | null
  /** opus.c */
  readonly opus: Tool | null
  readonly multimon: Tool | null
  readonly sox: Tool | null
  readonly espeak: Tool | null
  readonly opusdec: Tool | null
  readonly opusinfo: Tool | null
  /** What is not there, and the Debian packages that bring it, one line each. */
  readonly missing: readonly string[]
  /** For files of the moment, and what was compiled; close() removes it. */
  readonly folder: string
  close(): void
}

/** Most that a program may print: 40 minutes of 48 kHz audio. */
const OUTPUT_BYTES_MAX = 1 << 28

/** The C sources lie beside the TypeScript, and are not copied to dist/. */
const sourceFolder = inPackage('bench/dtmf/')

/** Looks for every program, and compiles the two drivers where gcc and their libraries are. */
export const findTools = (): Tools => {
  const folder = mkdtempSync(join(tmpdir(), 'hushfork-dtmf-'))
  const missing: string[] = []
  const need = (name: string, packages: string, tool: Tool | null): Tool | null => {
    if (tool === null) missing.push(`${name} (apt install ${packages})`)
    return tool
  }
  const compiled = (name: string, libraries: readonly string[]): Tool | null => {
    const source = fileURLToPath(new URL(`${name}.c`, sourceFolder))
    const program = join(folder, name)
    return spawnSync('gcc', ['-O2', '-o', program, source, ...libraries]).status === 0
      ? toolAt(program)
      : null
  }
  const installed = (name: string, probe: readonly string[]): Tool | null =>
    spawnSync(name, probe, { input: '' }).error === undefined ? toolAt(name) : null
  return {
    spandsp: need('spandsp', 'gcc libspandsp-dev', compiled('spandsp', ['-lspandsp', '-lm'])),
    opus: need('libopus', 'gcc libopus-dev', compiled('opus', ['-lopus'])),
    multimon: need('multimon-ng', 'multimon-ng', installed('multimon-ng', ['-h'])),
    sox: need('sox', 'sox', installed('sox', ['--version'])),
    espeak: need('espeak-ng', 'espeak-ng', installed('espeak-ng', ['--version'])),
    opusdec: need('opusdec', 'opus-tools', installed('opusdec', ['--version'])),
    opusinfo: need('opusinfo', 'opus-tools', installed('opusinfo', ['--version'])),
    missing,
    folder,
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const toolAt =
  (program: string): Tool =>
  (args, input = new Uint8Array(0)) => {
    const result = spawnSync(program, args, { input, maxBuffer: OUTPUT_BYTES_MAX })
    if (result.error !== undefined) throw result.error
    if (result.status !== 0) throw new Error(`${program} ${args[0]} ended with ${result.status}`)
    return { stdout: result.stdout, stderr: result.stderr.toString() }
  }

/** The bytes of samples, for a program's standard input; a view. */
export const bytesOf = (pcm: Int16Array): Uint8Array =>
  new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength)

/** The samples in a program's output; copied, since its buffer may lie anywhere. */
export const samplesIn = (bytes: Uint8Array): Int16Array =>
  new Int16Array(bytes.slice(0, bytes.length & ~1).buffer)
