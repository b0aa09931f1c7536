import t from 'tap'
import { LabelSet } from '../../proxy/metrics/label-set.js'

t.test('values are numbered as they come and keep their number', async (t) => {
  const labels = new LabelSet()
  t.equal(labels.indexOf('dtmf'), 1)
  t.equal(labels.indexOf('payment'), 2)
  t.equal(labels.indexOf('dtmf'), 1)
  t.equal(labels.nameAt(2), 'payment')
})

t.test("beyond its size a set says 'other'", async (t) => {
  const labels = new LabelSet(['dtmf'], 3)
  t.equal(labels.knownCount, 1)
  t.equal(labels.indexOf('payment'), 2)
  t.equal(labels.indexOf('speech'), 0)
  t.equal(labels.nameAt(0), 'other')
  t.equal(labels.indexOf('payment'), 2, 'those who came first keep their place')
  t.equal(labels.nameAt(3), 'other')
})

t.test('call ids and numbers become no label', async (t) => {
  const labels = new LabelSet()
  for (const name of [
    '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
    'CA00112233445566778899aabbccddeeff',
    '4111111111111111',
    'card 4111 1111',
    'call-12345',
    '+442079460000',
    '4',
    '',
    'two\nlines',
    'a'.repeat(33),
  ]) {
    t.equal(labels.indexOf(name), 0, JSON.stringify(name))
  }
})

t.test('names of the trade do', async (t) => {
  const labels = new LabelSet()
  for (const name of ['audiohook', 'l16', 'G722', 'tenant-1001', 'acme.uk', 'wrong_type', 'a'.repeat(32)]) {
    t.equal(labels.nameAt(labels.indexOf(name)), name)
  }
})
