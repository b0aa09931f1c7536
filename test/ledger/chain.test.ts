import t from 'tap'
import { bodyAfter, canonical, canonicalHash, emptyChain, open, seal } from '../../proxy/ledger/chain.js'

t.test('canonical() sorts keys, leaves out what is undefined, and adds nothing', async (t) => {
  t.equal(
    canonical({ b: [1, { d: null, c: 'é"' }], a: 1.5, u: undefined }),
    '{"a":1.5,"b":[1,{"c":"é\\"","d":null}]}',
  )
  t.equal(canonicalHash({ a: 1, b: 2 }), canonicalHash({ b: 2, a: 1 }))
  // printf '{"a":1,"b":2}' | sha256sum
  t.equal(canonicalHash({ b: 2, a: 1 }), '43258cff783fe7036d8a43033f830adfc60ec037382473548ac742b888292777')
})

t.test('what was sealed is opened, and anything else is not', async (t) => {
  const { record, line } = seal(bodyAfter(emptyChain, { kind: 'ledger-closed' }, 0))
  t.match(record, { seq: 1, at: '1970-01-01T00:00:00.000Z', prev: '0'.repeat(64), kind: 'ledger-closed' })
  t.same(open(line), { kind: 'record', record })
  for (const text of [
    '',
    '{}',
    'null',
    '[]',
    `${line} `,
    line.replace('seq":1', 'seq":1.0'),
    line.replace('{', '{"hash":"",'),
  ])
    t.same(open(text), { kind: 'changed' }, text)
})
