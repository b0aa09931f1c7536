import t from 'tap'
import { encodeMedia, mediaHeldBytes } from '../../../proxy/dialects/json-media/encode.js'
import { textMessage, textOf } from '../../../proxy/media/wire.js'

const frameOf = (text: string, base64: string, payload: Uint8Array) => {
  const payloadStart = text.indexOf(base64)
  return {
    stream: 0,
    startSample: 0,
    sampleCount: payload.length,
    payload,
    payloadStart,
    payloadEnd: payloadStart + base64.length,
    envelope: textMessage(text),
    receivedAtMs: 0,
    heldBytes: 0,
  }
}

t.test('an unchanged payload leaves in the very message that came', async (t) => {
  const frame = frameOf('{"p":"AAEC"}', 'AAEC', new Uint8Array(0))
  t.equal(encodeMedia(frame, false), frame.envelope)
  t.equal(textOf(frame.envelope), '{"p":"AAEC"}')
})

t.test('a changed payload is written over the old one, which is gone', async (t) => {
  const frame = frameOf('{"p":"AAEC"}', 'AAEC', new Uint8Array(3).fill(0xff))
  const message = encodeMedia(frame, true)
  t.equal(message, frame.envelope)
  t.equal(textOf(message), '{"p":"////"}')
})

t.test('a payload of another length gets a message of its own, and the old one is overwritten', async (t) => {
  const frame = frameOf('{"p":"AAEC"}', 'AAEC', new Uint8Array(4).fill(0xff))
  t.equal(textOf(encodeMedia(frame, true)), '{"p":"/////w=="}')
  t.ok(frame.envelope.data.every((byte) => byte === 0))
})

t.test('a held frame costs at least the bytes of its message', async (t) => {
  t.ok(mediaHeldBytes(textMessage('{"event":"media"}')) >= 17)
})
