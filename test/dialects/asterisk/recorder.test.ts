import t from 'tap'
import { asteriskSchema } from '../../../proxy/dialects/asterisk/options.js'
import { AsteriskRecorder } from '../../../proxy/dialects/asterisk/recorder.js'
import type { RecorderEvent } from '../../../proxy/dialects/dialect.js'
import { textMessage } from '../../../proxy/media/wire.js'

const start = (format: string): string =>
  `MEDIA_START connection_id:a channel:b channel_id:c format:${format} optimal_frame_size:160 ptime:20`

const heardBy = (...messages: (string | number[])[]): RecorderEvent[] => {
  const recorder = new AsteriskRecorder(asteriskSchema.parse({}).options)
  const out: RecorderEvent[] = []
  for (const message of messages)
    recorder.receive(
      typeof message === 'string' ? textMessage(message) : { data: Uint8Array.from(message), isBinary: true },
      0,
      out,
    )
  return out
}

t.test('a call, its audio, and nothing of its events', async (t) => {
  t.match(heardBy(start('ulaw'), [1, 2], 'MEDIA_XON', [3]), [
    { kind: 'started', call: { callId: 'c' } },
    { kind: 'media', frame: { startSample: 0, sampleCount: 2 } },
    { kind: 'media', frame: { startSample: 2, sampleCount: 1 } },
  ])
})

t.test('what it cannot read is a violation, what it cannot hear ends the call', async (t) => {
  t.same(heardBy(start('ulaw'), 'hello'), [
    heardBy(start('ulaw'))[0],
    { kind: 'violation', code: 'event-unknown' },
  ])
  t.same(heardBy(start('gsm')), [
    { kind: 'violation', code: 'format-unsupported' },
    { kind: 'close', code: 1003 },
  ])
})
