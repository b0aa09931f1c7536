import t from 'tap'
import { ServerEnd } from '../../../proxy/dialects/audiohook/ends.js'
import { AudioHookPbx, uuidFor } from '../../../proxy/dialects/audiohook/pbx.js'
import type { PbxScript } from '../../../proxy/dialects/dialect.js'
import type { WireMessage } from '../../../proxy/media/wire.js'
import { external, heardAs, type Json, stereo } from '../../support/audiohook-fork.js'
import { script } from '../../support/dialect-call.js'

/** A proxy or recorder as the simulated PBX meets it. */
class Server {
  readonly pbx: AudioHookPbx
  readonly heard: Json[] = []
  nowMs = 0
  #end = new ServerEnd(null)

  constructor(over: Partial<PbxScript> = {}) {
    this.pbx = new AudioHookPbx({ ...script, ...over })
    this.#hear((out) => this.pbx.opened(this.nowMs, out))
  }

  says(type: Parameters<ServerEnd['say']>[0], parameters: object = {}): void {
    const message = this.#end.say(type, JSON.stringify(parameters))
    this.#hear((out) => this.pbx.receive(message, this.nowMs, out))
  }

  audio(...pcm: number[][]): void {
    this.#hear((out) =>
      this.pbx.audio(
        pcm.map((samples) => Int16Array.from(samples)),
        this.nowMs,
        out,
      ),
    )
  }

  hangUp(): void {
    this.#hear((out) => this.pbx.hangUp(this.nowMs, out))
  }

  #hear(speak: (out: WireMessage[]) => void): void {
    const out: WireMessage[] = []
    speak(out)
    for (const message of out) {
      if (!message.isBinary) t.equal(this.#end.hear(message).fault, null)
      this.heard.push(heardAs(message))
    }
  }
}

const types = (said: Json[]) => said.map(({ type }) => type ?? 'audio')

t.test('both parties are offered together first, then each alone', async (t) => {
  const { heard } = new Server()
  t.match(heard, [{ type: 'open', seq: 1, serverseq: 0, position: 'PT0S' }])
  t.same(heard[0].parameters.media, [stereo, external, { ...external, channels: ['internal'] }])
  t.equal(heard[0].parameters.conversationId, script.callId)
  t.same(heard[0].parameters.customConfig, { queue: 'billing' })
})

t.test('roles the other way round are offered the other way round', async (t) => {
  const { heard } = new Server({ roles: ['agent', 'caller'] })
  t.same(heard[0].parameters.media[0].channels, ['internal', 'external'])
})

t.test('a call id that is no UUID becomes the same one every time', async (t) => {
  const { heard } = new Server({ callId: 'call-1' })
  t.equal(heard[0].parameters.conversationId, uuidFor('call-1'))
  // RFC 9562 section 5.5, in the null namespace; computed with Python's uuid.uuid5.
  t.equal(uuidFor('organization'), '964bb7cb-017c-5a35-bcf1-5ddc8f958cb5')
})

t.test('audio is sent after opened, on the channels that were chosen, as mu-law', async (t) => {
  const server = new Server()
  server.audio([0, 1000], [0, -1000])
  t.notOk(server.pbx.isReady)
  server.says('opened', { media: [stereo] })
  t.ok(server.pbx.isReady)
  server.audio([0, 1000], [0, -1000])
  t.same(server.heard[1], Uint8Array.of(0xff, 0xff, 0xce, 0x4e))

  const alone = new Server()
  alone.says('opened', { media: [{ ...external, channels: ['internal'] }] })
  alone.audio([0, 1000], [0, -1000])
  t.same(alone.heard[1], Uint8Array.of(0xff, 0x4e))

  const none = new Server()
  none.says('opened', { media: [] })
  t.notOk(none.pbx.isReady)
  none.audio([0], [0])
  t.same(types(none.heard), ['open'])
})

t.test('a pause is answered at once, and what it lost is told when it ends', async (t) => {
  const server = new Server()
  server.says('opened', { media: [stereo] })
  server.audio([0, 0], [0, 0])
  server.says('pause')
  server.says('pause')
  server.audio([0, 0, 0, 0], [0, 0, 0, 0])
  server.says('resume')
  server.audio([0], [0])
  server.says('resume')
  t.same(types(server.heard), ['open', 'audio', 'paused', 'paused', 'resumed', 'audio', 'resumed'])
  t.match(server.heard[4], {
    position: 'PT0.00075S',
    parameters: { start: 'PT0.00025S', discarded: 'PT0.0005S' },
  })
  t.match(server.heard[6].parameters, { discarded: 'PT0S' })
})

t.test('a call that starts paused says so', async (t) => {
  const server = new Server()
  server.says('opened', { media: [stereo], startPaused: true })
  t.same(types(server.heard), ['open', 'paused'])
  t.notOk(server.pbx.isReady)
})

t.test('pings go out 1 s after opened and every 5 s from then on', async (t) => {
  const server = new Server()
  server.says('opened', { media: [stereo] })
  server.nowMs = 999
  server.audio([0], [0])
  server.nowMs = 1_000
  server.audio([0], [0])
  server.nowMs = 1_012
  server.says('pong')
  server.nowMs = 6_000
  server.audio([0], [0])
  t.same(types(server.heard), ['open', 'audio', 'ping', 'audio', 'ping', 'audio'])
  t.same(server.heard[4].parameters, { rtt: 'PT0.012S' })
})

t.test('hanging up closes, and closed ends it', async (t) => {
  const server = new Server()
  server.says('opened', { media: [stereo] })
  server.hangUp()
  server.hangUp()
  server.audio([0], [0])
  t.match(server.heard[1], { type: 'close', parameters: { reason: 'end' } })
  t.notOk(server.pbx.isDone)
  server.says('closed')
  t.ok(server.pbx.isDone)
  t.same(types(server.heard), ['open', 'close'])
})

t.test('a server that disconnects, or asks to reconnect, is closed', async (t) => {
  for (const [type, parameters, reason] of [
    ['disconnect', { reason: 'error' }, 'disconnect'],
    ['reconnect', {}, 'reconnect'],
  ] as const) {
    const server = new Server()
    server.says(type, parameters)
    t.match(server.heard[1], { type: 'close', parameters: { reason } })
  }
})

t.test('events and updates need no answer, keys are not reported', async (t) => {
  const server = new Server()
  server.says('opened', { media: [stereo] })
  server.says('opened', { media: [stereo] })
  server.says('event', { entities: [{ type: 'x', data: 1 }] })
  server.says('updated')
  server.pbx.digit()
  t.same(types(server.heard), ['open'])
})

t.test('the upgrade request names the session, and is signed when there is a key', async (t) => {
  const plain = new AudioHookPbx(script).handshake
  t.same(Object.keys(plain.headers), [
    'audiohook-organization-id',
    'audiohook-session-id',
    'audiohook-correlation-id',
  ])
  const signed = new AudioHookPbx({ ...script, credentials: { apiKey: 'a2V5', secret: 'c2VjcmV0' } })
    .handshake
  t.equal(signed.headers['x-api-key'], 'a2V5')
  t.match(
    signed.headers['signature-input'],
    /^sig1=\("@request-target".*;created=1767225600;expires=1767225630$/,
  )
  t.match(signed.headers['signature'], /^sig1=:[A-Za-z0-9+/]{43}=:$/)
})

t.test('AudioHook has no other rate than 8,000 Hz', async (t) => {
  t.throws(() => new AudioHookPbx({ ...script, sampleRateHz: 16_000 }), { code: 'REDACT_ERR_INVARIANT' })
})
