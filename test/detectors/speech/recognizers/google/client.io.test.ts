// Whom the vendor's own client says it is, over TLS, to a server of the vendor's own service definition on this machine.
import '../../../../support/trust-self-signed.js'

import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ServerCredentials } from '@grpc/grpc-js'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import t, { type Test } from 'tap'
import type { RecognizerKind } from '../../../../../proxy/detectors/speech/recognizer.js'
import { closeClients } from '../../../../../proxy/detectors/speech/recognizers/google/client.io.js'
import { google } from '../../../../../proxy/detectors/speech/recognizers/google/google.js'
import { googleOptionsSchema } from '../../../../../proxy/detectors/speech/recognizers/google/options.js'
import { GoogleSpeechServer } from '../../../../support/google-speech.js'
import { RemoteCall, sentence } from '../../../../support/remote-call.js'
import { selfSigned } from '../../../../support/self-signed.js'
import { ToneListener } from '../../../../support/tone-speech.js'

t.teardown(closeClients)

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const account = 'ears@acme-1.iam.gserviceaccount.com'

/** A service account's key file as the vendor's console hands it out, and where it is asked for a token: nowhere. */
const keyFile = (t: Test): string => {
  const path = join(t.testdir({}), 'key.json')
  const content = {
    type: 'service_account',
    project_id: 'acme-1',
    private_key_id: 'key-1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: account,
    client_id: '1',
    token_uri: 'http://127.0.0.1:9/token',
  }
  writeFileSync(path, JSON.stringify(content))
  return path
}

const play = async (t: Test, options: object): Promise<readonly unknown[]> => {
  const tls = ServerCredentials.createSsl(null, [
    { cert_chain: selfSigned.cert, private_key: selfSigned.key },
  ])
  const server = await GoogleSpeechServer.start((rateHz) => new ToneListener(rateHz), tls)
  t.teardown(() => server.stop())
  const spoken = sentence(['four', 'nine', 'two'], 300)
  const endpoint = `https://localhost:${server.port}`
  const parsed = googleOptionsSchema.parse({ project: 'acme-1', endpoint, ...options })
  const call = new RemoteCall(google as RecognizerKind<unknown>, parsed, spoken)
  t.teardown(() => call.recognizer.close())
  await call.playTo(3_500)
  t.ok(await call.until(() => call.watermarkMs > 2_500), 'it is heard')
  t.same(call.faults, [])
  for (const word of spoken) t.ok(call.isPlaced(word, 150), word.word)
  return server.streams.map(({ authorization }) => authorization)
}

/** Signed with the account's key, and for the vendor's service alone. */
const check = async (t: Test, shown: readonly unknown[]): Promise<void> => {
  t.ok(shown.length > 0)
  for (const header of shown) {
    const token = /^Bearer (\S+)$/.exec(`${header}`)?.[1] ?? ''
    t.match(decodeProtectedHeader(token), { alg: 'RS256', kid: 'key-1' })
    const { payload } = await jwtVerify(token, publicKey)
    t.equal(payload.iss, account)
  }
}

t.test('the key file of a service account is what it shows, and nobody is asked for a token', async (t) => {
  await check(t, await play(t, { keyFile: keyFile(t) }))
})

t.test('without one it finds what the vendor’s tools find', async (t) => {
  const before = process.env['GOOGLE_APPLICATION_CREDENTIALS']
  process.env['GOOGLE_APPLICATION_CREDENTIALS'] = keyFile(t)
  t.teardown(() => {
    if (before === undefined) delete process.env['GOOGLE_APPLICATION_CREDENTIALS']
    else process.env['GOOGLE_APPLICATION_CREDENTIALS'] = before
  })
  await check(t, await play(t, {}))
})
