import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { inPackage } from '../../proxy/base/package-file.js'

/** The command `serve` in a process of its own, which can be killed; its recordings are in FOLDER/recordings. */
export const killableProxy = async (
  t: Test,
  { folder, ...config }: { folder: string } & Readonly<Record<string, unknown>>,
) => {
  const path = join(folder, 'hushfork.yaml')
  const own = {
    listen: { port: 0 },
    admin: { port: 0 },
    recordings: { directory: join(folder, 'recordings') },
    ledger: { directory: join(folder, 'ledger') },
  }
  // JSON is YAML.
  writeFileSync(path, JSON.stringify({ ...own, ...config }))
  const child = fork(inPackage('dist/proxy/main.js'), ['serve', '--config', path], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const lines = await started(child)
  const gone = once(child, 'exit')
  return {
    /** What it has logged so far. */
    lines: lines as readonly Line[],
    /** In the order of its forks. */
    forkUrls: lines.flatMap(({ url }) => (url === undefined ? [] : [new URL(url)])),
    adminPort: lines.find(({ port }) => port !== undefined)!.port!,
    async kill(): Promise<void> {
      child.kill('SIGKILL')
      await gone
    },
    /** Its exit code, once it has gone. */
    gone: gone.then(([code]) => code as number | null),
    signal: (name: NodeJS.Signals) => child.kill(name),
  }
}

/** A line of the log, as far as tests look into it. */
export interface Line {
  readonly msg: string
  readonly url?: string
  readonly port?: number
  readonly worker?: number
  readonly pid?: number
}

/** What it logs, which goes on; resolves when it has opened its last port. */
const started = (child: ChildProcess): Promise<Line[]> =>
  new Promise((resolve, reject) => {
    const lines: Line[] = []
    createInterface({ input: child.stdout! })
      .on('line', (text) => {
        const line = JSON.parse(text) as Line
        lines.push(line)
        if (line.port !== undefined) resolve(lines)
      })
      .on('close', () => reject(new Error('the proxy has not started')))
  })
