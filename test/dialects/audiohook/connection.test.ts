import t from 'tap'
import { textMessage } from '../../../proxy/media/wire.js'
import {
  CONVERSATION,
  external,
  Fork,
  identity,
  ORGANIZATION,
  openParameters,
  PARTICIPANT,
  SESSION,
  stereo,
} from '../../support/audiohook-fork.js'

const NULL = '00000000-0000-0000-0000-000000000000'
const l16 = { ...stereo, format: 'L16' }
const bytes = (...values: number[]) => Uint8Array.from(values)
const types = (said: { type?: string }[]) => said.map(({ type }) => type ?? 'audio')

t.test('the open reaches the recorder before anything of the call is known', async (t) => {
  const fork = new Fork()
  t.same(
    fork.pbx('open', openParameters).map(({ kind }) => kind),
    ['message'],
  )
  t.same(fork.toRecorder, [
    {
      version: '2',
      type: 'open',
      id: SESSION,
      seq: 1,
      serverseq: 0,
      position: 'PT0S',
      parameters: openParameters,
    },
  ])
  t.same(fork.toPbx, [])
})

t.test("the recorder's choice starts the call and goes to the PBX at once", async (t) => {
  const fork = new Fork()
  fork.pbx('open', openParameters)
  const events = fork.recorder('opened', { media: [stereo], startPaused: false })
  t.same(
    events.map(({ kind }) => kind),
    ['started', 'to-pbx'],
  )
  t.same(fork.started, {
    callId: CONVERSATION,
    streamId: SESSION,
    tracks: [
      { index: 0, role: 'caller' },
      { index: 1, role: 'agent' },
    ],
    streams: [{ format: { codec: 'pcmu', clockRateHz: 8000, channelCount: 2 }, tracks: [0, 1] }],
    metadata: { organizationId: ORGANIZATION, participantId: PARTICIPANT },
    isProbe: false,
  })
  t.same(fork.toPbx, [
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

t.test('the order of channels decides whose track is which', async (t) => {
  const inverted = { ...stereo, channels: ['internal', 'external'] }
  const fork = new Fork()
  fork.pbx('open', { ...openParameters, media: [inverted] })
  fork.recorder('opened', { media: [inverted] })
  t.same(
    fork.started?.tracks.map(({ role }) => role),
    ['agent', 'caller'],
  )
})

t.test('L16 is little-endian with two bytes a sample', async (t) => {
  const fork = new Fork()
  fork.pbx('open', { ...openParameters, media: [l16] })
  fork.recorder('opened', { media: [l16] })
  t.equal(fork.started?.streams[0]?.format.codec, 'l16')
  fork.audio(bytes(1, 2, 3, 4, 5, 6, 7, 8))
  t.equal(fork.frames[0]?.sampleCount, 2)
})

t.test('offers that cannot be judged do not reach the recorder', async (t) => {
  const fork = new Fork()
  const opus = { ...stereo, format: 'OPUS' }
  const wide = { ...stereo, rate: 16000 }
  const twice = { ...stereo, channels: ['external', 'external'] }
  fork.pbx('open', { ...openParameters, media: [opus, wide, external, twice, 'PCMU', null] })
  t.same(fork.toRecorder[0].parameters.media, [external])
})

t.test('a choice that was not offered is the recorder failing', async (t) => {
  const fork = new Fork()
  fork.pbx('open', { ...openParameters, media: [external] })
  fork.recorder('opened', { media: [stereo] })
  t.same(fork.violations, ['recorder media-not-offered'])
  t.equal(fork.started, undefined)
  t.match(fork.toPbx, [{ type: 'disconnect', parameters: { reason: 'error' } }])
})

t.test('a recorder that wants no audio gets none', async (t) => {
  const fork = new Fork().opened(null)
  t.same(fork.started?.tracks, [])
  t.same(fork.toPbx[0].parameters, { media: [] })
  fork.audio(bytes(255, 255))
  t.same(fork.violations, ['pbx audio-no-media'])
  t.equal(fork.toPbx[1].type, 'disconnect')
})

t.test('both hops count for themselves', async (t) => {
  const fork = new Fork().opened()
  fork.pbx('ping', { rtt: 'PT0.0015S' })
  fork.pbx('ping')
  fork.pbx('update', { language: 'de-DE' })
  t.match(fork.toPbx, [
    { type: 'opened', seq: 1, clientseq: 1 },
    { type: 'pong', seq: 2, clientseq: 2, parameters: {} },
    { type: 'pong', seq: 3, clientseq: 3 },
  ])
  t.match(fork.toRecorder, [
    { type: 'open', seq: 1, serverseq: 0 },
    { type: 'update', seq: 2, serverseq: 1, parameters: { language: 'de-DE' } },
  ])
})

t.test('held text is numbered when it leaves, not when it arrives', async (t) => {
  const fork = new Fork().opened()
  fork.isHolding = true
  fork.pbx('paused', {}, { position: 'PT0.5S' })
  fork.pass(1_000)
  fork.recorder('event', { entities: [{ type: 'x', data: 1 }] })
  fork.release()
  t.match(fork.toRecorder.slice(1), [
    { type: 'ping', seq: 2, serverseq: 1 },
    { type: 'paused', seq: 3, serverseq: 2, position: 'PT0.5S' },
  ])
})

t.test('everything of the PBX keeps its place in the audio', async (t) => {
  const fork = new Fork().opened()
  fork.isHolding = true
  fork.audio(bytes(1, 2))
  fork.pbx('discarded', { start: 'PT0S', discarded: 'PT1S' })
  fork.audio(bytes(3, 4))
  fork.pbx('error', { code: 429, message: 'slow down', retryAfter: 'PT1S' })
  fork.pbx('paused')
  fork.pbx('resumed', { start: 'PT1S', discarded: 'PT2S' })
  fork.audio(bytes(5, 6))
  fork.pbx('close', { reason: 'end' })
  t.same(types(fork.toRecorder), ['open'])
  fork.release()
  t.same(types(fork.toRecorder), [
    'open',
    'audio',
    'discarded',
    'audio',
    'error',
    'paused',
    'resumed',
    'audio',
    'close',
  ])
})

t.test('an audio message leaves as the bytes it came as, in the array it came in', async (t) => {
  for (const length of [2, 14, 3200, 65_536]) {
    const fork = new Fork().opened()
    const data = Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff)
    const copy = data.slice()
    fork.audio(data)
    t.equal(fork.frames[0]?.payload, data)
    t.equal(fork.frames[0]?.sampleCount, length / 2)
    t.same(fork.toRecorder[1], copy)
  }
})

t.test('lost audio counts in the position of what follows', async (t) => {
  const fork = new Fork().opened()
  fork.audio(bytes(1, 2, 3, 4))
  fork.pbx('discarded', { start: 'PT0.00025S', discarded: 'PT0.5S' })
  fork.audio(bytes(1, 2))
  fork.pbx('paused')
  fork.pbx('resumed', { start: 'PT0.500375S', discarded: 'PT12.8S' })
  fork.audio(bytes(1, 2))
  t.same(
    fork.frames.map(({ startSample }) => startSample),
    [0, 4002, 106_403],
  )
  fork.pass(1_000)
  t.equal(fork.toRecorder.at(-1).position, 'PT13.3005S')
})

t.test('bytes that are no whole samples leave as silence of the whole ones', async (t) => {
  const fork = new Fork().opened()
  fork.audio(bytes(1, 2, 3, 4, 5))
  fork.audio(bytes(9))
  fork.audio(bytes())
  fork.audio(bytes(7, 8))
  t.same(fork.violations, ['pbx audio-length', 'pbx audio-length', 'pbx audio-length'])
  t.same(fork.toRecorder.slice(1), [bytes(255, 255, 255, 255), bytes(7, 8)])
  t.same(
    fork.frames.map(({ startSample }) => startSample),
    [0, 2],
  )
  t.same(types(fork.toPbx), ['opened'])
})

t.test('audio before opened, while paused and after close is not taken', async (t) => {
  const early = new Fork()
  early.audio(bytes(1, 2))
  early.pbx('open', openParameters)
  early.audio(bytes(1, 2))
  t.same(early.violations, ['pbx audio-not-active', 'pbx audio-not-active'])
  t.match(early.toPbx, [
    { type: 'disconnect', parameters: { reason: 'error', info: 'Audio not expected now' } },
  ])

  const paused = new Fork().opened()
  paused.pbx('paused')
  paused.audio(bytes(1, 2))
  t.same(paused.violations, ['pbx audio-not-active'])
  t.same(types(paused.toPbx), ['opened', 'disconnect'])
  t.same(types(paused.toRecorder), ['open', 'paused'])

  const closed = new Fork().opened()
  closed.pbx('close', { reason: 'end' })
  closed.audio(bytes(1, 2))
  t.same(closed.violations, ['pbx audio-not-active'])
  t.same(types(closed.toPbx), ['opened'])
  t.same(types(closed.toRecorder), ['open', 'close'])
})

t.test('pings go to the recorder 1 s after opened and then every 5 s', async (t) => {
  const fork = new Fork().opened()
  fork.pass(980)
  t.equal(fork.toRecorder.length, 1)
  fork.pass(20)
  t.match(fork.toRecorder[1], { type: 'ping', seq: 2, serverseq: 1, position: 'PT0S', parameters: {} })
  fork.nowMs += 15
  fork.recorder('pong', {}, { clientseq: 2 })
  fork.pass(5_000)
  t.match(fork.toRecorder[2], { type: 'ping', seq: 3, parameters: { rtt: 'PT0.015S' } })
  t.equal(fork.toRecorder.length, 3)
  t.same(fork.violations, [])
})

t.test('a ping without its pong is counted and not repeated', async (t) => {
  const fork = new Fork().opened()
  fork.pass(11_000)
  t.same(fork.violations, ['recorder pong-missing', 'recorder pong-missing'])
  t.same(types(fork.toRecorder), ['open', 'ping'])
  fork.recorder('pong', {}, { clientseq: 1 })
  fork.recorder('pong', {}, { clientseq: 2 })
  fork.recorder('pong', {}, { clientseq: 2 })
  t.same(fork.violations.slice(2), ['recorder pong', 'recorder pong'])
  t.same(types(fork.toPbx), ['opened'])
})

t.test('what the recorder asks goes to the PBX at once, ahead of all that is held', async (t) => {
  const fork = new Fork().opened()
  fork.isHolding = true
  fork.audio(bytes(1, 2))
  fork.recorder('pause')
  fork.recorder('resume')
  fork.recorder('updated')
  fork.recorder('reconnect', { info: 'maintenance' })
  fork.recorder('event', { entities: [{ type: 'agentassist', data: { id: SESSION } }] })
  t.same(types(fork.toRecorder), ['open'])
  t.match(fork.toPbx.slice(1), [
    { type: 'pause', seq: 2, clientseq: 1, parameters: {} },
    { type: 'resume', seq: 3 },
    { type: 'updated', seq: 4 },
    { type: 'reconnect', seq: 5, parameters: { info: 'maintenance' } },
    { type: 'event', seq: 6, parameters: { entities: [{ type: 'agentassist', data: { id: SESSION } }] } },
  ])
})

t.test('a message that the PBX would take for an error is kept from it', async (t) => {
  const fork = new Fork()
  fork.pbx('open', openParameters)
  fork.recorder('pause')
  fork.recorder('event', { entities: [{ type: 'x', data: 1 }] })
  fork.recorder('opened', { media: [stereo] })
  fork.recorder('opened', { media: [stereo] })
  fork.recorder('event', { entities: [] })
  fork.recorder('hello')
  fork.recorderSends({ data: bytes(1, 2), isBinary: true })
  t.same(types(fork.toPbx), ['opened'])
  t.same(fork.violations, [
    'recorder out-of-state',
    'recorder out-of-state',
    'recorder out-of-state',
    'recorder parameters',
    'recorder unknown-type',
    'recorder audio-from-recorder',
  ])
})

t.test('card numbers in events are masked, and the numbering stays dense', async (t) => {
  const fork = new Fork().opened()
  const deep = `{"version":"2","type":"event","id":"${SESSION}","seq":2,"clientseq":1,"parameters":{"entities":[{"type":"x","data":${'['.repeat(25_000)}${']'.repeat(25_000)}}]}}`
  fork.recorderSends(textMessage(deep))
  fork.recorder('event', { entities: [{ type: 'x', data: '4111 1111 1111 1111' }] }, { seq: 3 })
  t.same(fork.violations, ['recorder event-dropped'])
  t.match(fork.toPbx[1], { seq: 2, parameters: { entities: [{ type: 'x', data: '**** **** **** ****' }] } })
})

t.test('the end goes behind the audio, and the answer of the recorder goes back', async (t) => {
  const fork = new Fork().opened()
  fork.isHolding = true
  fork.audio(bytes(1, 2))
  const events = fork.pbx('close', { reason: 'end' }, { position: 'PT0.000125S' })
  t.match(events, [{ kind: 'ended', reason: 'hangup' }])
  fork.release()
  t.match(fork.toRecorder.at(-1), {
    type: 'close',
    seq: 2,
    position: 'PT0.000125S',
    parameters: { reason: 'end' },
  })
  fork.nowMs += 400
  t.match(fork.recorder('closed'), [{ kind: 'to-pbx' }, { kind: 'close', side: 'recorder', code: 1000 }])
  t.match(fork.toPbx.at(-1), { type: 'closed', seq: 2, clientseq: 2 })
  t.same(fork.recorderLost(), [])
  t.same(fork.recorder('closed'), [])
  fork.pbxLost(true)
  t.same(fork.pass(10_000), [])
})

t.test('a PBX that does not hang up after closed is hung up on after 2 s', async (t) => {
  const fork = new Fork().opened()
  fork.pbx('close', { reason: 'end' })
  fork.recorder('closed')
  t.same(fork.pass(1_980), [])
  t.same(fork.pass(20), [{ kind: 'close', side: 'pbx', code: 1000 }])
  t.same(fork.pass(10_000), [])
})

t.test('a recorder that does not answer the close is not waited for beyond 3 s', async (t) => {
  const fork = new Fork().opened()
  fork.pbx('close', { reason: 'end' })
  t.same(fork.pass(2_980), [])
  t.match(fork.pass(20), [{ kind: 'to-pbx' }, { kind: 'close', side: 'recorder' }])
  t.equal(fork.toPbx.at(-1).type, 'closed')
})

t.test('the PBX has its closed after 8 s even when the hold-back has not drained', async (t) => {
  const fork = new Fork().opened()
  fork.isHolding = true
  fork.pbx('close', { reason: 'end' })
  fork.pass(7_980)
  t.same(types(fork.toPbx), ['opened'])
  fork.pass(20)
  t.same(types(fork.toPbx), ['opened', 'closed'])
  t.notOk(fork.events.some((event) => event.kind === 'close' && event.side === 'recorder'))
  fork.release()
  t.match(fork.recorder('closed'), [{ kind: 'close', side: 'recorder', code: 1000 }])
})

t.test('a recorder that does not open within 4 s ends the call, and is told so', async (t) => {
  const fork = new Fork()
  fork.pbx('open', openParameters)
  t.same(fork.pass(3_980), [])
  t.match(fork.pass(20), [
    { kind: 'violation', side: 'recorder', code: 'opened-missing' },
    { kind: 'to-pbx' },
    { kind: 'recorder-refused' },
  ])
  t.match(fork.toPbx, [{ type: 'disconnect', parameters: { reason: 'error' } }])
  fork.recorder('opened', { media: [stereo] })
  t.match(fork.pbx('close', { reason: 'disconnect' }), [{ kind: 'ended', reason: 'recorder' }])
  t.same(types(fork.toRecorder), ['open', 'close'])
  fork.recorder('closed')
  t.same(types(fork.toPbx), ['disconnect', 'closed'])
  t.equal(fork.started, undefined)
})

t.test('whenRecorderFails: open-without-media opens the call without audio', async (t) => {
  for (const fail of [(fork: Fork) => fork.pass(4_000), (fork: Fork) => fork.recorderLost()]) {
    const fork = new Fork({ whenRecorderFails: 'open-without-media' })
    fork.pbx('open', openParameters)
    fail(fork)
    t.match(fork.toPbx, [{ type: 'opened', parameters: { media: [] } }])
    t.same(fork.started?.streams, [])
    t.ok(fork.kinds().includes('recorder-refused'))
    t.same(fork.pbx('update', { language: 'de-DE' }), [])
    fork.pbx('close', { reason: 'end' })
    fork.pass(3_000)
    t.equal(fork.toPbx.at(-1).type, 'closed')
  }
})

t.test('a recorder that is gone before the open arrives fails the open', async (t) => {
  const fork = new Fork()
  t.match(fork.recorderLost(), [{ kind: 'recorder-refused' }])
  fork.pbx('open', openParameters)
  t.match(fork.toPbx, [
    { type: 'disconnect', parameters: { reason: 'error', info: 'Recorder not available' } },
  ])
  t.same(fork.toRecorder, [])
  fork.pbx('close', { reason: 'disconnect' })
  t.same(types(fork.toPbx), ['disconnect', 'closed'])
})

t.test('a recorder lost in mid-call disconnects the PBX, which gets its closed all the same', async (t) => {
  const fork = new Fork().opened()
  t.match(fork.recorderLost(), [{ kind: 'to-pbx' }, { kind: 'recorder-refused' }])
  fork.audio(bytes(1, 2))
  t.same(types(fork.toRecorder), ['open'])
  t.match(fork.pbx('close', { reason: 'disconnect' }), [{ kind: 'ended', reason: 'recorder', held: null }])
  t.same(types(fork.toPbx), ['opened', 'disconnect', 'closed'])
  t.notOk(fork.kinds().includes('close'))
})

t.test('a recorder lost while the call drains does not keep the PBX waiting', async (t) => {
  const fork = new Fork().opened()
  fork.isHolding = true
  fork.audio(bytes(1, 2))
  fork.pbx('close', { reason: 'end' })
  fork.recorderLost()
  t.same(types(fork.toPbx), ['opened', 'closed'])
})

t.test('the recorder that disconnects is passed on, and gets nothing more but the close', async (t) => {
  const fork = new Fork().opened()
  t.match(fork.recorder('disconnect', { reason: 'completed', info: 'card 4111111111111111' }), [
    { kind: 'to-pbx' },
    { kind: 'recorder-refused' },
  ])
  t.same(fork.toPbx[1].parameters, { reason: 'completed', info: 'card ****************' })
  fork.audio(bytes(1, 2))
  fork.pbx('close', { reason: 'disconnect' })
  t.same(types(fork.toRecorder), ['open', 'close'])
  fork.recorder('closed')
  t.equal(fork.toPbx.at(-1).type, 'closed')
})

t.test('a recorder that refuses us before the open is heard', async (t) => {
  const fork = new Fork()
  fork.recorder('disconnect', { reason: 'unauthorized' })
  fork.pbx('open', openParameters)
  t.same(fork.violations, [])
  t.match(fork.toPbx, [{ type: 'disconnect', parameters: { reason: 'unauthorized' } }])
  t.same(fork.toRecorder, [])
})

t.test('closed without close is a lost recorder', async (t) => {
  const fork = new Fork().opened()
  fork.recorder('closed')
  t.same(fork.violations, ['recorder out-of-state'])
  t.same(types(fork.toPbx), ['opened', 'disconnect'])
})

t.test('a PBX that is lost without close has one made for it, behind its audio', async (t) => {
  for (const wasClean of [true, false]) {
    const fork = new Fork().opened()
    fork.isHolding = true
    fork.audio(bytes(1, 2, 3, 4))
    t.match(fork.pbxLost(wasClean), [{ kind: 'ended', reason: 'pbx-lost' }])
    fork.release()
    t.match(fork.toRecorder.at(-1), {
      type: 'close',
      seq: 2,
      position: 'PT0.00025S',
      parameters: { reason: 'error' },
    })
    t.match(fork.recorder('closed'), [{ kind: 'close', side: 'recorder' }])
    t.same(types(fork.toPbx), ['opened'])
  }
})

t.test('a PBX that is gone before its open leaves the recorder untold', async (t) => {
  const fork = new Fork()
  t.match(fork.pbxLost(), [{ kind: 'ended', reason: 'pbx-lost', held: null }])
  t.same(fork.toRecorder, [])
  t.same(fork.events.at(-1), { kind: 'close', side: 'recorder', code: 1000 })
})

t.test('close before open is answered', async (t) => {
  const fork = new Fork()
  fork.pbx('close', { reason: 'end' })
  t.same(types(fork.toPbx), ['closed'])
  t.same(fork.toRecorder, [])
})

t.test('close right behind open crosses the opened without harm', async (t) => {
  const fork = new Fork()
  fork.pbx('open', openParameters)
  fork.pbx('close', { reason: 'end' })
  fork.recorder('opened', { media: [stereo] })
  t.same(types(fork.toPbx), [])
  fork.recorder('closed')
  t.same(types(fork.toPbx), ['closed'])
  t.same(fork.violations, [])
})

t.test('a PBX that is on its way out hears no opened', async (t) => {
  const closing = new Fork()
  closing.pbx('open', openParameters)
  closing.isHolding = true
  closing.pbx('close', { reason: 'end' })
  t.same(closing.recorder('opened', { media: [stereo] }), [])

  const refused = new Fork()
  refused.pbx('open', openParameters)
  refused.pbx('hello')
  t.same(refused.recorder('opened', { media: [stereo] }), [])
  t.same(types(refused.toPbx), ['disconnect'])
})

t.test('every fault of the PBX is counted and disconnects it once', async (t) => {
  const text = (over: object) =>
    textMessage(
      JSON.stringify({
        version: '2',
        type: 'ping',
        id: SESSION,
        seq: 2,
        serverseq: 1,
        position: 'PT0S',
        parameters: {},
        ...over,
      }),
    )
  const faults: [string, ReturnType<typeof text>][] = [
    ['text-too-long', textMessage(`"${'x'.repeat(65_534)}"`)],
    ['not-json', textMessage('{"version":"2"')],
    ['not-json', { data: bytes(0xff, 0xfe, 0x00), isBinary: false }],
    ['envelope', text({ version: '1' })],
    ['envelope', text({ seq: -2 })],
    ['envelope', text({ position: '1 s' })],
    ['envelope', text({ position: 'PT1e-7S' })],
    ['envelope', text({ id: 'x' })],
    ['envelope', text({ parameters: [] })],
    ['envelope', textMessage('null')],
    ['seq', text({ seq: 1 })],
    ['seq', text({ seq: 3 })],
    ['peer-seq', text({ serverseq: 2 })],
    ['session-id', text({ id: PARTICIPANT })],
    ['unknown-type', text({ type: 'hello' })],
    ['unknown-type', text({ type: 'constructor' })],
    ['parameters', text({ parameters: { rtt: 12 } })],
    ['parameters', text({ type: 'close', parameters: { reason: 'bored' } })],
    ['parameters', text({ type: 'discarded', parameters: { start: 'PT0S', discarded: 'PT9999999S' } })],
    ['parameters', text({ type: 'dtmf', parameters: { digit: '12' } })],
  ]
  for (const [code, message] of faults) {
    const fork = new Fork().opened()
    fork.pbxSends(message)
    t.same(fork.violations, [`pbx ${code}`])
    t.match(fork.toPbx[1], { type: 'disconnect', seq: 2, parameters: { reason: 'error' } })
    fork.pbxSends(textMessage('?'))
    t.equal(fork.toPbx.length, 2)
    t.same(types(fork.toRecorder), ['open'])
  }
})

t.test('text of 65,535 characters is read, one more is not', async (t) => {
  for (const [length, expected] of [
    [65_535, ['pbx not-json']],
    [65_536, ['pbx text-too-long']],
  ] as const) {
    const fork = new Fork().opened()
    fork.pbxSends(textMessage('x'.repeat(length)))
    t.same(fork.violations, expected)
  }
})

t.test('a close counts even behind a gap in the numbers', async (t) => {
  const fork = new Fork().opened()
  t.match(fork.pbx('close', { reason: 'end' }, { seq: 7 }), [
    { kind: 'violation', code: 'seq' },
    { kind: 'to-pbx' },
    { kind: 'ended', reason: 'violation' },
  ])
  fork.recorder('closed')
  t.match(fork.toPbx.at(-1), { type: 'closed', clientseq: 7 })
})

t.test('after a gap the call goes on to its close, its audio judged as before', async (t) => {
  const fork = new Fork().opened()
  fork.pbx('ping', {}, { seq: 9 })
  fork.audio(bytes(1, 2))
  fork.pbx('close', { reason: 'disconnect' }, { seq: 10 })
  t.same(fork.violations, ['pbx seq'])
  t.same(types(fork.toRecorder), ['open', 'audio', 'close'])
})

t.test('wrong numbers of the recorder are counted only', async (t) => {
  const fork = new Fork()
  fork.pbx('open', openParameters)
  fork.recorder('opened', { media: [stereo] }, { seq: 4 })
  fork.recorder('pause', {}, { seq: 5, clientseq: 9 })
  fork.recorder('resume', {}, { seq: 6, id: PARTICIPANT })
  t.same(fork.violations, ['recorder seq', 'recorder peer-seq', 'recorder session-id'])
  t.match(fork.toPbx, [
    { type: 'opened', seq: 1 },
    { type: 'pause', seq: 2, id: SESSION },
    { type: 'resume', seq: 3, id: SESSION },
  ])
})

t.test('text out of its state is counted and kept from the recorder', async (t) => {
  const fork = new Fork()
  fork.pbx('update', { language: 'de-DE' })
  fork.pbx('dtmf', { digit: '1' })
  fork.pbx('open', openParameters)
  fork.pbx('paused')
  fork.pbx('open', openParameters)
  t.same(fork.violations, Array(4).fill('pbx out-of-state'))
  t.same(fork.toPbx, [])
  fork.pbx('error', { code: 408, message: 'Open transaction timeout' })
  fork.pbx('close', { reason: 'error' })
  fork.pbx('close', { reason: 'error' })
  t.same(fork.violations.length, 5)
  t.same(types(fork.toRecorder), ['open', 'error', 'close'])
})

t.test(
  'another organization than the one that was let in is refused before the recorder hears of it',
  async (t) => {
    const fork = new Fork()
    fork.pbx('open', { ...openParameters, organizationId: PARTICIPANT })
    t.same(fork.violations, ['pbx organization'])
    t.match(fork.toPbx, [{ type: 'disconnect', parameters: { reason: 'unauthorized' } }])
    fork.pbx('open', openParameters)
    t.same(fork.toRecorder, [])

    const upper = new Fork({}, { ...identity, 'audiohook-organization-id': ORGANIZATION.toUpperCase() })
    upper.pbx('open', openParameters)
    t.same(types(upper.toRecorder), ['open'])
  },
)

t.test('a socket that says nothing is closed after 10 s', async (t) => {
  const fork = new Fork()
  t.same(fork.pass(9_980), [])
  t.match(fork.pass(20), [
    { kind: 'violation', side: 'pbx', code: 'open-missing' },
    { kind: 'ended', held: null },
    { kind: 'close', side: 'pbx', code: 1002 },
  ])
  t.same(fork.audio(bytes(1, 2)), [])

  const speaking = new Fork()
  speaking.pass(20)
  speaking.pbx('open', openParameters)
  t.same(speaking.recorder('opened', { media: [] }).length, 2)
  speaking.pass(11_000)
  t.same(types(speaking.toPbx), ['opened'])
})

t.test('a PBX that does not close when it is disconnected is closed for after 5 s', async (t) => {
  const fork = new Fork().opened()
  fork.pbx('hello')
  fork.pass(5_000)
  t.match(fork.toRecorder.at(-1), { type: 'close', parameters: { reason: 'disconnect' } })
  t.match(fork.events.at(-1), { kind: 'close', side: 'pbx', code: 1002 })
  t.same(fork.violations, ['pbx unknown-type', 'pbx close-missing'])
})

t.test('a probe is known by its null ids', async (t) => {
  const fork = new Fork()
  const participant = { ...openParameters.participant, id: NULL }
  fork.pbx('open', { ...openParameters, conversationId: NULL, participant })
  fork.recorder('opened', { media: [] })
  t.equal(fork.started?.isProbe, true)
  fork.pbx('close', { reason: 'end' })
  fork.recorder('closed')
  t.same(types(fork.toPbx), ['opened', 'closed'])
  t.same(fork.violations, [])

  const half = new Fork()
  half.pbx('open', { ...openParameters, conversationId: NULL })
  half.recorder('opened', { media: [] })
  t.equal(half.started?.isProbe, false)
})

t.test('a reported key is the policy’s alone: the recorder hears a mask', async (t) => {
  for (const [options, mask] of [
    [{}, '*'],
    [{ digitMask: '0' }, '0'],
  ] as const) {
    const fork = new Fork(options).opened()
    t.match(fork.pbx('dtmf', { digit: '7', extra: '4111111111111111' }, { position: 'PT3S' }), [
      { kind: 'digit', track: 0, digit: '7', durationSamples: 0 },
    ])
    t.match(fork.toRecorder[1], { type: 'dtmf', seq: 2, position: 'PT3S' })
    t.same(fork.toRecorder[1].parameters, { digit: mask })
  }
})

t.test('the bot product takes audio back', async (t) => {
  const fork = new Fork()
  fork.pbx('open', { ...openParameters, inputVariables: { topic: 'billing' } })
  fork.recorder('opened', { media: [external] })
  fork.recorderSends({ data: bytes(1, 2), isBinary: true })
  fork.pbx('playback_started')
  fork.pbx('playback_completed')
  t.same(fork.toPbx[1], bytes(1, 2))
  t.same(types(fork.toRecorder), ['open', 'playback_started', 'playback_completed'])
  fork.pbx('close', { reason: 'end' })
  fork.recorder('closed', { outputVariables: { card: '4111111111111111', result: 'paid' } })
  t.same(fork.toPbx.at(-1).parameters, { outputVariables: { card: '*'.repeat(16), result: 'paid' } })
})

t.test('text: withhold keeps the caller’s data from the recorder', async (t) => {
  const open = { ...openParameters, customConfig: { agent: '17' }, inputVariables: { topic: 'billing' } }
  const fork = new Fork({ text: 'withhold' })
  fork.pbx('open', open)
  const { participant, customConfig, inputVariables } = fork.toRecorder[0].parameters
  t.same(participant, { ...openParameters.participant, ani: '', aniName: '' })
  t.equal(customConfig, undefined)
  t.equal(inputVariables, undefined)
  fork.recorder('opened', { media: [stereo] })
  t.equal(fork.started?.metadata['agent'], '17')
})

t.test('an open that cannot be cleaned is not passed on', async (t) => {
  const fork = new Fork()
  const deep = `{"a":${'['.repeat(25_000)}${']'.repeat(25_000)}}`
  const open = JSON.stringify({ ...openParameters, customConfig: 0 }).replace(
    '"customConfig":0',
    `"customConfig":${deep}`,
  )
  fork.pbxSends(
    textMessage(
      `{"version":"2","type":"open","id":"${SESSION}","seq":1,"serverseq":0,"position":"PT0S","parameters":${open}}`,
    ),
  )
  t.same(fork.violations, ['pbx parameters'])
  t.same(fork.toRecorder, [])
  t.equal(fork.toPbx[0].type, 'disconnect')
})

t.test('a call cannot be resumed at another recorder', async (t) => {
  t.equal(new Fork().connection.preamble(), null)
})

t.test(
  'a pause is one from `paused` to `resumed`, and only then is it known that nothing follows',
  async (t) => {
    const fork = new Fork().opened()
    const seen = [fork.connection.isPaused]
    fork.pbx('paused')
    seen.push(fork.connection.isPaused)
    fork.pbx('resumed', { start: 'PT0S', discarded: 'PT2S' })
    seen.push(fork.connection.isPaused)
    t.strictSame(seen, [false, true, false])
  },
)
