// The recogniser of one's own, against a server that was written from the .proto file alone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServerCredentials, status } from '@grpc/grpc-js'
import t, { type Test } from 'tap'
import type { RecognizerKind } from '../../../../../proxy/detectors/speech/recognizer.js'
import { closeConnections } from '../../../../../proxy/detectors/speech/recognizers/grpc/connection.io.js'
import { grpc } from '../../../../../proxy/detectors/speech/recognizers/grpc/grpc.js'
import { grpcOptionsSchema } from '../../../../../proxy/detectors/speech/recognizers/grpc/options.js'
import { clientCa, deskIdentity } from '../../../../support/client-certificates.js'
import { RecognizerServer } from '../../../../support/recognizer-server.js'
import { RemoteCall, type Spoken, sentence } from '../../../../support/remote-call.js'
import { selfSigned } from '../../../../support/self-signed.js'
import type { ToneWord } from '../../../../support/tone-speech.js'

t.teardown(closeConnections)
t.jobs = 6
const together = { buffered: true }

const CARD: ToneWord[] = ['four', 'nine', 'two', 'nine', 'one', 'seven', 'zero', 'eight']

const serverWith = async (t: Test, credentials?: ServerCredentials): Promise<RecognizerServer> => {
  const server = await RecognizerServer.start(credentials)
  t.teardown(() => server.stop())
  return server
}

const callTo = (
  t: Test,
  server: RecognizerServer,
  spoken: readonly Spoken[],
  options: object = {},
): RemoteCall => {
  const parsed = grpcOptionsSchema.parse({ url: `grpc://127.0.0.1:${server.port}`, ...options })
  const call = new RemoteCall(grpc as RecognizerKind<unknown>, parsed, spoken)
  t.teardown(() => call.recognizer.close())
  return call
}

t.test('words and watermarks are the server’s, and so is the silence between them', together, async (t) => {
  const server = await serverWith(t)
  const spoken = [...sentence(CARD.slice(0, 3), 1_000), ...sentence(CARD.slice(3), 5_000)]
  const call = callTo(t, server, spoken, { language: 'en-GB' })
  call.recognizer.setAlertness('armed')
  await call.playTo(9_000)
  t.ok(await call.until(() => call.watermarkMs > 8_500))
  for (const word of spoken) t.ok(call.isPlaced(word, 20), `${word.word} at ${word.startMs} ms`)
  t.equal(call.words.length, spoken.length)
  t.same([...call.missed], [])
  t.match(server.streams, [
    { open: { sample_rate_hz: 8_000, language: 'en-GB', role: 'caller' }, token: undefined, alertness: [2] },
  ])
  t.same(call.faults, [])
})

t.test(
  'a stream that breaks is followed by another, which is told what no watermark had passed',
  together,
  async (t) => {
    const server = await serverWith(t)
    server.breaksAtMs = 1_800
    const spoken = sentence(CARD, 500)
    const call = callTo(t, server, spoken)
    await call.playTo(2_500)
    t.ok(await call.until(() => call.faults.length > 0))
    server.breaksAtMs = Infinity
    await call.playTo(8_000)
    t.ok(await call.until(() => call.watermarkMs > 7_500))
    t.same([...call.missed], [])
    for (const word of spoken) t.ok(call.isPlaced(word, 50), `${word.word} at ${word.startMs} ms`)
  },
)

t.test(
  'a server that says nothing, or does not read, vouches for nothing that is spoken',
  together,
  async (t) => {
    for (const fault of ['isFrozen', 'isDeaf'] as const) {
      const server = await serverWith(t)
      server[fault] = true
      const call = callTo(t, server, sentence([...CARD, ...CARD], 500), { answerMs: 1_000, endMs: 1_000 })
      await call.playTo(7_000)
      t.ok(call.watermarkMs <= 500)
      t.ok(call.faults.length > 0 && call.faults.every((told) => told === 'no-answer'), fault)
      t.same(call.words, [])
    }
  },
)

t.test('a server that goes away is found again', together, async (t) => {
  const server = await serverWith(t)
  const spoken = [...sentence(CARD, 500), ...sentence(CARD, 26_000)]
  const call = callTo(t, server, spoken)
  await call.playTo(2_000)
  server.breaksAtMs = 0
  server.refusal = status.UNAVAILABLE
  await call.playTo(6_000)
  t.ok(call.watermarkMs < 3_000)
  server.breaksAtMs = Infinity
  server.refusal = null
  await call.playTo(31_000)
  t.ok(await call.until(() => call.watermarkMs > 30_500))
  t.same(
    [...call.missed].filter(({ startMs }) => startMs >= 26_000),
    [],
  )
})

t.test('a token is shown, and one that is not accepted fails the call for good', together, async (t) => {
  const server = await serverWith(t)
  const call = callTo(t, server, sentence(CARD, 500), { auth: { type: 'bearer', token: 'secret-1' } })
  await call.playTo(1_000)
  t.ok(await call.until(() => server.streams.length > 0))
  t.equal(server.streams[0]!.token, 'Bearer secret-1')
  server.refusal = status.UNAUTHENTICATED
  const refused = callTo(t, server, sentence(CARD, 500))
  await refused.playTo(1_500)
  t.ok(await refused.until(() => refused.recognizer.health === 'failed'))
  t.same(refused.faults, ['credentials'])
})

t.test('both sides show certificates, and one that nobody vouches for is no server', together, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'recognizer-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = (name: string, content: Buffer): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const credentials = ServerCredentials.createSsl(
    clientCa,
    [{ private_key: selfSigned.key, cert_chain: selfSigned.cert }],
    true,
  )
  const server = await serverWith(t, credentials)
  const url = `grpcs://localhost:${server.port}`
  const identity = {
    certFile: file('desk.crt', deskIdentity.cert),
    keyFile: file('desk.key', deskIdentity.key),
  }
  const call = callTo(t, server, sentence(CARD, 500), {
    url,
    tls: { ...identity, caFile: file('ca.crt', selfSigned.cert) },
  })
  await call.playTo(1_500)
  t.ok(await call.until(() => call.texts.includes('four')))
  const unbelieved = callTo(t, server, sentence(CARD, 500), { url, tls: identity })
  const uninvited = callTo(t, server, sentence(CARD, 500), { url, tls: { caFile: join(folder, 'ca.crt') } })
  for (const stranger of [unbelieved, uninvited]) {
    await stranger.playTo(1_500)
    t.ok(await stranger.until(() => stranger.faults.length > 0))
    t.ok(stranger.watermarkMs <= 500)
    t.same(stranger.words, [])
  }
})

t.test('certificates that cannot be read fail the call for good', together, async (t) => {
  const call = callTo(t, { port: 1 } as RecognizerServer, sentence(CARD, 500), {
    url: 'grpcs://localhost:1',
    tls: { caFile: '/nowhere.crt' },
  })
  await call.playTo(1_000)
  t.ok(await call.until(() => call.recognizer.health === 'failed'))
})

t.test('at the end of the call the last words are waited for', together, async (t) => {
  const server = await serverWith(t)
  const call = callTo(t, server, sentence(CARD.slice(0, 3), 500))
  await call.playTo(1_600)
  call.recognizer.finish()
  t.ok(await call.until(() => call.watermarkMs === Infinity))
  t.same(call.texts, CARD.slice(0, 3))
})
