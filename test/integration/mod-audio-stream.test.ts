// The upgrade request as libwsc, mod_audio_stream's WebSocket client, writes it: no space behind a colon, compression offered.
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import t from 'tap'
import { liveProxy, until } from '../support/live-proxy.js'

const TOKEN = 'a token for this test'

/** amigniter/libwsc 366fa04, src/WebSocketContext.cpp, sendHandshakeRequest(). */
const upgradeOf = (port: number, extraHeaders: string): string =>
  [
    'GET /fork HTTP/1.1',
    `Host:127.0.0.1:${port}`,
    'Upgrade:websocket',
    'Connection:upgrade',
    'Sec-WebSocket-Key:dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version:13',
    'Sec-WebSocket-Extensions:permessage-deflate; client_no_context_takeover; server_no_context_takeover; client_max_window_bits=9',
    `Origin:http://127.0.0.1:${port}`,
    ...(extraHeaders === '' ? [] : [extraHeaders]),
    '\r\n',
  ].join('\r\n')

/** One masked frame of at most 65,535 bytes (RFC 6455 section 5.2). */
const frameOf = (opcode: number, data: Uint8Array): Buffer => {
  const mask = randomBytes(4)
  const length = data.length < 126 ? [0x80 | data.length] : [0xfe, data.length >> 8, data.length & 0xff]
  return Buffer.concat([
    Buffer.from([0x80 | opcode, ...length]),
    mask,
    data.map((byte, i) => byte ^ mask[i % 4]!),
  ])
}

t.test('the request is answered without compression, and the call is recorded', async (t) => {
  const live = await liveProxy(t, {
    dialect: 'mod_audio_stream',
    dialectOptions: { auth: { type: 'bearer', token: TOKEN } },
  })
  const socket = connect(Number(live.url.port), '127.0.0.1')
  let heard = ''
  socket.on('data', (bytes) => {
    heard += bytes.toString('latin1')
  })
  socket.write(upgradeOf(Number(live.url.port), `Authorization:Bearer ${TOKEN}`))
  await until(() => heard.includes('\r\n\r\n'), 'answered')
  t.match(heard, /^HTTP\/1\.1 101 /)
  // RFC 6455 section 1.3: the answer to the sample nonce.
  t.match(heard, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  t.notMatch(heard, /sec-websocket-extensions/i)
  socket.write(frameOf(1, Buffer.from('{"callSid":"libwsc-1","sampleRate":8000,"mixType":"mono"}')))
  for (let i = 0; i < 50; i++) socket.write(frameOf(2, Buffer.alloc(320, i)))
  socket.write(frameOf(9, Buffer.from('beat')))
  await until(() => heard.endsWith('beat'), 'a heart beat is answered')
  socket.end(frameOf(8, Buffer.from([0x03, 0xe8])))
  await until(() => live.recordings().has('libwsc-1'), 'recorded')
  t.match(live.recordings().get('libwsc-1')!.sidecar, { samples: 8000, lostSamples: 0, endReason: 'hangup' })
})

t.test('without its extra header it is refused', async (t) => {
  const live = await liveProxy(t, {
    dialect: 'mod_audio_stream',
    dialectOptions: { auth: { type: 'bearer', token: TOKEN } },
  })
  const socket = connect(Number(live.url.port), '127.0.0.1')
  let heard = ''
  socket.on('data', (bytes) => {
    heard += bytes.toString('latin1')
  })
  socket.write(upgradeOf(Number(live.url.port), ''))
  await until(() => heard.includes('\r\n\r\n'), 'answered')
  t.match(heard, /^HTTP\/1\.1 401 /)
  socket.destroy()
})
