import t from 'tap'
import { AudioReader, callStart, isSameMedia, positionOf } from '../../../proxy/dialects/audiohook/media.js'
import { type Media, NULL_UUID } from '../../../proxy/dialects/audiohook/messages.js'
import type { WireMessage } from '../../../proxy/media/wire.js'

import { openParameters, SESSION } from '../../support/audiohook-fork.js'

const stereo: Media = { type: 'audio', format: 'PCMU', channels: ['external', 'internal'], rate: 8000 }
const binary = (data: Uint8Array): WireMessage => ({ data, isBinary: true })
const l16: Media = { ...stereo, format: 'L16' }

t.test('a frame holds the data itself and is one sample per byte and channel', async (t) => {
  const reader = new AudioReader(stereo)
  const data = new Uint8Array(320)
  const frame = reader.read(binary(data), 7)
  t.equal(frame?.payload, data)
  t.match(frame, { stream: 0, startSample: 0, sampleCount: 160, receivedAtMs: 7, heldBytes: 320 })
  t.equal(reader.read(binary(new Uint8Array(2)), 8)?.startSample, 160)
  t.equal(reader.nextSample, 161)
})

t.test('two bytes make a sample of L16', async (t) => {
  const reader = new AudioReader(l16)
  t.equal(reader.isWhole(new Uint8Array(6)), false)
  t.same(reader.read(binary(Uint8Array.of(1, 2, 3, 4, 5, 6)), 0)?.payload, new Uint8Array(4))
  t.equal(reader.read(binary(new Uint8Array(3)), 0), null)
  t.same(new AudioReader(stereo).read(binary(Uint8Array.of(1, 2, 3)), 0)?.payload, Uint8Array.of(0xff, 0xff))
})

t.test('skipped audio moves the position, to the sample', async (t) => {
  const reader = new AudioReader(stereo)
  reader.skip('PT0.000125S')
  t.equal(reader.nextSample, 1)
  reader.skip('PT12.8S')
  t.equal(reader.nextSample, 102_401)
  t.equal(positionOf(reader.nextSample), 'PT12.800125S')
})

t.test('the order of channels is part of a choice', async (t) => {
  t.ok(isSameMedia(stereo, { ...stereo, channels: ['external', 'internal'] }))
  t.notOk(isSameMedia(stereo, { ...stereo, channels: ['internal', 'external'] }))
  t.notOk(isSameMedia(stereo, { ...stereo, channels: ['external'] }))
  t.notOk(isSameMedia(stereo, l16))
})

t.test('the chosen channels are the tracks of the call, in their order', async (t) => {
  const inverted: Media = { ...l16, channels: ['internal', 'external'] }
  t.same(callStart(SESSION, openParameters, inverted, { queue: 'billing' }), {
    callId: openParameters.conversationId,
    streamId: SESSION,
    tracks: [
      { index: 0, role: 'agent' },
      { index: 1, role: 'caller' },
    ],
    streams: [{ format: { codec: 'l16', clockRateHz: 8000, channelCount: 2 }, tracks: [0, 1] }],
    metadata: { queue: 'billing' },
    isProbe: false,
  })
  const mono = callStart(SESSION, openParameters, { ...stereo, channels: ['internal'] }, {})
  t.match(mono, { tracks: [{ role: 'agent' }], streams: [{ format: { channelCount: 1 }, tracks: [0] }] })
})

t.test('without media there are no streams, and two null ids make a probe', async (t) => {
  const probe = {
    ...openParameters,
    conversationId: NULL_UUID,
    participant: { ...openParameters.participant, id: NULL_UUID },
  }
  t.match(callStart(SESSION, probe, null, {}), { tracks: [], streams: [], isProbe: true })
  const half = { ...openParameters, conversationId: NULL_UUID }
  t.match(callStart(SESSION, half, null, {}), { isProbe: false })
})
