// One dialect in, another one out, over real sockets: a simulated PBX of the fork's dialect, the proxy, and a recorder end of
// the other dialect. Calls of 8 s at 8,000 Hz with keys on the caller's track.
import t from 'tap'
import { pcma } from '../../proxy/codecs/pcma/pcma.js'
import type { RecorderEvent } from '../../proxy/dialects/dialect.js'
import { type DialectName, dialects } from '../../proxy/dialects/index.js'
import { SideBySide } from '../../proxy/session/side-by-side.js'
import { checkKept, keyedCall, liveProxy, mulaw, until } from '../support/live-proxy.js'
import { deadUrl, dialectRecorder } from '../support/recorders.js'

const CALL_ID = '7b2f1c3e-5a44-4d5e-9a0e-2f1f6f7a9b10'

/** What a recorder made of the messages that it was sent, as PCM. */
const keptOf = (events: readonly RecorderEvent[]): Int16Array[] => {
  const kept: number[][] = []
  let tracks: SideBySide | null = null
  for (const event of events) {
    if (event.kind === 'started')
      tracks = new SideBySide(event.call, (pcm) => {
        for (const [i, samples] of pcm.entries()) {
          kept[i] ??= []
          kept[i].push(...samples)
        }
      })
    if (event.kind === 'media') tracks!.write(event.frame)
  }
  tracks?.end()
  return kept.map((samples) => Int16Array.from(samples))
}

/** What is left of a sample after A-law and back. */
const alaw = (sample: number): number => {
  const decoded = new Int16Array(1)
  const decoder = pcma.createDecoder({ codec: 'pcma', clockRateHz: 8000, channelCount: 1 })!
  decoder.decodeInto(pcma.encode(Int16Array.of(sample)), decoded)
  // A-law has no zero: its two smallest values are its silence.
  return Math.abs(decoded[0]!) === 8 ? 0 : decoded[0]!
}

const ways: readonly (readonly [
  from: DialectName,
  to: DialectName,
  asSent: (sample: number) => number,
  codec?: string,
])[] = [
  ['twilio', 'audiohook', mulaw],
  ['twilio', 'mod_audio_fork', mulaw],
  ['audiohook', 'mod_audio_stream', mulaw],
  ['mod_audio_fork', 'audiohook', mulaw],
  ['mod_audio_fork', 'twilio', mulaw],
  ['bandwidth', 'telnyx', mulaw],
  ['telnyx', 'plivo', mulaw],
  ['bandwidth', 'telnyx', (sample) => alaw(mulaw(sample)), 'pcma'],
]

for (const [from, to, asSent, codec] of ways)
  t.test(
    `${from} in, ${to} out${codec === undefined ? '' : ` as ${codec}`}: every sample arrives as it was sent, or silent`,
    async (t) => {
      const recorder = await dialectRecorder(t, dialects[to])
      const live = await liveProxy(t, {
        dialect: from,
        recorder: recorder.url,
        recorderDialect: to,
        ...(codec && { recorderCodec: codec }),
      })
      const pcm = keyedCall()
      await live.play(CALL_ID, pcm, {
        metadata: { queue: 'secret-queue' },
        digits: [{ atMs: 1000, digit: '7' }],
      })
      await until(() => recorder.closes.length === 1, 'the recorder is closed')
      t.strictSame(recorder.closes, [1000])
      const kept = keptOf(recorder.events)
      checkKept(t, pcm, codec === 'pcma' ? kept.map((samples) => samples.map(alaw)) : kept, asSent)
      const started = recorder.events.find(({ kind }) => kind === 'started')
      t.match(started, { call: { callId: CALL_ID } })
      t.notMatch(JSON.stringify(started), /secret-queue/, 'no metadata crosses')
      t.notOk(
        recorder.events.some(({ kind }) => kind === 'violation'),
        'and nothing that the recorder had to object to',
      )
    },
  )

t.test('a call that the recorder’s dialect cannot tell is refused, not told wrongly', async (t) => {
  const recorder = await dialectRecorder(t, dialects.audiohook)
  const live = await liveProxy(t, { dialect: 'vonage', recorder: recorder.url, recorderDialect: 'audiohook' })
  await live.play(CALL_ID, keyedCall(1)).catch(() => undefined)
  t.strictSame(recorder.events, [], 'a mix of both parties is nobody’s track')
})

t.test('a recorder that is never there costs the call nothing but its recording', async (t) => {
  const live = await liveProxy(t, {
    recorder: await deadUrl(),
    recorderDialect: 'mod_audio_fork',
    redialSeconds: 0,
  })
  await live.play(CALL_ID, keyedCall(2))
  await until(
    async () => (await live.figure('hushfork_recorder_lost_seconds_total')) > 0,
    'the loss is counted',
  )
})
