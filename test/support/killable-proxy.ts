import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { inRepository } from './repository.js'

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
  const child = fork(inRepository('dist/proxy/main.js'), ['serve', '--config', path], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const lines = await started(child)
  return {
    /** In the order of its forks. */
    forkUrls: lines.flatMap(({ url }) => (url === undefined ? [] : [new URL(url)])),
    adminPort: lines.find(({ port }) => port !== undefined)!.port!,
    async kill(): Promise<void> {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

interface Line {
  readonly url?: string
  readonly port?: number
}

/** What it logs until it has opened its last port. */
const started = async (child: ChildProcess): Promise<Line[]> => {
  const lines: Line[] = []
  for await (const text of createInterface({ input: child.stdout! })) {
    const line = JSON.parse(text) as Line
    lines.push(line)
    if (line.port !== undefined) break
  }
  if (lines.at(-1)?.port === undefined) throw new Error('the proxy has not started')
  child.stdout!.resume()
  return lines
}
