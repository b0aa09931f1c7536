// A real Asterisk calls through the proxy: what it forks is tapped on the way in and held against what was recorded.
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t, { type Test } from 'tap'
import { codecNamed } from '../../proxy/codecs/index.js'
import { formatNamed } from '../../proxy/dialects/asterisk/formats.js'
import { audioSocketTransport, payloadOf, rateOfKind } from '../../proxy/dialects/audiosocket/units.js'
import type { AudioFormat } from '../../proxy/media/frame.js'
import { textOf } from '../../proxy/media/wire.js'
import { policySchema } from '../../proxy/policy/options.js'
import { findAsterisk, type LiveAsterisk, startAsterisk } from '../support/asterisk.js'
import {
  calmCall,
  isSilence,
  keyedCall,
  keyTimes,
  liveProxy,
  type Recording,
  until,
} from '../support/live-proxy.js'
import { type Tapped, tapTcp, tapWebSocket } from '../support/tap.js'

const place = findAsterisk()
const skip = typeof place === 'string' ? place : false

/** The keys of SendDTMF; their sum of digits is no secret, they are nobody's. */
const KEYS = '4111#'
const AUDIO_SOCKET_UUID = '40325ec2-5efd-4bd3-805f-53576e581d13'
const keysPolicy = policySchema.parse({})
const auth = { type: 'basic', username: 'pbx', password: 'open sesame' }

/** Two seconds of hum, keys sent as signals, four seconds of hum with keys in the audio, and the caller hangs up. */
const speech = ['calm', `SendDTMF(${KEYS},100,100)`, 'keyed', 'Wait(0.2)']
/** `late` says nothing for a while: until somebody has fetched the channel that waits, its first audio would end Dial. */
const callers = { caller: speech, late: ['Wait(4)', ...speech] }
const keyedPcm = keyedCall(4)[0]!
const sounds = { calm: calmCall(2)[0]!, keyed: keyedPcm }

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

const decoded = (format: AudioFormat, payloads: readonly Uint8Array[]): Int16Array => {
  const decoder = codecNamed(format.codec)!.createDecoder(format)
  const scratch = new Int16Array(65_536)
  const pieces = payloads.map((payload) => scratch.slice(0, decoder.decodeInto(payload, scratch)))
  return Int16Array.from(pieces.flatMap((piece) => [...piece]))
}

/** The audio that Asterisk sent, and at what rate. */
const forkedBy = ({ messages }: Tapped): { pcm: Int16Array; format: AudioFormat } => {
  const fromPbx = messages.filter(({ side }) => side === 'pbx').map(({ message }) => message)
  const start = fromPbx.find(({ isBinary }) => !isBinary)
  if (start !== undefined) {
    const format = formatNamed(/format"?:"?(\w+)/.exec(textOf(start))![1]!)!
    return {
      format,
      pcm: decoded(
        format,
        fromPbx.filter(({ isBinary }) => isBinary).map(({ data }) => data),
      ),
    }
  }
  const audio = fromPbx.filter(({ data }) => rateOfKind(data[0]!) !== undefined)
  const format = { codec: 'l16', clockRateHz: rateOfKind(audio[0]!.data[0]!)!, channelCount: 1 as const }
  return {
    format,
    pcm: decoded(
      format,
      audio.map(({ data }) => payloadOf(data)),
    ),
  }
}

