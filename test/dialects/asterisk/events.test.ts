import t from 'tap'
import { metadataOf, readEvent, textForRecorder } from '../../../proxy/dialects/asterisk/events.js'

const pan = '4111111111111111'
const start =
  '{"event":"MEDIA_START","connection_id":"rec1","channel":"WebSocket/rec1/0x55d6","channel_id":"1795297482.10","format":"ulaw",' +
  '"optimal_frame_size":160,"ptime":20,"channel_variables":{"MEDIA_WEBSOCKET_CONNECTION_ID":"rec1"}}'
const own = new Set(['MEDIA_WEBSOCKET_CONNECTION_ID'])
const heard = (text: string, allowed: ReadonlySet<string> = own): string | null => {
  const event = readEvent(text)
  return event === null ? null : textForRecorder(event, allowed)
}

t.test("events in Asterisk's own spelling come back byte for byte", async (t) => {
  for (const text of [
    start,
    '{"event":"MEDIA_XOFF","channel_id":"1.2"}',
    '{"event":"STATUS","channel_id":"1.2","queue_length":0,"xon_level":800,"xoff_level":900,"queue_full":false,"bulk_media":false,"media_paused":true}',
    '{"event":"MEDIA_MARK_PROCESSED","channel_id":"1.2","correlation_id":""}',
    '{"event":"ERROR","channel_id":"1.2","error_text":"\\"out\\" is not a valid direction\\n"}',
    'MEDIA_START connection_id:rec1 channel:WebSocket/a b/0x55d6 channel_id:1.2 format:ulaw optimal_frame_size:160 ptime:20',
    'MEDIA_XON',
    'MEDIA_MARK_PROCESSED',
    'MEDIA_BUFFERING_COMPLETED two words',
    'STATUS channel_id:1.2 queue_length:0 xon_level:800 xoff_level:900 queue_full:false bulk_media:false media_paused:false',
    'ERROR channel_id:1.2 error_text:Unable to parse: x channel_id:3',
  ])
    t.equal(heard(text), text)
})

t.test(
  'only listed channel variables reach the recorder, with or without the marks of inheritance',
  async (t) => {
    const leaky = (variables: object): string =>
      JSON.stringify({ event: 'MEDIA_START', channel_variables: variables })
    const all = { __CARD: pan, _SOFT: 's', HARD: 'h', MEDIA_WEBSOCKET_CONNECTION_ID: 'rec1' }
    t.equal(heard(leaky(all)), leaky({ MEDIA_WEBSOCKET_CONNECTION_ID: 'rec1' }))
    t.equal(heard(leaky(all), new Set(['SOFT', 'HARD'])), leaky({ _SOFT: 's', HARD: 'h' }))
    t.equal(
      heard(leaky(all), new Set(['CARD'])),
      leaky({ __CARD: '*'.repeat(16) }),
      'a card number not even then',
    )
    t.equal(heard(leaky({ X: { y: '1' } }), new Set(['X'])), leaky({ X: '' }))
  },
)

t.test('fields that are not known are left out, in either form', async (t) => {
  t.equal(
    heard('{"event":"MEDIA_XON","digit":"4","channel_id":"1.2","channel_variables":{"A":"1"}}'),
    '{"event":"MEDIA_XON","channel_id":"1.2"}',
  )
  t.equal(heard('{"event":"ERROR","error_text":{"a":1},"channel_id":null}'), '{"event":"ERROR"}')
  t.equal(heard('MEDIA_XON digit:4'), null)
  t.equal(heard('STATUS channel_id:1.2 digit:4'), null)
  t.equal(heard('{"event":"MEDIA_XON","event":"DTMF_BEGIN"}'), null, 'of two keys the last counts')
})

t.test('card numbers are masked, ids are left', async (t) => {
  const stars = '*'.repeat(16)
  t.equal(
    heard(`{"event":"ERROR","channel_id":"${pan}","error_text":"${pan}"}`),
    `{"event":"ERROR","channel_id":"${pan}","error_text":"${stars}"}`,
  )
  t.equal(
    heard(`ERROR channel_id:${pan} error_text:no ${pan}`),
    `ERROR channel_id:${pan} error_text:no ${stars}`,
  )
  t.equal(heard(`MEDIA_MARK_PROCESSED ${pan}`), `MEDIA_MARK_PROCESSED ${stars}`)
})

t.test('what is no event of Asterisk is none', async (t) => {
  for (const text of [
    '',
    ' ',
    '{',
    '{}',
    '[]',
    'MEDIA_START ',
    'media_xon',
    '{"event":"DTMF_BEGIN","digit":"4"}',
    '{"event":["MEDIA_XON"]}',
    'toString',
    '{"event":"constructor"}',
    'DTMF_END 4',
  ])
    t.equal(readEvent(text), null, text)
})

t.test('a key is read from either form', async (t) => {
  t.equal(readEvent('DTMF_END digit:4 channel_id:1795297473.6')?.fields['digit'], '4')
  t.equal(readEvent('{"event":"DTMF_END","channel_id":"1.2","digit":"#"}')?.fields['digit'], '#')
})

t.test(
  'metadata are the variables by the names of the dial plan, and ids that none can replace',
  async (t) => {
    const event = readEvent(
      `{"event":"MEDIA_START","connection_id":"rec1","channel_id":"1.2","channel_variables":{"__CALL_ID":"c7","_CARD":"${pan}","channel_id":"x","E":""}}`,
    )!
    t.same(metadataOf(event), {
      CALL_ID: 'c7',
      CARD: '*'.repeat(16),
      connection_id: 'rec1',
      channel_id: '1.2',
    })
  },
)
