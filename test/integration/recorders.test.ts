// The proxy in front of recorders that others wrote: what they store is the call with its secrets silent. Calls of 8 s at
// 8,000 Hz with keys on the caller's track at 1.0, 1.25 and 2.8 s.
import t from 'tap'
import { audiohook } from '../../proxy/dialects/audiohook/audiohook.js'
import type { Dialect } from '../../proxy/dialects/dialect.js'
import {
  checkKept,
  decodedMulaw,
  deinterleaved,
  keyedCall,
  linear,
  liveProxy,
  mulaw,
  until,
} from '../support/live-proxy.js'
import {
  dialectRecorder,
  jambonzListener,
  jambonzRecorder,
  twilioLikeRecorder,
} from '../support/recorders.js'

/** Keys that the PBX tells beside the audio. */
const digits = [
  { atMs: 1100, digit: '4' },
  { atMs: 1350, digit: '7' },
]

t.test(
  "a recorder of Twilio's messages, on another WebSocket library, stores the call without its keys",
  async (t) => {
    const recorder = await twilioLikeRecorder(t)
    const live = await liveProxy(t, {
      recorder: recorder.url,
      dialectOptions: { options: { direction: 'connect' } },
    })
    const pcm = keyedCall()
    await live.play('CA1', pcm, { digits, metadata: { direction: 'connect' } })
    await until(() => recorder.closes.length === 1, 'the recorder is closed')
    t.same(recorder.closes, [1000])

    const messages = recorder.texts.map((text) => JSON.parse(text))
    t.same(
      messages.map(({ event }) => event).filter((event) => event !== 'media'),
      ['connected', 'start', 'dtmf', 'dtmf', 'stop'],
    )
    t.same(
      messages.slice(1).map(({ sequenceNumber }) => Number(sequenceNumber)),
      Array.from({ length: messages.length - 1 }, (_, i) => i + 1),
      'counters are intact',
    )
    t.same(
      messages.filter(({ event }) => event === 'dtmf').map(({ dtmf }) => dtmf.digit),
      ['*', '*'],
    )
    const stored = ['inbound', 'outbound'].map((track) => {
      const media = messages.filter((message) => message.media?.track === track)
      t.same(
        media.map((message) => Number(message.media.timestamp)),
        media.map((_, i) => i * 20),
        `${track}: timestamps are intact`,
      )
      return decodedMulaw(Buffer.concat(media.map((message) => Buffer.from(message.media.payload, 'base64'))))
    })
    checkKept(t, pcm, stored, mulaw)
  },
)

t.test("jambonz' own recorder, which takes every byte for audio, gets audio and no text", async (t) => {
  const { url, heard } = await jambonzRecorder(t)
  const live = await liveProxy(t, { dialect: 'mod_audio_fork', recorder: url })
  const pcm = keyedCall()
  await live.play('6b0c', pcm, { digits })
  await until(() => heard.isEnded, 'the recording ends')
  t.match(JSON.parse(heard.metadata), { callSid: '6b0c', mixType: 'stereo', sampleRate: 8000 })
  checkKept(t, pcm, deinterleaved(Buffer.concat(heard.audio), 2), linear)
})

t.test("an application on jambonz' SDK hears the call, and of its keys nothing", async (t) => {
  const { url, heard } = await jambonzListener(t)
  const live = await liveProxy(t, { dialect: 'mod_audio_fork', recorder: url })
  const pcm = keyedCall()
  await live.play('6b0c', pcm, { digits })
  await until(() => heard.closes.length === 1, 'the listener is closed')
  t.match(heard.metadata, { callSid: '6b0c' })
  t.same(heard.texts, [])
  t.same(heard.closes, [1000])
  checkKept(t, pcm, deinterleaved(Buffer.concat(heard.audio), 2), linear)
})

t.test('text for an application that asked for it comes one document a message, digits masked', async (t) => {
  const { url, heard } = await jambonzListener(t)
  const live = await liveProxy(t, {
    dialect: 'mod_audio_fork',
    recorder: url,
    dialectOptions: { options: { textAfterMetadata: 'scrub' } },
  })
  await live.play('6b0c', keyedCall(), { digits })
  await until(() => heard.closes.length === 1, 'the listener is closed')
  t.same(heard.texts, [[{ digit: '*', duration: '800' }], [{ digit: '*', duration: '800' }]])
})

t.test('a strict AudioHook recorder finds nothing to object to', async (t) => {
  const recorder = await dialectRecorder(t, audiohook as Dialect)
  const live = await liveProxy(t, { dialect: 'audiohook', recorder: recorder.url })
  const pcm = keyedCall()
  await live.play('7b2f1c3e-5a44-4d5e-9a0e-2f1f6f7a9b10', pcm)
  await until(() => recorder.events.some(({ kind }) => kind === 'ended'), 'the recording ends')
  t.same(
    recorder.events.filter(({ kind }) => kind === 'violation'),
    [],
  )
  const payloads = recorder.events.flatMap((event) => (event.kind === 'media' ? [event.frame.payload] : []))
  const interleaved = decodedMulaw(Buffer.concat(payloads))
  const tracks = [0, 1].map((channel) => interleaved.filter((_, i) => i % 2 === channel))
  checkKept(t, pcm, tracks, mulaw)
})
