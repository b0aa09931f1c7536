import t from 'tap'
import { allowedParameters, changedAt } from '../../../proxy/dialects/json-media/parameters.js'

t.test('all parameters, none, or those that are named', async (t) => {
  const parameters = { agent: '7', note: 'x' }
  t.equal(allowedParameters(parameters, 'scrub'), parameters)
  t.same(allowedParameters(parameters, 'drop'), {})
  t.same(allowedParameters(parameters, { allow: ['agent', 'other'] }), { agent: '7' })
})

t.test('only what lies at the path changes, and without a change it is the very same', async (t) => {
  const value = { start: { custom: { a: 1 }, b: 2 }, c: 3 }
  t.equal(
    changedAt(value, ['start', 'custom'], (inner) => inner),
    value,
  )
  t.equal(
    changedAt(value, ['stop', 'custom'], () => ({})),
    value,
  )
  t.equal(
    changedAt(value, ['c'], () => ({})),
    value,
    'no object',
  )
  t.same(
    changedAt(value, ['start', 'custom'], () => ({})),
    { start: { custom: {}, b: 2 }, c: 3 },
  )
})
