// The two descriptions of the wire are one: the tables that the proxy reads by, and the file in proto/ that peers read.
import t from 'tap'
import { readMessage } from '../../../proxy/dialects/protobuf.js'
import { METHOD, requestType, responseType } from '../../../proxy/dialects/webex/messages.js'
import { AGENT, frame, webexService, writeResponse } from '../../support/webex.js'

t.test('the method is the one of the file', async (t) => {
  t.match(webexService['StreamConversationAudio'], {
    path: METHOD,
    requestStream: true,
    responseStream: true,
  })
})

t.test('whatever the file can say is known, and comes back as it was', async (t) => {
  for (const [data, type] of [
    [frame(AGENT, 'l', {}, { additional_info: { k: 'v', l: 'w' } }).data, requestType],
    [writeResponse({ status_message: 's', error_code: 2 }), responseType],
  ] as const) {
    const message = readMessage(data, type)
    t.equal(message?.isForeign, false)
    t.same(
      message!.rebuilt(() => true),
      data,
    )
  }
})
