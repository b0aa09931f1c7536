import t from 'tap'
import { splitDocuments } from '../../../proxy/dialects/mod-audio-fork/json-documents.js'

t.test('documents that were run together come apart as they were spelled', async (t) => {
  t.same(splitDocuments('{"a":1}'), { documents: ['{"a":1}'], hasRest: false })
  t.same(splitDocuments(' {"a":{}}\n[1,[2]]{"b":"}{"} '), {
    documents: ['{"a":{}}', '[1,[2]]', '{"b":"}{"}'],
    hasRest: false,
  })
  t.same(splitDocuments('{"a":"\\"}{"}{}').documents, ['{"a":"\\"}{"}', '{}'])
})

t.test('what is between, around and broken is known as rest, and hides no document', async (t) => {
  t.same(splitDocuments('hello'), { documents: [], hasRest: true })
  t.same(splitDocuments('x{"a":1}y'), { documents: ['{"a":1}'], hasRest: true })
  t.same(splitDocuments('{"a":1,}{"b":2}'), { documents: ['{"b":2}'], hasRest: true })
  t.same(splitDocuments('{"a":1}{"b":'), { documents: ['{"a":1}'], hasRest: true })
  t.same(splitDocuments('{]{"b":2}'), { documents: ['{"b":2}'], hasRest: true })
  t.same(splitDocuments(''), { documents: [], hasRest: false })
})

t.test('cut anywhere, whole documents are found and the cut one is not', async (t) => {
  const text = '{"a":"}"}{"b":[1,{"c":2}]}'
  for (let end = 0; end <= text.length; end++)
    t.equal(splitDocuments(text.slice(0, end)).documents.length, end < 9 ? 0 : end < text.length ? 1 : 2)
})

t.test('256 documents are looked for, whatever is behind them is rest', async (t) => {
  t.equal(splitDocuments('{}'.repeat(256)).hasRest, false)
  t.equal(splitDocuments('{}'.repeat(257)).hasRest, true)
  t.equal(splitDocuments('{}'.repeat(257)).documents.length, 256)
})

t.test('a megabyte of brackets takes no more than linear time', async (t) => {
  for (const unit of ['{', '{}', '[', '{"', '{]'])
    t.type(splitDocuments(unit.repeat((1 << 20) / unit.length)).hasRest, 'boolean')
})
