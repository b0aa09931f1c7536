import t from 'tap'
import { audioSocketSchema } from '../../../proxy/dialects/audiosocket/options.js'
import { AudioSocketRecorder } from '../../../proxy/dialects/audiosocket/recorder.js'
import { unitOf } from '../../../proxy/dialects/audiosocket/units.js'
import type { RecorderEvent } from '../../../proxy/dialects/dialect.js'

const heardBy = (...units: Uint8Array[]): RecorderEvent[] => {
  const recorder = new AudioSocketRecorder(audioSocketSchema.parse({}).options)
  const out: RecorderEvent[] = []
  for (const data of units) recorder.receive({ data, isBinary: true }, 0, out)
  return out
}
const name = unitOf(0x01, new Uint8Array(16))

t.test('a call, its audio, its end; what it cannot read is a violation', async (t) => {
  t.match(
    heardBy(name, unitOf(0x10, Uint8Array.of(1, 0)), unitOf(0x55, name), unitOf(0x00, new Uint8Array(0))),
    [
      { kind: 'started', call: { callId: '00000000-0000-0000-0000-000000000000' } },
      { kind: 'media', frame: { sampleCount: 1 } },
      { kind: 'violation', code: 'kind-unknown' },
      { kind: 'ended' },
    ],
  )
  t.same(heardBy(unitOf(0x10, Uint8Array.of(1, 0))), [
    { kind: 'violation', code: 'uuid-missing' },
    { kind: 'close', code: 1008 },
  ])
})
