import t from 'tap'
import type { RecorderEvent } from '../../../proxy/dialects/dialect.js'
import { modAudioForkSchema } from '../../../proxy/dialects/mod-audio-fork/options.js'
import { ModAudioForkRecorder } from '../../../proxy/dialects/mod-audio-fork/recorder.js'
import { textMessage } from '../../../proxy/media/wire.js'
import { copyOf, readFixture } from '../../support/dialect-fixture.js'

const { options } = modAudioForkSchema.parse({})

t.test('a recorder hears the call, and objects to text that it would write into the audio', async (t) => {
  const recorder = new ModAudioForkRecorder(options)
  const out: RecorderEvent[] = []
  for (const { side, message } of readFixture('mod-audio-fork', 'listen-stereo'))
    if (side === 'pbx') recorder.receive(copyOf(message), 5, out)
  t.same(
    out.map((event) =>
      event.kind === 'media' ? event.frame.startSample : 'code' in event ? event.code : event.kind,
    ),
    ['started', 0, 160, 'text-after-metadata', 'text-after-metadata', 560, 'ended'],
  )
})

t.test('a call without metadata has no name', async (t) => {
  const out: RecorderEvent[] = []
  new ModAudioForkRecorder(options).receive({ data: new Uint8Array(2), isBinary: true }, 0, out)
  t.match(out[0], { kind: 'started', call: { callId: 'unnamed' } })
})

t.test('another dialect is closed', async (t) => {
  const out: RecorderEvent[] = []
  new ModAudioForkRecorder(options).receive(textMessage('{"event":"connected"}'), 0, out)
  t.same(out, [
    { kind: 'violation', code: 'dialect-mismatch' },
    { kind: 'close', code: 1008 },
  ])
})
