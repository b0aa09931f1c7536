// Calls whose messages spell their audio as text, through the real dialect and the real session: 8,000 Hz mu-law, frames of 20 ms,
// hold-back 100 ms. What the toy detector listens for is the byte 0x30.
import t from 'tap'
import { stoppedClock } from '../../proxy/base/clock.js'
import type { Dialect } from '../../proxy/dialects/dialect.js'
import { decodePayload } from '../../proxy/dialects/json-media/payload.js'
import { telnyx } from '../../proxy/dialects/telnyx/telnyx.js'
import { twilio } from '../../proxy/dialects/twilio/twilio.js'
import { textMessage, textOf } from '../../proxy/media/wire.js'
import { policySchema } from '../../proxy/policy/options.js'
import { CallSession } from '../../proxy/session/call-session.js'
import { uncounted } from '../../proxy/session/session-metrics.js'
import { toyDetector } from '../support/toy-detector.js'

const VOICE = 0x20
const TONE = 0x30
const TONE_PCM = -3_900
const SILENCE = 0xff

const voice = (): Uint8Array => new Uint8Array(160).fill(VOICE)
/** 5 ms of the tone in the middle of a frame. */
const toneWithin = (): Uint8Array => voice().fill(TONE, 60, 100)

/** All memory that payloads have been decoded into by now. */
const scratch = (): Uint8Array => {
  const memory = decodePayload(Buffer.from('A'.repeat(4_000)), 0, 4_000)!
  return memory.fill(0)
}

const sessionOf = (dialect: Dialect<never>, ...opening: readonly object[]) => {
  const sent: string[] = []
  const nothing = (): void => {}
  const session = new CallSession(
    {
      dialectName: dialect.name,
      dialect: dialect.connect(dialect.schema.parse({}), {
        handshake: { target: '/', headers: {}, subprotocols: [] },
        randomUuid: () => 'uuid',
      }),
      policy: policySchema.parse({
        holdBackMs: 100,
        flushMs: 50,
        dtmf: { padBeforeMs: 5, padAfterMs: 5, echoMs: 10, entryHoldMs: 0 },
      }),
      metrics: uncounted,
      clock: stoppedClock,
      createDetectors: () => [{ detector: toyDetector('tones', 0, TONE_PCM), isFailOpen: false }],
      detectorLagMs: 20,
    },
    {
      toRecorder: (message) => void sent.push(textOf(message)),
      toPbx: nothing,
      close: nothing,
      started: nothing,
      signalled: nothing,
      audit: nothing,
      ended: nothing,
    },
  )
  session.recorderOpened(0)
  for (const message of opening) session.receive(textMessage(JSON.stringify(message)), 0)
  sent.length = 0
  return { session, sent }
}

const twilioOpening = [
  { event: 'connected', protocol: 'Call', version: '1.0.0' },
  { event: 'start', start: { callSid: 'CA1', streamSid: 'MZ1', tracks: ['inbound'] }, streamSid: 'MZ1' },
]
const twilioMedia = (n: number, payload: Uint8Array): string =>
  JSON.stringify({
    event: 'media',
    sequenceNumber: `${n + 2}`,
    media: {
      track: 'inbound',
      chunk: `${n + 1}`,
      timestamp: `${20 * n}`,
      payload: Buffer.from(payload).toString('base64'),
    },
    streamSid: 'MZ1',
  })

const payloadIn = (text: string): Uint8Array => Buffer.from(JSON.parse(text).media.payload, 'base64')
const withoutPayload = (text: string): string => text.replace(/"payload":"[^"]*"/, '')

