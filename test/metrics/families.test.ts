import t from 'tap'
import { CounterFamily, HistogramFamily } from '../../proxy/metrics/families.js'
import { LabelSet } from '../../proxy/metrics/label-set.js'

t.test('a counter without labels stands at 0 from the start', async (t) => {
  t.same(new CounterFamily().read(), [{ labels: [], value: 0 }])
})

t.test('known values stand at 0 from the start, others appear with their first count', async (t) => {
  const family = new CounterFamily(new LabelSet(['dtmf']))
  t.same(family.read(), [{ labels: ['dtmf'], value: 0 }])
  family.add(0.5, 'payment')
  family.add(0.25, 'payment')
  t.same(family.read(), [
    { labels: ['dtmf'], value: 0 },
    { labels: ['payment'], value: 0.75 },
  ])
})

t.test('pairs are counted apart', async (t) => {
  const family = new CounterFamily(new LabelSet(), new LabelSet())
  family.add(1, 'twilio', 'bad-json')
  family.add(1, 'jambonz', 'bad-json')
  family.add(1, 'twilio', 'bad-json')
  t.same(family.read(), [
    { labels: ['twilio', 'bad-json'], value: 2 },
    { labels: ['jambonz', 'bad-json'], value: 1 },
  ])
})

t.test('counters are read in the order of their labels, whichever counted first', async (t) => {
  const family = new CounterFamily(new LabelSet(['a', 'b']), new LabelSet(['x', 'y']))
  for (const [first, second] of [
    ['b', 'y'],
    ['a', 'y'],
    ['b', 'x'],
    ['b', 'y'],
  ] as const)
    family.add(1, first, second)
  t.same(
    family.read().map(({ labels, value }) => `${labels.join('')} ${value}`),
    ['ay 1', 'bx 1', 'by 2'],
  )
})

t.test('a counter never falls and never becomes NaN or infinite', async (t) => {
  const family = new CounterFamily()
  family.add(2)
  for (const amount of [-1, 0, Number.NaN, Infinity, -Infinity]) family.add(amount)
  t.same(family.read(), [{ labels: [], value: 2 }])
})

t.test('a histogram is made when its label first occurs, or from the start when known', async (t) => {
  const family = new HistogramFamily(new LabelSet(['dtmf']))
  family.observe(3, 'speech')
  family.observe(5, 'speech')
  const counted = family.read().map(({ labels, value }) => [labels, value.count, value.sumMs])
  t.same(counted, [
    [['dtmf'], 0, 0],
    [['speech'], 2, 8],
  ])
})
