import t from 'tap'
import {
  cleanValue,
  formatAt,
  formatOf,
  isKeyActivity,
  maskedActivity,
} from '../../../proxy/dialects/audiocodes/messages.js'

t.test('a format is known by its name, and by its rate', async (t) => {
  t.same(formatOf('raw/lpcm16_24'), { codec: 'l16', clockRateHz: 24_000, channelCount: 1 })
  t.same([8000, 16_000, 24_000, 48_000].map(formatAt), [
    'raw/mulaw',
    'raw/lpcm16',
    'raw/lpcm16_24',
    undefined,
  ])
})

t.test("a telephone's number and an id stay, a card in their place does not", async (t) => {
  const value = { conversationId: 'c-4111111111111111', caller: '+4917612345679', callee: '4111111111111111' }
  t.equal(
    cleanValue(value),
    '{"conversationId":"c-4111111111111111","caller":"+4917612345679","callee":"****************"}',
  )
})

t.test('a key activity is an event called dtmf, and is masked key by key', async (t) => {
  t.ok(isKeyActivity({ type: 'event', name: 'dtmf' }))
  t.ok(isKeyActivity({ type: 'event', name: 'DTMF' }))
  t.notOk(isKeyActivity({ type: 'message', name: 'dtmf' }))
  t.notOk(isKeyActivity({ type: 'event', name: 'sendDtmf' }))
  t.equal(
    JSON.stringify(maskedActivity({ type: 'event', name: 'DTMF', value: '41#', text: '41#' }, '*')),
    '{"type":"event","name":"DTMF","value":"***"}',
  )
})
