import t from 'tap'
import { encodeMedia, mediaHeldBytes } from '../../../proxy/dialects/json-media/encode.js'
import { textMessage, textOf } from '../../../proxy/media/wire.js'

const envelopeOf = (text: string, base64: string) => {
  const payloadStart = text.indexOf(base64)
  return { message: textMessage(text), payloadStart, payloadEnd: payloadStart + base64.length }
}
const frameOf = (envelope: unknown, payload: Uint8Array) => ({
  stream: 0,
  startSample: 0,
  sampleCount: payload.length,
  payload,
  envelope,
  receivedAtMs: 0,
  heldBytes: 0,
})

t.test('an unchanged payload leaves in the very message that came', async (t) => {
  const envelope = envelopeOf('{"p":"AAEC"}', 'AAEC')
  t.equal(encodeMedia(frameOf(envelope, new Uint8Array(3)), false), envelope.message)
})

t.test('a changed payload is written over the old one, which is gone', async (t) => {
  const envelope = envelopeOf('{"p":"AAEC"}', 'AAEC')
  const message = encodeMedia(frameOf(envelope, new Uint8Array(3).fill(0xff)), true)
  t.equal(message, envelope.message)
  t.equal(textOf(message), '{"p":"////"}')
})

t.test('a payload of another length gets a message of its own, and the old one is overwritten', async (t) => {
  const envelope = envelopeOf('{"p":"AAEC"}', 'AAEC')
  const message = encodeMedia(frameOf(envelope, new Uint8Array(4).fill(0xff)), true)
  t.equal(textOf(message), '{"p":"/////w=="}')
  t.ok(envelope.message.data.every((byte) => byte === 0))
})

t.test('a held frame costs at least its bytes', async (t) => {
  t.ok(mediaHeldBytes(textMessage('{"event":"media"}'), new Uint8Array(160)) >= 17 + 160)
})
