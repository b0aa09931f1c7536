import t from 'tap'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { WebexConnection } from '../../../proxy/dialects/webex/connection.js'
import { webexSchema } from '../../../proxy/dialects/webex/options.js'
import { readResponse, writeResponse } from '../../support/webex.js'

/** What Webex is answered when a recorder has said these things and closed well, and what was counted. */
const answered = (...said: Uint8Array[]) => {
  const out: ForkEvent[] = []
  const connection = new WebexConnection(webexSchema.parse({}).options, () => 'minted')
  for (const data of said) connection.receiveFromRecorder({ data, isBinary: true }, 0, out)
  connection.recorderClosed(true, 0, out)
  return {
    answer: out.flatMap((event) => (event.kind === 'to-pbx' ? [readResponse(event.message.data)] : []))[0],
    dropped: out.filter(({ kind }) => kind === 'violation').length,
  }
}

t.test('the recorder’s error code is the answer, its words are not', async (t) => {
  const words = { status_message: 'heard 4111111111111111' }
  t.match(answered(writeResponse(words)), {
    answer: { status_message: 'SUCCESS', error_code: undefined },
    dropped: 0,
  })
  for (const error_code of [1, 2])
    t.match(answered(writeResponse({ ...words, error_code })).answer, {
      status_message: 'FAILURE',
      error_code,
    })
})

t.test('one that has nothing to say has no error; what is no answer is dropped', async (t) => {
  t.match(answered(), { answer: { status_message: 'SUCCESS' }, dropped: 0 })
  t.match(answered(Uint8Array.of(0xff)), { answer: { status_message: 'SUCCESS' }, dropped: 1 })
  t.match(answered(writeResponse({ error_code: 7 })), { dropped: 1 })
})
