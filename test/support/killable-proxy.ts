import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

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
  const child = fork(mainPath(), ['serve', '--config', path], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
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

const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** What was built, unless a source is newer: it starts at once, the sources take ten seconds to be translated. */
const mainPath = (): string => {
  const built = pathOf('dist/proxy/main.js')
  const sources = pathOf('proxy')
  const newestMs = Math.max(
    ...readdirSync(sources, { recursive: true, encoding: 'utf8' }).map(
      (name) => statSync(join(sources, name)).mtimeMs,
    ),
  )
  return existsSync(built) && statSync(built).mtimeMs > newestMs ? built : pathOf('proxy/main.ts')
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
