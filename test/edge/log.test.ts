import t from 'tap'
import { errorCodeOf } from '../../proxy/edge/log.js'

t.test('of an error its code is told, and never its text', async (t) => {
  const error = Object.assign(new Error('4111111111111111'), { code: 'ECONNREFUSED' })
  t.equal(errorCodeOf(error), 'ECONNREFUSED')
  t.equal(errorCodeOf(new Error('4111111111111111')), 'UNEXPECTED')
})

t.test('what does not look like a code is none', async (t) => {
  const codes = ['4111111111111111', 'card 4111', 'lower_case', 'X', 'A'.repeat(65), 7, null]
  for (const code of codes) t.equal(errorCodeOf({ code }), 'UNEXPECTED', String(code))
  for (const thrown of [null, undefined, '4111111111111111', 7]) t.equal(errorCodeOf(thrown), 'UNEXPECTED')
})
