// The training of the spotter is Python; what keeps the judges' voices out of it is tested here with the rest.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { inPackage } from '../proxy/base/package-file.js'

const folder = fileURLToPath(inPackage('model/training'))
const python = (...args: string[]) => spawnSync('python3', ['-B', ...args], { cwd: folder, encoding: 'utf8' })
const isThere = python('-c', 'pass').status === 0

t.test(
  'nothing that is kept apart to judge the model can be trained on',
  { skip: isThere ? false : 'no python3' },
  async (t) => {
    const { status, stderr } = python('-m', 'unittest', 'test_reserved')
    t.equal(status, 0, stderr)
  },
)

t.test('the model card names all that is kept apart', async (t) => {
  const card = readFileSync(inPackage('model/README.md'), 'utf8').replaceAll(/\s+/g, ' ')
  const guard = readFileSync(inPackage('model/training/reserved.py'), 'utf8')
  const voices = [...guard.matchAll(/"([a-z][a-z0-9+_-]{2,})"/g)].map(([, name]) => name!)
  const kinds = ['fsdd', 'espeak', 'flite', 'festival', 'card']
  const named = voices.filter((name) => !kinds.includes(name))
  t.ok(named.length >= 12)
  for (const name of named) t.ok(card.includes(name), name)
})
