// The recogniser with the vendor's own client, against a server of the vendor's own service definition on this machine.
import { status } from '@grpc/grpc-js'
import t, { type Test } from 'tap'
import type { RecognizerKind } from '../../../../../proxy/detectors/speech/recognizer.js'
import { closeClients } from '../../../../../proxy/detectors/speech/recognizers/google/client.io.js'
import { google } from '../../../../../proxy/detectors/speech/recognizers/google/google.js'
import { googleOptionsSchema } from '../../../../../proxy/detectors/speech/recognizers/google/options.js'
import { type GoogleBehaviour, GoogleSpeechServer } from '../../../../support/google-speech.js'
import { RemoteCall, type Spoken, sentence } from '../../../../support/remote-call.js'
import type { ToneWord } from '../../../../support/tone-speech.js'

t.teardown(closeClients)
// They wait for servers most of the time.
t.jobs = 6
const together = { buffered: true }

const CARD: ToneWord[] = ['four', 'nine', 'two', 'nine', 'one', 'seven', 'zero', 'eight']

const serverWith = async (t: Test, behaviour: Partial<GoogleBehaviour> = {}): Promise<GoogleSpeechServer> => {
  const server = await GoogleSpeechServer.start()
  Object.assign(server.behaviour, behaviour)
  t.teardown(() => server.stop())
  return server
}

const callTo = (
  t: Test,
  server: GoogleSpeechServer,
  spoken: readonly Spoken[],
  options: object = {},
): RemoteCall => {
  const parsed = googleOptionsSchema.parse({ project: 'acme-1', endpoint: server.endpoint, ...options })
  const call = new RemoteCall(google as RecognizerKind<unknown>, parsed, spoken)
  t.teardown(() => call.recognizer.close())
  return call
}

t.test('words are heard at their places, from streams opened for speech alone', together, async (t) => {
  const server = await serverWith(t)
  const spoken = [...sentence(CARD.slice(0, 3), 1_000), ...sentence(CARD.slice(3, 5), 6_000)]
  const call = callTo(t, server, spoken)
  await call.playTo(10_000)
  t.ok(await call.until(() => call.watermarkMs > 9_000))
  for (const word of spoken) t.ok(call.isPlaced(word, 100), `${word.word} at ${word.startMs} ms`)
  t.same([...call.missed], [])
  t.same(call.faults, [])
  t.equal(server.streams.length, 2)
  t.ok(call.sentMs < 6_000, 'of ten seconds')
  t.match(server.streams[0]!.first, {
    recognizer: 'projects/acme-1/locations/global/recognizers/_',
    streamingConfig: {
      config: {
        explicitDecodingConfig: { encoding: 'LINEAR16', sampleRateHertz: 8_000, audioChannelCount: 1 },
        model: 'telephony',
        languageCodes: ['en-US'],
        features: { enableWordTimeOffsets: true },
      },
      streamingFeatures: { interimResults: true, endpointingSensitivity: 'ENDPOINTING_SENSITIVITY_SHORT' },
    },
  })
})

t.test(
  'a stream that the vendor would end is followed by another, and no word is lost',
  together,
  async (t) => {
    const server = await serverWith(t, { limitMs: 9_000 })
    const spoken = sentence([...CARD, ...CARD, ...CARD, ...CARD], 500)
    // Words without a pause that would count: the restart is in mid-speech, at the age that nothing may pass.
    const call = callTo(t, server, spoken, { streamSeconds: 7 })
    await call.playTo(16_000)
    t.ok(await call.until(() => call.watermarkMs > 15_000))
    for (const word of spoken) t.ok(call.isPlaced(word, 100), `${word.word} at ${word.startMs} ms`)
    t.same([...call.missed], [])
  },
)

const faults: [string, Partial<GoogleBehaviour>, string][] = [
  ['breaks', { breaksAtMs: 1_200, breaksWith: status.UNAVAILABLE }, 'unavailable'],
  ['takes too long', { breaksAtMs: 1_200, breaksWith: status.DEADLINE_EXCEEDED }, 'deadline'],
  ['has no quota left', { breaksAtMs: 1_200, breaksWith: status.RESOURCE_EXHAUSTED }, 'quota'],
  ['has reached its limit', { limitMs: 1_200 }, 'length-limit'],
]

for (const [what, behaviour, fault] of faults)
  t.test(`when a stream ${what}, another is told what nobody has answered for`, together, async (t) => {
    const server = await serverWith(t, behaviour)
    const spoken = sentence(CARD, 500)
    const call = callTo(t, server, spoken)
    await call.playTo(2_500)
    t.ok(await call.until(() => call.faults.length > 0))
    Object.assign(server.behaviour, { breaksAtMs: Infinity, limitMs: Infinity })
    await call.playTo(12_000)
    t.ok(await call.until(() => call.watermarkMs > 11_000))
    t.ok(call.faults.every((told) => told === fault))
    for (const word of spoken) t.ok(call.isPlaced(word, 150), `${word.word} at ${word.startMs} ms`)
    t.same([...call.missed], [])
    t.equal(call.recognizer.health, 'ok')
  })

