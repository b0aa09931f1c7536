import type { IncomingMessage } from 'node:http'
import t from 'tap'
import { acceptOf, handshakeFault, isOpening, openingAnswer } from '../../../proxy/edge/ws/handshake.js'

// RFC 6455, section 1.3.
const key = 'dGhlIHNhbXBsZSBub25jZQ=='
const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

const request = (headers: object = {}, method = 'GET') =>
  ({
    method,
    headers: { upgrade: 'WebSocket', 'sec-websocket-key': key, 'sec-websocket-version': '13', ...headers },
  }) as unknown as IncomingMessage

t.test('the answer to a key is that of the RFC', async (t) => {
  t.equal(acceptOf(key), accept)
  t.match(openingAnswer(request(), null), `Sec-WebSocket-Accept: ${accept}\r\n\r\n`)
  t.match(openingAnswer(request(), 'media'), 'Sec-WebSocket-Protocol: media\r\n\r\n')
})

t.test('what is no opening handshake is refused with its status', async (t) => {
  t.equal(handshakeFault(request()), null)
  t.equal(handshakeFault(request({}, 'POST')), 405)
  t.equal(handshakeFault(request({ upgrade: 'h2c' })), 400)
  t.equal(handshakeFault(request({ 'sec-websocket-key': 'short' })), 400)
  t.equal(handshakeFault(request({ 'sec-websocket-version': '8' })), 426)
})

t.test('a server opens what was asked for, and nothing else', async (t) => {
  const offer = { key, subprotocols: [] }
  const good = { upgrade: 'websocket', 'sec-websocket-accept': accept }
  t.ok(isOpening(good, offer))
  t.notOk(isOpening({ ...good, 'sec-websocket-accept': acceptOf('other') }, offer))
  t.notOk(isOpening({ ...good, upgrade: 'h2c' }, offer))
  t.notOk(isOpening({ ...good, 'sec-websocket-extensions': 'permessage-deflate' }, offer))
  t.notOk(isOpening({ ...good, 'sec-websocket-protocol': 'media' }, offer))
  const two = { key, subprotocols: ['media', 'audio'] }
  t.notOk(isOpening(good, two))
  t.ok(isOpening({ ...good, 'sec-websocket-protocol': 'audio' }, two))
  t.notOk(isOpening({ ...good, 'sec-websocket-protocol': 'video' }, two))
})
