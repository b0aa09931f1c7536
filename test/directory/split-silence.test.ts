// 8,000 Hz, hold-back 100 ms = 5 frames of 20 ms.
import t from 'tap'
import { SplitSilence } from '../../proxy/directory/split-silence.js'
import { sessionCall } from '../support/session-call.js'
import { toyDetector } from '../support/toy-detector.js'

const begun = () => {
  const call = sessionCall({ detectors: [toyDetector('tones', 0, -1)] })
  call.begin()
  return call
}

t.test('calls that begin in a split are silent from their first sample until it is over', async (t) => {
  const silence = new SplitSilence()
  const calls = [begun(), begun()]
  for (const { session, hear } of calls) {
    silence.begin(session, 0)
    hear(0, 2)
  }
  silence.end(40)
  for (const { hear, sent } of calls) {
    hear(2, 8)
    t.strictSame(sent, ['start', 'changed ffx160', 'changed ffx160', '20x160'])
  }
})

t.test('a call that has gone is told nothing any more', async (t) => {
  const silence = new SplitSilence()
  const { session, audits } = begun()
  silence.begin(session, 0)
  silence.forget(session)
  silence.end(40)
  t.notOk(audits.some(({ kind }) => kind === 'step-closed'))
})
