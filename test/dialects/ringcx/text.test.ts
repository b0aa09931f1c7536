import t from 'tap'
import { readMessage } from '../../../proxy/dialects/protobuf.js'
import { streamEvent } from '../../../proxy/dialects/ringcx/messages.js'
import { scrubEvent, withoutPersons } from '../../../proxy/dialects/ringcx/text.js'
import { info, init, leave, readEvent } from '../../support/ringcx.js'

const of = (data: Uint8Array) => readMessage(data, streamEvent)!

t.test('an event without secrets keeps every byte', async (t) => {
  for (const message of [init({ ani: '+49 30 1234567', attributes: { a: 'b', ä: 'ö' } }), leave('x')]) {
    const copy = message.data.slice()
    scrubEvent(of(message.data))
    t.same(message.data, copy)
  }
})

t.test('a value is read with its name, and a name is a text as well', async (t) => {
  const attributes = { 'security code': '737', 'card 4111111111111111': 'x', pin: 'see 4711', spin: '4711' }
  const message = init({ attributes })
  scrubEvent(of(message.data))
  t.match(readEvent(message.data), {
    dialog_init: {
      dialog: {
        attributes: { 'security code': '***', 'card ****************': 'x', pin: 'see 4711', spin: '4711' },
      },
    },
  })
})

t.test('what is withheld is gone from the bytes', async (t) => {
  const message = info('s', 'note', 'words of somebody')
  t.notMatch(Buffer.from(withoutPersons(of(message.data))).toString('latin1'), 'somebody')
})