/** As many samples, each as it was forked outside the spans and silent inside; and there are spans for either kind of key. */
const checkRecorded = (t: Test, forked: Int16Array, { pcm, sidecar, text }: Recording): void => {
  const [recorded] = pcm
  t.equal(recorded!.length, forked.length, 'as many samples')
  t.match(sidecar, { lostSamples: 0, endReason: 'hangup' })
  const isSpan = new Uint8Array(forked.length)
  for (const { startSample, endSample } of sidecar.spans)
    isSpan.fill(1, Math.max(0, startSample), Math.max(0, endSample))
  let changed = 0
  let audible = 0
  for (const [i, sample] of forked.entries())
    if (isSpan[i] === 0 && recorded![i] !== sample) changed++
    else if (isSpan[i] === 1 && recorded![i] !== 0) audible++
  t.equal(changed, 0, 'outside the spans every sample is as it was forked')
  t.equal(audible, 0, 'inside them every one is silent')
  t.same([...new Set(sidecar.spans.map(({ reason }) => reason))].sort(), ['digit', 'dtmf'])
  t.notMatch(text, /digit"?:|4111/, 'the sidecar tells no key')
}

/** At 8,000 Hz what was played is found in what was forked, and so are its keys: all of them silent. */
const checkKeys = (t: Test, forked: Int16Array, recorded: Int16Array): void => {
  const [firstKey] = keyTimes
  const [from, to] = firstKey!.map((seconds) => seconds * 8000) as [number, number]
  const at = indexOf(forked, keyedPcm.subarray(from, to)) - from
  t.ok(at >= 0, 'the first key is in what was forked')
  for (const [from, to] of keyTimes)
    t.ok(isSilence(recorded.subarray(at + from * 8000, at + to * 8000)), `the key at ${from} s is silent`)
}

/** Where `part` begins, as mu-law leaves it at worst: a sixteenth off, and a step near zero; below 0 when nowhere. */
const indexOf = (pcm: Int16Array, part: Int16Array): number => {
  const isAt = (at: number): boolean =>
    part.every((sample, i) => Math.abs(pcm[at + i]! - sample) <= 16 + Math.abs(sample) / 16)
  for (let at = 0; at + part.length <= pcm.length; at++) if (isAt(at)) return at
  return -Infinity
}

const start = async (
  t: Test,
  forkUrl: URL,
  forks: Record<string, string>,
  httpPort?: number,
): Promise<LiveAsterisk> => {
  if (typeof place === 'string') throw new Error(place)
  return startAsterisk(t, place, httpPort ?? (await freePort()), { forkUrl, callers, forks, sounds })
}

t.test('chan_websocket: recorded as it was forked, silent where keys were', { skip }, async (t) => {
  const live = await liveProxy(t, { dialect: 'asterisk', dialectOptions: { auth }, policy: keysPolicy })
  const tap = await tapWebSocket(t, live.url, 'media')
  const forks = { json: 'c(ulaw)f(json)', plain: 'c(slin)f(plain-text)', wide: 'c(slin16)f(json)' }
  const dials = Object.entries(forks).map(([name, how]) => [name, `Dial(WebSocket/fork/${how})`] as const)
  const asterisk = await start(t, tap.url, Object.fromEntries(dials))
  for (const [name] of dials) asterisk.call('caller', name)
  await until(() => live.recordings().size === 3, 'three recordings are kept', 60_000)
  for (const tapped of tap.connections) {
    const { pcm, format } = forkedBy(tapped)
    const callId = /channel_id"?:"?([\w.-]+)/.exec(textOf(tapped.messages[0]!.message))![1]!
    const recording = live.recordings().get(callId)!
    checkRecorded(t, pcm, recording)
    if (format.clockRateHz === 8000) checkKeys(t, pcm, recording.pcm[0]!)
  }
  t.equal(await live.figure('hushfork_unjudged_passed_seconds_total'), 0)
})

t.test('AudioSocket: recorded as it was forked, silent where keys were', { skip }, async (t) => {
  const live = await liveProxy(t, { dialect: 'audiosocket', policy: keysPolicy })
  const tap = await tapTcp(t, live.url, audioSocketTransport)
  const uuids = { application: AUDIO_SOCKET_UUID, driver: AUDIO_SOCKET_UUID.replace(/^4/, '5') }
  const asterisk = await start(t, new URL('ws://127.0.0.1:9/'), {
    application: `AudioSocket(${uuids.application},${tap.url.host})`,
    driver: `Dial(AudioSocket/${tap.url.host}/${uuids.driver}/c(slin16))`,
  })
  for (const name of Object.keys(uuids)) asterisk.call('caller', name)
  await until(() => live.recordings().size === 2, 'two recordings are kept', 60_000)
  for (const tapped of tap.connections) {
    const { pcm, format } = forkedBy(tapped)
    const isApplication = format.clockRateHz === 8000
    const recording = live.recordings().get(isApplication ? uuids.application : uuids.driver)!
    checkRecorded(t, pcm, recording)
    if (isApplication) checkKeys(t, pcm, recording.pcm[0]!)
  }
})

t.test('a recorder is told what Asterisk says, but no key and none of its variables', { skip }, async (t) => {
  const recorder = await liveProxy(t, { dialect: 'asterisk' })
  const recorderTap = await tapWebSocket(t, recorder.url, 'media')
  const live = await liveProxy(t, {
    dialect: 'asterisk',
    dialectOptions: { auth, options: { channelVariables: ['QUEUE'] } },
    recorder: recorderTap.url,
  })
  const tap = await tapWebSocket(t, live.url, 'media')
  const asterisk = await start(t, tap.url, { json: 'Dial(WebSocket/fork/c(ulaw)f(json))' })
  asterisk.call('caller', 'json')
  await until(() => recorderTap.connections[0]?.isOver === true, 'the recorder is closed', 60_000)
  const said = tap.connections[0]!.messages.filter(({ side }) => side === 'pbx').map(({ message }) => message)
  const heard = recorderTap.connections[0]!.messages.map(({ message }) => message)
  const keys = said.filter((message) => !message.isBinary && textOf(message).includes('DTMF_END'))
  t.equal(keys.length, KEYS.length, 'Asterisk told every key')
  t.match(textOf(said[0]!), /"__CARD":"4111111111111111"/, 'and what its channel had inherited')
  const [start_, ...rest] = heard
  t.same(JSON.parse(textOf(start_!)).channel_variables, {
    MEDIA_WEBSOCKET_CONNECTION_ID: 'fork',
    MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE: '160',
    __QUEUE: 'billing',
  })
  t.ok(
    rest.every(({ isBinary }) => isBinary),
    'nothing else was said',
  )
  t.same(
    rest.map(({ data }) => data.length),
    said.filter(({ isBinary }) => isBinary).map(({ data }) => data.length),
    'every frame in its message',
  )
})

t.test('a channel that waits is fetched, and recorded like any other', { skip }, async (t) => {
  const httpPort = await freePort()
  const dialUrl = `ws://127.0.0.1:${httpPort}/media`
  const live = await liveProxy(t, {
    dialect: 'asterisk',
    dialectOptions: { auth, options: { dialUrl } },
    policy: keysPolicy,
  })
  const forks = { waits: 'Dial(WebSocket/INCOMING/c(slin)f(json))' }
  const asterisk = await start(t, new URL('ws://127.0.0.1:9/'), forks, httpPort)
  asterisk.call('late', 'waits')
  const id = await waitingId(asterisk)
  const take = await fetch(`http://127.0.0.1:${live.proxy.adminPort}/v1/forks/take`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path: '/fork', id }),
  })
  t.same(await take.json(), { result: 'taken' })
  await until(() => live.recordings().size === 1, 'the recording is kept', 60_000)
  const [[, { pcm, sidecar }]] = [...live.recordings()] as [[string, Recording]]
  t.match(sidecar, { lostSamples: 0, endReason: 'hangup' })
  t.same([...new Set(sidecar.spans.map(({ reason }) => reason))].sort(), ['digit', 'dtmf'])
  for (const { startSample, endSample } of sidecar.spans)
    t.ok(isSilence(pcm[0]!.subarray(Math.max(0, startSample), endSample)), 'silent')
  t.ok(pcm[0]!.length > 5 * 8000)
})

/** MEDIA_WEBSOCKET_CONNECTION_ID of the channel that waits, as its console tells it. */
const waitingId = async (asterisk: LiveAsterisk): Promise<string> => {
  let id: string | undefined
  await until(() => {
    const [channel] = /^WebSocket\/INCOMING\/[^!]+/m.exec(asterisk.run('core show channels concise')) ?? []
    if (channel === undefined) return false
    id = /MEDIA_WEBSOCKET_CONNECTION_ID=([\w-]+)/.exec(asterisk.run(`core show channel ${channel}`))?.[1]
    return id !== undefined
  }, 'a channel waits')
  return id!
}
