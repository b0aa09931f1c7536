import t from 'tap'
import { equalSecrets } from '../../proxy/base/secret.js'

t.test('equal secrets are equal', async (t) => {
  t.ok(equalSecrets('', ''))
  t.ok(equalSecrets('correct horse', 'correct horse'))
  t.ok(equalSecrets('pâté', 'pâté'))
})

t.test('secrets that differ in any character, or in length only, are not; nothing is thrown', async (t) => {
  t.notOk(equalSecrets('correct horse', 'correct hors'))
  t.notOk(equalSecrets('correct horse', 'Correct horse'))
  t.notOk(equalSecrets('', 'x'))
  t.notOk(equalSecrets('x', ''))
  t.notOk(equalSecrets('x', 'x\0'))
})
