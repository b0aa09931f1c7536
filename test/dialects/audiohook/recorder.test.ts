import t from 'tap'
import { ClientEnd } from '../../../proxy/dialects/audiohook/ends.js'
import { AudioHookRecorder } from '../../../proxy/dialects/audiohook/recorder.js'
import type { RecorderEvent } from '../../../proxy/dialects/dialect.js'
import type { WireMessage } from '../../../proxy/media/wire.js'
import {
  external,
  heardAs,
  type Json,
  openParameters,
  SESSION,
  stereo,
} from '../../support/audiohook-fork.js'

class Client {
  readonly recorder = new AudioHookRecorder()
  readonly replies: Json[] = []
  #end = new ClientEnd(SESSION)

  says(type: Parameters<ClientEnd['say']>[0], parameters: object = {}): RecorderEvent[] {
    return this.sends(this.#end.say(type, 'PT0S', JSON.stringify(parameters)))
  }

  sends(message: WireMessage): RecorderEvent[] {
    const out: RecorderEvent[] = []
    this.recorder.receive(message, 0, out)
    for (const event of out) if (event.kind === 'reply') this.replies.push(heardAs(event.message))
    return out
  }

  audio(...bytes: number[]): RecorderEvent[] {
    return this.sends({ data: Uint8Array.from(bytes), isBinary: true })
  }
}

t.test('a recorder takes the stereo offer, wherever it stands', async (t) => {
  const client = new Client()
  const events = client.says('open', { ...openParameters, media: [external, stereo] })
  t.match(events, [
    { kind: 'started', call: { streamId: SESSION, streams: [{ tracks: [0, 1] }] } },
    { kind: 'reply' },
  ])
  t.same(client.replies, [
    {
      version: '2',
      type: 'opened',
      id: SESSION,
      seq: 1,
      clientseq: 1,
      parameters: { media: [stereo], startPaused: false },
    },
  ])
})

t.test('without stereo it takes the first offer, without offers none', async (t) => {
  for (const [media, chosen] of [
    [[external], [external]],
    [[], []],
  ]) {
    const client = new Client()
    client.says('open', { ...openParameters, media })
    t.same(client.replies[0].parameters.media, chosen)
  }
})

t.test('pings are answered, updates confirmed, the close answered behind the audio', async (t) => {
  const client = new Client()
  client.says('open', openParameters)
  client.says('ping')
  client.says('update', { language: 'de-DE' })
  t.match(client.audio(1, 2), [{ kind: 'media', frame: { startSample: 0, sampleCount: 1 } }])
  t.match(client.says('close', { reason: 'end' }), [{ kind: 'ended' }, { kind: 'reply' }])
  t.match(client.replies.slice(1), [
    { type: 'pong', clientseq: 2 },
    { type: 'updated', clientseq: 3 },
    { type: 'closed', clientseq: 4 },
  ])
})

t.test('lost audio counts in positions', async (t) => {
  const client = new Client()
  client.says('open', openParameters)
  client.audio(1, 2)
  client.says('discarded', { start: 'PT0.000125S', discarded: 'PT1S' })
  client.says('paused')
  client.says('resumed', { start: 'PT1.000125S', discarded: 'PT1S' })
  t.match(client.audio(1, 2), [{ frame: { startSample: 16_001 } }])
})

t.test('what the reference server would disconnect for is a violation', async (t) => {
  const early = new Client()
  t.match(early.audio(1, 2), [{ kind: 'violation', code: 'audio-not-active' }, { kind: 'reply' }])
  t.match(early.replies, [{ type: 'disconnect', parameters: { reason: 'error' } }])

  const paused = new Client()
  paused.says('open', openParameters)
  paused.says('paused')
  t.match(paused.audio(1, 2), [{ kind: 'violation', code: 'audio-not-active' }, { kind: 'reply' }])

  const late = new Client()
  late.says('open', openParameters)
  late.says('close', { reason: 'end' })
  t.same(late.audio(1, 2), [{ kind: 'violation', code: 'audio-not-active' }])
  t.match(late.says('close', { reason: 'end' }), [{ kind: 'violation', code: 'out-of-state' }])

  const odd = new Client()
  odd.says('open', openParameters)
  t.match(odd.audio(1, 2, 3), [{ kind: 'violation', code: 'audio-length' }, { kind: 'reply' }])
  t.same(odd.audio(1), [{ kind: 'violation', code: 'audio-length' }])

  const twice = new Client()
  twice.says('open', { ...openParameters, media: [] })
  t.match(twice.audio(1, 2), [{ kind: 'violation', code: 'audio-no-media' }, { kind: 'reply' }])
  t.same(twice.says('open', openParameters), [{ kind: 'violation', code: 'out-of-state' }])

  const gap = new Client()
  gap.sends(new ClientEnd(SESSION).say('ping', 'PT0S', '{}'))
  t.match(gap.sends(new ClientEnd(SESSION).say('ping', 'PT0S', '{}')), [
    { kind: 'violation', code: 'seq' },
    {},
  ])
})

t.test('keys, errors and playback reports need no answer', async (t) => {
  const client = new Client()
  client.says('open', openParameters)
  t.same(client.says('dtmf', { digit: '*' }), [])
  t.same(client.says('error', { code: 429, message: '' }), [])
  t.same(client.says('playback_started'), [])
  t.same(client.says('playback_completed'), [])
})

t.test('a close without an open ends nothing', async (t) => {
  t.match(new Client().says('close', { reason: 'end' }), [{ kind: 'reply' }])
})
