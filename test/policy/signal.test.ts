import t from 'tap'
import { isLiftable, spanKinds } from '../../proxy/policy/signal.js'

t.test(
  'an emergency lifts what rests on an agreement or the rules of the house, and nothing else',
  async (t) => {
    t.strictSame(spanKinds.filter(isLiftable), ['hold', 'transfer', 'personal'])
    for (const reason of ['consent', 'schedule']) t.ok(isLiftable(reason), reason)
    for (const reason of [
      'payment',
      'manual',
      'dtmf',
      'digit',
      'speech',
      'deadline',
      'overlapping-audio',
      '',
    ])
      t.notOk(isLiftable(reason), reason)
  },
)