t.test('of a call of text only what is sensitive is changed, in its place and to its length', async (t) => {
  const { session, sent } = sessionOf(twilio as Dialect<never>, ...twilioOpening)
  const came = Array.from({ length: 30 }, (_, n) => twilioMedia(n, n === 7 ? toneWithin() : voice()))
  for (const [n, text] of came.entries()) session.receive(textMessage(text), 20 * n)
  t.equal(sent.length, came.length - 5)
  for (const [n, text] of sent.entries())
    if (n !== 7) t.equal(text, came[n], 'byte for byte')
    else {
      t.equal(withoutPayload(text), withoutPayload(came[n]!))
      const heard = payloadIn(text)
      t.equal(heard.length, 160)
      t.ok(heard.subarray(20, 100).every((byte) => byte === SILENCE))
      t.notOk(heard.includes(TONE))
      t.ok(heard.subarray(0, 20).every((byte) => byte === VOICE))
    }
})

t.test('nothing of a payload is left in the scratch, heard or silenced', async (t) => {
  const memory = scratch()
  const { session, sent } = sessionOf(twilio as Dialect<never>, ...twilioOpening)
  for (let n = 0; n < 20; n++) {
    session.receive(textMessage(twilioMedia(n, n % 2 === 0 ? toneWithin() : voice())), 20 * n)
    if (memory.some((byte) => byte !== 0)) t.fail('audio is left')
  }
  t.ok(sent.length > 10)
})

t.test('several messages that came together are each heard as what they are', async (t) => {
  const { session, sent } = sessionOf(twilio as Dialect<never>, ...twilioOpening)
  for (let n = 0; n < 40; n++) {
    session.take(textMessage(twilioMedia(n, n % 10 === 3 ? new Uint8Array(160).fill(TONE) : voice())), 20 * n)
    if (n % 10 === 9) session.settle(20 * n)
  }
  const silent = sent.flatMap((text, n) => (payloadIn(text).every((byte) => byte === SILENCE) ? [n] : []))
  t.same(silent, [3, 13, 23, 33])
  t.notOk(sent.some((text) => payloadIn(text).includes(TONE)))
})

t.test('a message that waited for another is heard as what it is', async (t) => {
  const media = (chunk: number, payload: Uint8Array): string =>
    JSON.stringify({
      event: 'media',
      sequence_number: `${chunk}`,
      media: {
        track: 'inbound',
        chunk: `${chunk}`,
        timestamp: `${20 * (chunk - 1)}`,
        payload: Buffer.from(payload).toString('base64'),
      },
      stream_id: 's-1',
    })
  const { session, sent } = sessionOf(
    telnyx as Dialect<never>,
    { event: 'connected', version: '1.0.0' },
    {
      event: 'start',
      sequence_number: '1',
      stream_id: 's-1',
      start: { call_control_id: 'v3:a', media_format: { encoding: 'PCMU', sample_rate: 8000, channels: 1 } },
    },
  )
  const memory = scratch()
  const order = [1, 4, 3, 5, 2, 6, 7, 8, 9, 10, 11, 12, 13]
  for (const [n, chunk] of order.entries()) {
    session.receive(textMessage(media(chunk, chunk === 4 ? toneWithin() : voice())), 20 * n)
    if (memory.some((byte) => byte !== 0)) t.fail('audio is left')
  }
  t.same(
    sent.map((text) => Number(JSON.parse(text).media.chunk)),
    [1, 2, 3, 4, 5, 6, 7, 8],
  )
  t.notOk(sent.some((text) => payloadIn(text).includes(TONE)))
  t.same(
    sent.filter((text) => payloadIn(text).every((byte) => byte === VOICE)).length,
    7,
    'and nothing is silenced for it',
  )
  t.ok(
    payloadIn(sent[3]!)
      .subarray(60, 100)
      .every((byte) => byte === SILENCE),
  )
})

t.test('what is given up is overwritten in its message', async (t) => {
  const { session } = sessionOf(twilio as Dialect<never>, ...twilioOpening)
  const memory = scratch()
  session.receive(textMessage(twilioMedia(0, toneWithin())), 0)
  session.fail()
  session.receive(textMessage(twilioMedia(1, toneWithin())), 20)
  t.ok(memory.every((byte) => byte === 0))
})
