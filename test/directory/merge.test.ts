import t from 'tap'
import { mergeAnswers } from '../../proxy/directory/merge.js'
import type { Signal, SignalAnswer, SignalResult } from '../../proxy/session/signal.js'
import { stepSignal } from '../support/signals.js'

const start: Signal = {
  ...stepSignal('payment', 'started', 'page'),
  address: { kind: 'alias', key: 'agent', value: '7' },
  tenants: null,
}
const end: Signal = { ...start, ...stepSignal('payment', 'ended', 'page') }
const answer = (result: SignalResult, ...callIds: string[]): SignalAnswer => ({
  result,
  streams: callIds.map((callId) => ({ callId, streamId: `s-${callId}` })),
  isRepeated: false,
})
const resultOf = (signal: Signal, ...answers: (SignalAnswer | null)[]): unknown[] => {
  const { result, streams } = mergeAnswers(signal, answers)
  return [result, streams.map(({ callId }) => callId).join()]
}

t.test('one answer is handed on as it is', async (t) => {
  const only = { ...answer('late', 'one'), detail: 'so' }
  t.equal(mergeAnswers(start, [only]), only)
})

t.test(
  'what was applied somewhere is applied; the latest and the vaguest word wins among those',
  async (t) => {
    t.same(resultOf(start, answer('applied', 'one'), answer('pending')), ['applied', 'one'])
    t.same(resultOf(start, answer('applied', 'one'), answer('late', 'one')), ['late', 'one,one'])
    t.same(resultOf(start, answer('ambiguous', 'one', 'two'), answer('applied', 'one')), [
      'ambiguous',
      'one,two,one',
    ])
  },
)

t.test('a start that several calls took is ambiguous; an end of several is done', async (t) => {
  t.same(resultOf(start, answer('applied', 'one'), answer('applied', 'two')), ['ambiguous', 'one,two'])
  t.same(resultOf(end, answer('applied', 'one'), answer('applied', 'two')), ['applied', 'one,two'])
})

t.test('where somebody did not answer, nobody can vouch for the rest', async (t) => {
  t.same(resultOf(start, answer('applied', 'one'), null), ['unavailable', 'one'])
  t.same(resultOf(end, null), ['unavailable', ''])
  t.match(mergeAnswers(start, [null]).detail, 'this is kept')
  t.match(mergeAnswers(end, [null]).detail, 'nothing has been opened')
})

t.test('where nobody has it, the word that tells most', async (t) => {
  t.same(resultOf(end, answer('unknown'), answer('forbidden')), ['forbidden', ''])
  t.same(resultOf(start, answer('unknown'), answer('pending')), ['pending', ''])
})