const oddities: [string, Partial<GoogleBehaviour>][] = [
  ['late', { lateMs: 1_200 }],
  ['repeated', { finals: 'twice' }],
  ['missing', { finals: 'never' }],
  ['in the wrong order', { finals: 'out-of-order' }],
  ['without times', { times: 'no-words' }],
  ['of words without times', { times: 'words-without' }],
  ['of times that go backwards', { goesBackwards: true }],
]

for (const [what, behaviour] of oddities)
  t.test(`answers that are ${what} lose no word, and open nothing before it`, together, async (t) => {
    const server = await serverWith(t, behaviour)
    const spoken = [...sentence(CARD, 500), ...sentence(CARD.slice(0, 2), 6_000)]
    const call = callTo(t, server, spoken)
    await call.playTo(10_000)
    t.ok(await call.until(() => call.watermarkMs > 9_000))
    t.same([...call.missed], [])
    for (const word of spoken) t.ok(call.isPlaced(word, 450), `${word.word} at ${word.startMs} ms`)
  })

t.test('a server that says nothing vouches for nothing that is spoken', together, async (t) => {
  const server = await serverWith(t, { isFrozen: true })
  const call = callTo(t, server, sentence(CARD, 500))
  await call.playTo(9_000)
  t.ok(call.watermarkMs <= 500)
  t.ok(call.faults.length > 0)
  t.ok(call.faults.every((fault) => fault === 'no-answer'))
  t.same(call.words, [])
})

t.test('a server that goes away vouches for nothing, and is found again', together, async (t) => {
  const server = await serverWith(t)
  const spoken = [...sentence(CARD, 500), ...sentence(CARD, 30_000)]
  const call = callTo(t, server, spoken)
  await call.playTo(1_500)
  server.behaviour.refusal = status.UNAVAILABLE
  server.behaviour.breaksAtMs = 0
  await call.playTo(9_000)
  t.ok(call.watermarkMs < 2_000)
  Object.assign(server.behaviour, { refusal: null, breaksAtMs: Infinity })
  await call.playTo(36_000)
  t.ok(await call.until(() => call.watermarkMs > 35_000))
  t.same(
    [...call.missed].filter(({ startMs }) => startMs >= 30_000),
    [],
  )
})

t.test(
  'credentials that are not accepted, and requests that are not taken, fail the call for good',
  async (t) => {
    for (const [refusal, fault] of [
      [status.PERMISSION_DENIED, 'credentials'],
      [status.UNAUTHENTICATED, 'credentials'],
      [status.INVALID_ARGUMENT, 'refused'],
    ] as const) {
      const server = await serverWith(t, { refusal })
      const call = callTo(t, server, sentence(CARD, 500))
      await call.playTo(1_500)
      t.ok(await call.until(() => call.recognizer.health === 'failed'), fault)
      t.same(call.faults, [fault], 'and the text of the server is not repeated')
      t.ok(call.watermarkMs < 500)
    }
  },
)

t.test('without credentials there is no client, and nothing else breaks', together, async (t) => {
  const options = googleOptionsSchema.parse({
    project: 'acme-1',
    endpoint: 'https://127.0.0.1:1',
    keyFile: '/nowhere.json',
  })
  const call = new RemoteCall(google as RecognizerKind<unknown>, options, sentence(CARD, 500))
  await call.playTo(1_000)
  t.ok(await call.until(() => call.recognizer.health === 'failed'))
  t.same(call.faults, ['credentials'])
  call.recognizer.close()
})

t.test('at the end of the call the last words are waited for', together, async (t) => {
  const server = await serverWith(t, { lateMs: 2_000 })
  const spoken = sentence(CARD.slice(0, 3), 500)
  const call = callTo(t, server, spoken)
  await call.playTo(1_700)
  call.recognizer.finish()
  t.ok(await call.until(() => call.watermarkMs === Infinity))
  t.same([...new Set(call.texts)], CARD.slice(0, 3))
  t.same([...call.missed], [])
})

t.test('calls that are not armed cost nothing', together, async (t) => {
  const server = await serverWith(t)
  const spoken = [...sentence(CARD, 500), ...sentence(['one', 'two'], 8_000)]
  const call = callTo(t, server, spoken, { listen: 'armed' })
  await call.playTo(7_000)
  t.equal(server.streams.length, 0)
  t.ok(call.watermarkMs > 4_500)
  call.recognizer.setAlertness('armed')
  await call.playTo(11_000)
  t.ok(await call.until(() => call.watermarkMs > 10_000))
  t.same([...new Set(call.texts)].sort(), ['one', 'two'])
})

t.test('the lag that is promised has room for the question and its answer', together, async (t) => {
  t.equal(google.lagMs(googleOptionsSchema.parse({ project: 'acme-1' })), 3_500)
})
