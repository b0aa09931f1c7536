import t from 'tap'
import { errorCodes, RedactError } from '../../proxy/base/errors.js'

t.test('a RedactError carries its code, its message and its cause', async (t) => {
  const cause = new Error('why')
  const error = new RedactError('REDACT_ERR_INVARIANT', 'what to do', { cause })
  t.match(error, { name: 'RedactError', code: 'REDACT_ERR_INVARIANT', message: 'what to do', cause })
  t.ok(error instanceof Error)
})

t.test('every code is told apart, and spelled the same way', async (t) => {
  t.equal(new Set(errorCodes).size, errorCodes.length)
  for (const code of errorCodes) t.match(code, /^REDACT_ERR_[A-Z]+(_[A-Z]+)*$/)
})
