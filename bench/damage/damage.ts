/**
 * Are the tests worth anything? The source is damaged on purpose, one fault at a time, and the tests have to notice.
 *
 *     node dist/bench/damage/damage.js [part of a file's path]
 *
 * What was built is copied into temporary folders; there every damage replaces one compiled file, runs the tests that
 * should notice, the nearest first, until one fails, and puts the file back. Exit code 1 when a damage goes unnoticed, when
 * its text is no longer in the source, or when the tests fail undamaged.
 */
import { spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { inPackage } from '../../proxy/base/package-file.js'
import { type Damage, damages } from './damages.js'

const REPOSITORY = fileURLToPath(inPackage(''))
/** Two at a time: more gain nothing on the smallest machines, which have two cores. */
const WORKERS = 2
/** A test that takes longer hangs: 20 times what the slowest takes on one core. */
const TEST_MS_MAX = 60_000
/** What a damaged test waits for at most, ms: what comes at all comes within one of these seconds. */
const PATIENCE_MS = '8000'
/** Simulated calls per damage: what the simulation can notice shows within 120. */
const SIM_SEEDS = '200'

const [inPath = ''] = process.argv.slice(2)
const chosen = damages.filter(({ file }) => file.includes(inPath))

interface TestRun {
  readonly isPassed: boolean
  /** Title of the first test that failed, or what happened instead. */
  readonly failure: string
}

interface Verdict {
  readonly damage: Damage
  /** Test file and title that noticed; null when none did. */
  readonly caughtBy: string | null
  readonly seconds: number
}

/** @throws Error for a syntax error: a damage that does not compile would be noticed by anything */
const transpile = (path: string, text: string): string => {
  const { outputText, diagnostics } = ts.transpileModule(text, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    },
  })
  if (diagnostics?.length) throw new Error(`${path} is no TypeScript once damaged`)
  return outputText
}

const scriptOf = (path: string): string => join('dist', path.replace(/\.ts$/, '.js'))
const sourceOf = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8')

/** The damaged source. @throws Error when the text to replace is not there exactly once: the damage is stale */
const damaged = ({ name, file, source, replacement }: Damage): string => {
  const pieces = sourceOf(join('proxy', file)).split(source)
  if (pieces.length !== 2)
    throw new Error(
      `"${name}": its text stands ${pieces.length - 1} times in proxy/${file}, and must stand once`,
    )
  return transpile(file, pieces.join(replacement))
}

/** A folder in which what was built runs as in the repository. */
const buildTree = (tree: string): void => {
  mkdirSync(tree, { recursive: true })
  for (const name of readdirSync(REPOSITORY).filter((name) => name !== 'dist' && !name.startsWith('.')))
    symlinkSync(join(REPOSITORY, name), join(tree, name))
  cpSync(join(REPOSITORY, 'dist'), join(tree, 'dist'), { recursive: true })
}

const testPath = (test: string): string => `test/${test}.test.ts`

/** Leaders of the groups of processes that tests have now: what a test has started ends with it. */
const leaders = new Set<number>()

const endGroup = (leader: number): void => {
  leaders.delete(leader)
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // Nobody of it is left.
  }
}

/** Title of the innermost test that the first failed claim stands in, as far as the output has come; undefined: none has failed. */
const failedIn = (output: string): string | undefined => {
  const failed = /^ *not ok .*\n/m.exec(output)
  if (failed === null) return undefined
  const begun = output.slice(0, failed.index).match(/^ *# Subtest: .*$/gm) ?? []
  return begun.at(-1)?.replace(/^ *# Subtest: /, '') ?? failed[0].trim()
}

/** A test is over with its first claim that fails: what hangs behind that is not waited for. */
const runTest = (tree: string, test: string, env: Record<string, string> = {}): Promise<TestRun> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [scriptOf(testPath(test))], {
      cwd: tree,
      env: { ...process.env, SIM_SEEDS, TAP_TIMEOUT: String(TEST_MS_MAX / 1000), ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    })
    const leader = child.pid!
    leaders.add(leader)
    const patience = setTimeout(() => endGroup(leader), TEST_MS_MAX)
    let output = ''
    let title: string | undefined
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      title ??= failedIn(output)
      if (title !== undefined) endGroup(leader)
    })
    child.on('close', (code, signal) => {
      clearTimeout(patience)
      endGroup(leader)
      const isPassed = code === 0 && title === undefined
      resolve({ isPassed, failure: title ?? (signal === null ? 'it crashes' : 'it hangs') })
    })
  })

/** Runs the tests that should notice until one does. */
const tryDamage = async (tree: string, damage: Damage, broken: string): Promise<Verdict> => {
  const startedAt = performance.now()
  const script = join(tree, scriptOf(join('proxy', damage.file)))
  const sound = readFileSync(script)
  writeFileSync(script, broken)
  let caughtBy: string | null = null
  for (const test of damage.tests) {
    const { isPassed, failure } = await runTest(tree, test, { PATIENCE_MS })
    if (isPassed) continue
    caughtBy = `${test}: ${failure}`
    break
  }
  writeFileSync(script, sound)
  return { damage, caughtBy, seconds: (performance.now() - startedAt) / 1000 }
}

/** Hands the jobs to the trees, each of which does one at a time. */
const inParallel = async <J>(
  trees: readonly string[],
  jobs: readonly J[],
  work: (tree: string, job: J) => Promise<void>,
) => {
  const queue = [...jobs]
  await Promise.all(
    trees.map(async (tree) => {
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) await work(tree, job)
    }),
  )
}

const clipped = (text: string, width: number): string =>
  (text.length > width ? `${text.slice(0, width - 1)}…` : text).padEnd(width)

const row = ({ damage, caughtBy, seconds }: Verdict, done: number): string =>
  [
    `${String(done).padStart(3)}/${chosen.length}`,
    clipped(damage.name, 62),
    clipped(caughtBy ?? `NOT NOTICED: ${damage.why}`, 100),
    `${seconds.toFixed(1).padStart(5)} s`,
  ].join('  ')

const run = async (folder: string): Promise<boolean> => {
  const jobs = chosen.map((damage) => ({ damage, broken: damaged(damage) }))
  const tests = [...new Set(chosen.flatMap((damage) => damage.tests))]
  const trees = Array.from({ length: WORKERS }, (_, i) => join(folder, String(i)))
  for (const tree of trees) buildTree(tree)

  const failures: string[] = []
  await inParallel(trees, tests, async (tree, test) => {
    const { isPassed, failure } = await runTest(tree, test)
    if (!isPassed) failures.push(`NOT DAMAGED and failing: ${test}: ${failure}`)
  })
  if (failures.length > 0) throw new Error(failures.join('\n'))
  console.log(`${tests.length} test files pass undamaged, after ${(performance.now() / 1000).toFixed(0)} s`)

  const verdicts: Verdict[] = []
  await inParallel(trees, jobs, async (tree, { damage, broken }) => {
    const verdict = await tryDamage(tree, damage, broken)
    verdicts.push(verdict)
    console.log(row(verdict, verdicts.length))
  })
  const caught = verdicts.filter(({ caughtBy }) => caughtBy !== null).length
  console.log(`\n${verdicts.length} damages, ${caught} caught`)
  return caught === verdicts.length
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    leaders.forEach(endGroup)
    process.exit(1)
  })

const folder = mkdtempSync(join(tmpdir(), 'hushfork-damage-'))
try {
  process.exitCode = (await run(folder)) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
