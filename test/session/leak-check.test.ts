import t from 'tap'
import { addKey, randomOf, toPcm } from '../../bench/dtmf/key-set.js'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'
import type { RecorderEvent } from '../../proxy/dialects/dialect.js'
import type { CallStart } from '../../proxy/media/frame.js'
import type { WireMessage } from '../../proxy/media/wire.js'
import { LeakCheck, type Suspicion } from '../../proxy/session/leak-check.js'

const call: CallStart = {
  callId: 'CA1',
  streamId: 'MZ1',
  isProbe: false,
  metadata: {},
  tracks: [
    { index: 0, role: 'caller' },
    { index: 1, role: 'agent' },
  ],
  streams: [{ format: { codec: 'pcmu', clockRateHz: 8000, channelCount: 2 }, tracks: [0, 1] }],
}

/** A wire on which a message is a whole call: the payload of one stereo frame. */
const endpoint = {
  receive: (message: WireMessage, _nowMs: number, out: RecorderEvent[]): void => {
    const sampleCount = message.data.length / 2
    out.push({ kind: 'started', call })
    for (let at = 0; at < sampleCount; at += 160)
      out.push({
        kind: 'media',
        frame: {
          stream: 0,
          startSample: 16_000 + at,
          sampleCount: 160,
          payload: message.data.subarray(2 * at, 2 * at + 320),
          envelope: null,
          receivedAtMs: 0,
          heldBytes: 0,
        },
      })
  },
}

const keyed = (): Uint8Array => {
  const random = randomOf(3)
  const audio = new Float64Array(16_000)
  for (const startMs of [200, 500, 800]) addKey(audio, { key: '7', startMs, durationMs: 100 }, 8000, random)
  const agent = toPcm(audio)
  const stereo = new Int16Array(32_000)
  for (let i = 0; i < agent.length; i++) stereo[2 * i + 1] = agent[i]!
  return pcmu.encode!(stereo)
}

const text = (words: string): WireMessage => ({ data: Buffer.from(words), isBinary: false })

const newCheck = (isHeard: boolean, isTextChecked: boolean) => {
  const suspicions: Suspicion[] = []
  const check = new LeakCheck({
    endpoint: isHeard ? endpoint : null,
    isTextChecked,
    suspect: (suspicion) => void suspicions.push(suspicion),
  })
  return { check, suspicions }
}

t.test('keys in what was sent are a suspicion on their track, a little longer than they are', async (t) => {
  const { check, suspicions } = newCheck(true, false)
  check.sent({ data: keyed(), isBinary: true }, 16_000, 0)
  check.close()
  t.equal(suspicions.length, 1)
  const [suspicion] = suspicions
  t.match(suspicion, { source: 'audio', range: { tracks: [1] } })
  const { startSample, endSample } = (suspicion as { range: { startSample: number; endSample: number } })
    .range
  t.ok(startSample <= 16_000 + 1600 && startSample > 16_000 + 1200, `${startSample}`)
  t.ok(endSample >= 16_000 + 7200 && endSample < 16_000 + 7600, `${endSample}`)
})

t.test(
  'a card number in a text that was sent is a suspicion; in a media message nobody looks for one',
  async (t) => {
    const { check, suspicions } = newCheck(false, true)
    check.sent(text('{"note":"4111111111111111"}'), 160, 0)
    check.sent({ data: Buffer.from('4111111111111111'), isBinary: true }, 0, 0)
    t.same(suspicions, [])
    check.sent(text('{"note":"4111111111111111"}'), 0, 0)
    t.same(suspicions, [{ source: 'text' }])
  },
)

t.test('one call raises a hundred suspicions at most', async (t) => {
  const { check, suspicions } = newCheck(false, true)
  for (let i = 0; i < 101; i++) check.sent(text('4111111111111111'), 0, 0)
  t.equal(suspicions.length, 100)
})
