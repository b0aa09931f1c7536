import t from 'tap'
import { JsonMediaPbx } from '../../../proxy/dialects/json-media/pbx.js'
import { twilioVoice } from '../../../proxy/dialects/twilio/pbx.js'
import { textMessage, textOf, type WireMessage } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'

const pbxOf = (metadata = {}): JsonMediaPbx =>
  new JsonMediaPbx(script, { headers: {}, subprotocols: [] }, twilioVoice({ ...script, metadata }))
// biome-ignore lint/suspicious/noExplicitAny: what a test reads of a message is the test's own affair
const said = (act: (out: WireMessage[]) => void): any[] => {
  const out: WireMessage[] = []
  act(out)
  return out.map((message) => JSON.parse(textOf(message)))
}
const pcm = (count: number): Int16Array[] => [new Int16Array(count), new Int16Array(count).fill(-32768)]

t.test('connected, start, then 20 ms per track in turn, in one sequence, then stop', async (t) => {
  const pbx = pbxOf({ queue: 'billing' })
  const messages = said((out) => {
    pbx.opened(0, out)
    pbx.audio(pcm(100), 0, out)
    pbx.audio(pcm(230), 0, out)
    pbx.hangUp(0, out)
  })
  t.same(
    messages.map(({ event, sequenceNumber, media }) =>
      [event, sequenceNumber, media?.track, media?.chunk, media?.timestamp].join(' '),
    ),
    [
      'connected    ',
      'start 1   ',
      'media 2 inbound 1 0',
      'media 3 outbound 1 0',
      'media 4 inbound 2 20',
      'media 5 outbound 2 20',
      'media 6 inbound 3 40',
      'media 7 outbound 3 40',
      'stop 8   ',
    ],
  )
  t.equal(messages[1].start.customParameters.queue, 'billing')
  t.equal(messages[2].media.payload, `${'/'.repeat(213)}w==`, 'silence')
  t.equal(
    messages[7].media.payload,
    Buffer.alloc(10, 0x00).toString('base64'),
    'the loudest negative sample, 10 of them',
  )
  t.ok(pbx.isDone)
})

t.test('what Twilio drops is missing from the timestamps only', async (t) => {
  const pbx = pbxOf()
  const messages = said((out) => {
    pbx.audio(pcm(160), 0, out)
    pbx.skip(1000)
    pbx.audio(pcm(160), 0, out)
  })
  t.same(
    messages.map(({ media }) => `${media.chunk} ${media.timestamp}`),
    ['1 0', '1 0', '2 1020', '2 1020'],
  )
})

t.test('keys are told, and marks echoed, on bidirectional streams only', async (t) => {
  const press = (pbx: JsonMediaPbx) => said((out) => pbx.digit(0, '7', 100, 0, out))
  const mark = (pbx: JsonMediaPbx) =>
    said((out) => pbx.receive(textMessage('{"event":"mark","mark":{"name":"m"}}'), 0, out))
  t.same(press(pbxOf()), [])
  t.same(mark(pbxOf()), [])
  t.match(press(pbxOf({ direction: 'connect' })), [
    { event: 'dtmf', dtmf: { track: 'inbound_track', digit: '7' } },
  ])
  t.match(mark(pbxOf({ direction: 'connect' })), [{ event: 'mark', mark: { name: 'm' } }])
})

t.test('other rates than 8,000 Hz are a misuse', async (t) => {
  const other = { ...script, sampleRateHz: 16_000 }
  t.throws(() => new JsonMediaPbx(other, { headers: {}, subprotocols: [] }, twilioVoice(other)), {
    code: 'REDACT_ERR_INVARIANT',
  })
})
