import t from 'tap'
import { ringcxSchema } from '../../../proxy/dialects/ringcx/options.js'

t.test('nothing need be said', async (t) => {
  t.same(ringcxSchema.parse({}), {
    auth: 'none',
    recorderAuth: 'none',
    options: { tracks: 2, text: 'scrub' },
  })
})

t.test('two to four tracks, and no credential that is empty', async (t) => {
  const takes = (value: object): boolean => ringcxSchema.safeParse(value).success
  t.ok(takes({ options: { tracks: 4 } }))
  for (const tracks of [1, 5, 2.5, '2']) t.notOk(takes({ options: { tracks } }), `${tracks}`)
  t.ok(takes({ auth: { type: 'token', token: 'x' } }))
  t.notOk(takes({ auth: { type: 'token', token: '' } }))
  t.notOk(takes({ auth: 'forward' }), 'there is nobody to forward from')
})
