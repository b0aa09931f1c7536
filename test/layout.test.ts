// The two rules of the layout, read from the source text: imports go down, and only edge/ and *.io.ts touch the world.
// With them: no file grows into everyone's home, and nothing is typed `any`.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import t from 'tap'

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  // Of policies it knows what can be signalled.
  access: ['policy', 'base'],
  media: ['base'],
  scrub: ['base'],
  metrics: ['base'],
  nats: ['base'],
  ledger: ['nats', 'scrub', 'base'],
  codecs: ['media', 'base'],
  detectors: ['scrub', 'media', 'base'],
  // A simulated PBX has to encode the audio that it forks; the wire formats themselves know no codec.
  dialects: ['codecs', 'scrub', 'media', 'base'],
  // Of codecs and dialects the timeline knows two types: what is silent in a frame, and what waits between frames.
  timeline: ['dialects', 'codecs', 'detectors', 'media', 'base'],
  policy: ['timeline', 'dialects', 'detectors', 'media', 'base'],
  // What a session counts is an interface of its own, which metrics/ implements without knowing of it.
  session: [
    'policy',
    'timeline',
    'ledger',
    'metrics',
    'dialects',
    'detectors',
    'codecs',
    'scrub',
    'media',
    'base',
  ],
  // What processes tell each other of their calls.
  directory: ['session', 'policy', 'nats', 'base'],
  config: ['directory', 'access', 'ledger', 'policy', 'dialects', 'detectors', 'codecs', 'base'],
  edge: [
    'directory',
    'access',
    'session',
    'ledger',
    'config',
    'metrics',
    'policy',
    'dialects',
    'detectors',
    'codecs',
    'scrub',
    'media',
    'base',
  ],
}

/** Node's own modules that only compute. Every other one reaches a network, a disk, a process or a timer. */
const PURE_BUILT_INS = ['node:crypto', 'node:buffer', 'node:util', 'node:assert']
/** Packages that only compute. */
const PURE_PACKAGES = ['zod', 'yaml', 'jose']
const WORLD =
  /\b(Date\.now|performance\.now|process\.\w+|setTimeout|setInterval|setImmediate|queueMicrotask|fetch|console\.\w+|Math\.random)\b|new Date\(\)/
const ANY = /[:<|&,(]\s*any\b|\bas any\b/

const LINES_MAX = 450
/** Files that may be longer, each with its reason. */
const LONGER: Readonly<Record<string, string>> = {
  'dialects/audiohook/connection.ts':
    'one state machine over two hops: split, its states would be told twice',
}

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesUnder(path) : entry.name.endsWith('.ts') ? [path] : []
  })

/** The code without its comments and strings: words in prose are no offence. */
const codeOf = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/`(?:\\.|[^`\\])*`/g, '``')
    .replace(/'(?:\\.|[^'\\\n])*'/g, "''")

const importsOf = (text: string): string[] => [
  ...[...text.matchAll(/\bfrom '([^']+)'/g)].map((match) => match[1]!),
  ...[...text.matchAll(/\bimport\(?\s*'([^']+)'/g)].map((match) => match[1]!),
]

const sources = filesUnder('proxy').map((path) => {
  const name = relative('proxy', path)
  const text = readFileSync(path, 'utf8')
  const room = name.includes('/') ? name.slice(0, name.indexOf('/')) : 'main'
  return {
    name,
    room,
    text,
    code: codeOf(text),
    isIo: room === 'edge' || room === 'main' || name.endsWith('.io.ts'),
  }
})

t.test('there is something to check', async (t) => {
  t.ok(sources.length > 40)
})

t.test('rooms import only what stands below them', async (t) => {
  for (const { name, room, text } of sources) {
    if (room === 'main') continue
    if (!Object.hasOwn(MAY_IMPORT, room)) t.fail(`${name} is in no room of the layout`)
    for (const path of importsOf(text).filter((path) => path.startsWith('.'))) {
      const target = normalize(join(dirname(name), path)).split('/')[0]!
      if (target !== room && !MAY_IMPORT[room]?.includes(target)) t.fail(`${name} imports ${target}/`)
    }
  }
})

t.test('of codecs and dialects, the timeline imports types only', async (t) => {
  for (const { name, room, text } of sources)
    if (room === 'timeline') t.notMatch(text, /^import (?!type)[^\n]*\.\.\/(codecs|dialects)\//m, name)
})

t.test(
  'of codecs, only the simulated PBXs of dialects know anything, and how long a payload lasts',
  async (t) => {
    for (const { name, room, text } of sources)
      if (room === 'dialects' && !/\/(pbx|formats)\.ts$/.test(name))
        t.notMatch(text, /from '[./]+\/codecs\//, name)
  },
)

t.test('only edge/ and *.io.ts reach network, disk, timers, clocks or chance', async (t) => {
  for (const { name, text, code, isIo } of sources) {
    if (isIo) continue
    const [offence] = WORLD.exec(code) ?? []
    if (offence !== undefined) t.fail(`${name} uses ${offence}`)
    for (const path of importsOf(text).filter((path) => !path.startsWith('.'))) {
      const isPure = [...PURE_BUILT_INS, ...PURE_PACKAGES].includes(path)
      const isTypeOnly = new RegExp(`^import type [^\\n]* from '${path}'`, 'm').test(text)
      if (!isPure && !isTypeOnly) t.fail(`${name} reaches out through ${path}`)
    }
  }
})

t.test(`no file is longer than ${LINES_MAX} lines without a reason`, async (t) => {
  for (const { name, text } of sources) {
    const lines = text.split('\n').length - 1
    if (lines > LINES_MAX && !Object.hasOwn(LONGER, name)) t.fail(`${name} has ${lines} lines`)
    if (lines <= LINES_MAX && Object.hasOwn(LONGER, name))
      t.fail(`${name} is short enough: take it off the list`)
  }
})

t.test('nothing is typed `any`', async (t) => {
  for (const { name, code } of sources) t.notMatch(code, ANY, name)
})
