// docs/openapi.json is what the server answers, the server has no other routes, and its answers are as it says.
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import t from 'tap'
import { z } from 'zod'
import { scopes } from '../../../proxy/access/scopes.js'
import { inPackage } from '../../../proxy/base/package-file.js'
import { registerApi } from '../../../proxy/edge/http/api.js'
import { openApiText, operations } from '../../../proxy/edge/http/openapi.js'
import { registerPaymentPage } from '../../../proxy/edge/http/payment-page.js'
import { registerWebhooks } from '../../../proxy/edge/http/webhooks.js'
import { version } from '../../../proxy/edge/proxy.js'
import type { CallEntries, CallRead, CallReader } from '../../../proxy/ledger/call-reader.io.js'
import { adminRoom, bearer, KEY, MINT_SECRET, serviceRoom } from '../../support/admin-room.js'
import { signedDelivery, webhookConfig } from '../../support/webhook.js'

const text = readFileSync(inPackage('docs/openapi.json'), 'utf8')
const document = JSON.parse(text)

t.test('docs/openapi.json is what the server answers', async (t) => {
  t.equal(
    text,
    openApiText(version()),
    'write it anew: curl -s localhost:9464/v1/openapi.json > docs/openapi.json',
  )
  const { get } = adminRoom(t, { apiKeys: [{ name: 'a', key: KEY }] })
  const answer = await get('/v1/openapi.json')
  t.equal(answer.statusCode, 200, 'without credentials')
  t.match(answer.json(), { openapi: '3.1.0', paths: document.paths })
})

