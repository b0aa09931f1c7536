import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadUws } from '../../../proxy/edge/ws/uws.js'

t.test('a package that is not there, or not for this machine, is missing for a reason', async (t) => {
  t.same(loadUws('uWebSockets.not-there'), { why: 'the package is not installed' })
  const folder = t.testdir()
  const failing = (name: string, message: string): string => {
    const path = join(folder, name)
    writeFileSync(path, `throw new Error(${JSON.stringify(message)})`)
    return path
  }
  t.same(loadUws(failing('glibc.cjs', "libc.so.6: version `GLIBC_2.38' not found (required by x.node)")), {
    why: 'its binary needs GLIBC 2.38, which this system does not have',
  })
  t.match(loadUws(failing('other.cjs', 'no such file')), { why: /^it has no binary for Node v/ })
})
