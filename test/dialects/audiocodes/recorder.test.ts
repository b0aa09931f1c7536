import t from 'tap'
import { audiocodesSchema } from '../../../proxy/dialects/audiocodes/options.js'
import { AudiocodesRecorder } from '../../../proxy/dialects/audiocodes/recorder.js'
import type { RecorderEvent } from '../../../proxy/dialects/dialect.js'
import { textMessage, textOf } from '../../../proxy/media/wire.js'
import { copyOf, readFixture } from '../../support/dialect-fixture.js'

const { options } = audiocodesSchema.parse({})
const linesOf = (events: readonly RecorderEvent[]): (string | number)[] =>
  events.map((event) => {
    if (event.kind === 'reply') return textOf(event.message)
    return event.kind === 'media' ? event.frame.startSample : 'code' in event ? event.code : event.kind
  })

t.test(
  'a recorder accepts the first format it is offered, opens every stream, and says no more',
  async (t) => {
    const recorder = new AudiocodesRecorder(options)
    const out: RecorderEvent[] = []
    for (const { side, message } of readFixture('audiocodes', 'agent-assist'))
      if (side === 'pbx') {
        const text = textOf(message).replace('"raw/lpcm16",', '')
        recorder.receive(textMessage(text), 5, out)
      }
    t.same(linesOf(out), [
      '{"type":"session.accepted","mediaFormat":"raw/mulaw"}',
      'started',
      '{"type":"userStream.started","participant":"caller"}',
      0,
      160,
      '{"type":"userStream.started","participant":"agent"}',
      240,
      240,
      '{"type":"userStream.stopped","participant":"caller"}',
      'ended',
    ])
  },
)

t.test('a test of the bot is answered, another dialect is closed', async (t) => {
  const heard = (text: string) => {
    const out: RecorderEvent[] = []
    new AudiocodesRecorder(options).receive(copyOf(textMessage(text)), 0, out)
    return linesOf(out)
  }
  t.same(heard('{"type":"connection.validate"}'), ['{"type":"connection.validated"}'])
  t.same(heard('{"event":"start"}'), ['dialect-mismatch', 1008])
})