t.test('every route of the server is in it, and nothing else', async (t) => {
  const { service, clock } = serviceRoom()
  const app = Fastify()
  const routes: string[] = []
  app.addHook('onRoute', ({ method, url }) => {
    for (const name of [method].flat())
      if (name !== 'HEAD') routes.push(`${name} ${url.replace(/:(\w+)/g, '{$1}')}`)
  })
  app.register(async (scope) => registerApi(scope, service))
  app.register(async (scope) => registerPaymentPage(scope, service, []))
  app.register(async (scope) => registerWebhooks(scope, service, clock))
  await app.ready()
  await app.close()
  const told = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`)
  t.same([...routes, 'GET /v1/openapi.json'].sort(), [...told].sort())
  t.equal(new Set(operations.map(({ id }) => id)).size, operations.length, 'operation ids are unique')
})

/** What the document says of an answer's body; null when it says that there is none of this kind. */
const schemaFor = (method: string, path: string, status: number) => {
  const answer = document.paths[path]?.[method]?.responses?.[status]?.$ref?.split('/').at(-1)
  const content = document.components.responses[answer]?.content?.['application/json']
  if (content === undefined) return null
  const inlined = JSON.stringify(content.schema).replace(
    /\{"\$ref":"#\/components\/schemas\/(\w+)"\}/g,
    (_, name) => JSON.stringify(document.components.schemas[name]),
  )
  return z.fromJSONSchema(JSON.parse(inlined))
}

t.test('real answers are as it says', async (t) => {
  let told: CallRead = { entries: [], damaged: 0, isPart: false, isAnothers: false }
  const reader = { read: async () => told } as unknown as CallReader
  const config = {
    apiKeys: [
      {
        name: 'all',
        key: KEY,
        scopes: [...scopes],
      },
      { name: 'none', key: 'n'.repeat(16), scopes: [] },
    ],
    mintKeys: [{ name: 'desk', secret: MINT_SECRET }],
    webhooks: [webhookConfig],
  }
  const { app, room, wait } = adminRoom(t, config, { reader })
  const ask = async (
    method: 'get' | 'post',
    path: string,
    status: number,
    {
      body,
      headers = bearer(KEY),
      values = {},
    }: { body?: unknown; headers?: object; values?: Record<string, string> } = {},
  ) => {
    const url = path.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? 'CA1')
    const answer = await app.inject({
      method: method === 'get' ? 'GET' : 'POST',
      url,
      payload: body as object,
      headers: headers as Record<string, string>,
    })
    t.equal(answer.statusCode, status, `${method} ${url}: ${answer.body}`)
    const schema = schemaFor(method, path, status)
    t.ok(schema, `${method} ${path} ${status} is in the document`)
    const { error } = schema?.safeParse(answer.json()) ?? {}
    t.equal(error, undefined, `${method} ${path} ${status}: ${answer.body}`)
    return answer.json()
  }
  const step = { state: 'started', signalId: 's1' }
  const byCall = '/v1/calls/{callId}/payment'
  await ask('post', byCall, 202, { body: step })
  room.begin('CA1', ['agent=7']).hear(0, 5)
  await ask('post', byCall, 200, {
    body: { ...step, ttlSeconds: 20, actor: 'a', issuedAt: '2026-01-01T00:00:00Z' },
  })
  await ask('post', byCall, 400, { body: {} })
  await ask('post', byCall, 401, { body: step, headers: {} })
  await ask('post', byCall, 403, { body: step, headers: bearer('n'.repeat(16)) })
  await ask('post', byCall, 413, { body: { state: 'x'.repeat(10_000) } })
  await ask('post', byCall, 415, {
    body: 'x',
    headers: { ...bearer(KEY), 'content-type': 'application/x-nothing' },
  })
  await ask('post', byCall, 404, { body: { state: 'ended', signalId: 's9' }, values: { callId: 'CA9' } })
  const agent = { key: 'agent', value: '7' }
  await ask('post', '/v1/calls/by/{key}/{value}/hold', 200, { body: step, values: agent })
  room.begin('CA2', ['agent=7'])
  await ask('post', '/v1/calls/by/{key}/{value}/payment', 409, {
    body: { ...step, signalId: 's3' },
    values: agent,
  })
  for (const kind of ['transfer', 'personal', 'manual', 'emergency'])
    await ask('post', `/v1/calls/{callId}/${kind}`, 200, { body: step })
  await ask('post', '/v1/calls/{callId}/payment', 200, { body: { ...step, signalId: 's4' } })
  await ask('post', '/v1/calls/{callId}/consent', 404, { body: { state: 'refused', signalId: 'c1' } })
  await ask('get', '/v1/calls', 200)
  await ask('get', '/v1/calls/{callId}', 200)
  await ask('get', '/v1/calls/{callId}', 404, { values: { callId: 'CA9' } })
  const history = '/v1/calls/{callId}/ledger'
  await ask('get', history, 404)
  await ask('get', history, 403, { headers: bearer('n'.repeat(16)) })
  const entry = {
    seq: 7,
    at: '2026-01-31T10:00:00.120Z',
    prev: 'p',
    hash: 'h',
    kind: 'call-opened',
    roles: ['a'],
  }
  told = { entries: [entry], damaged: 0, isPart: true, isAnothers: false } as CallEntries
  t.same(await ask('get', history, 200), { callId: 'CA1', entries: [entry], damaged: 0, complete: false })
  told = 'busy'
  await ask('get', history, 429)
  told = 'unreadable'
  await ask('get', history, 503)
  await ask('post', '/v1/drain', 202)
  const { token } = await ask('post', '/v1/tokens', 201, { body: { call: { callId: 'CA1' } } })
  await ask('post', '/v1/tokens', 400, { body: { call: {} } })
  const page = { token, state: 'started', view: 'a' }
  await ask('post', '/v1/payment', 200, { body: page, headers: {} })
  await ask('post', '/v1/payment', 401, { body: { ...page, token: 'x' }, headers: {} })
  for (let i = 0; i < 60; i++) await app.inject({ method: 'POST', url: '/v1/payment', payload: page })
  await ask('post', '/v1/payment', 429, { body: page, headers: {} })
  wait(1000)
  const hook = { values: { name: 'psp' } }
  const started = signedDelivery({ type: 'created', id: 'p1', call: 'CA1' })
  await ask('post', '/v1/webhooks/{name}', 200, { ...hook, ...started })
  await ask('post', '/v1/webhooks/{name}', 409, { ...hook, ...started })
  await ask('post', '/v1/webhooks/{name}', 200, { ...hook, ...signedDelivery({ type: 'else' }) })
  await ask('post', '/v1/webhooks/{name}', 422, { ...hook, ...signedDelivery({ type: 'created' }) })
  await ask('post', '/v1/webhooks/{name}', 400, { ...hook, ...signedDelivery('{') })
  await ask('post', '/v1/webhooks/{name}', 401, { ...hook, body: '{}', headers: {} })
})
