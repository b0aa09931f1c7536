import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import { integrityOf, paymentPageScript } from '../../../proxy/edge/http/payment-page.js'
import { adminRoom, bearer, KEY, MINT_SECRET } from '../../support/admin-room.js'
import { isSilent } from '../../support/control-room.js'

const PAGE = 'https://pay.example'

const page = (t: Test) => {
  const inner = adminRoom(t, {
    apiKeys: [{ name: 'desk', key: KEY }],
    mintKeys: [{ name: 'mint', secret: MINT_SECRET }],
    origins: [PAGE],
  })
  const mint = async (body: object = { call: { callId: 'CA1' }, signalId: 'step' }): Promise<string> =>
    (await inner.post('/v1/tokens', body, bearer(KEY))).json().token
  const tell = (body: object | string, headers = {}) =>
    inner.app.inject({
      method: 'POST',
      url: '/v1/payment',
      payload: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers },
    })
  return { ...inner, mint, tell }
}

t.test('a page starts and ends its step with nothing but a token in the body, as plain text', async (t) => {
  const { room, mint, tell } = page(t)
  const stream = room.begin('CA1')
  const token = await mint()
  t.match(await tell({ token, state: 'started', view: 'a', ttlSeconds: 90 }), { statusCode: 200 })
  t.ok(isSilent(stream))
  const end = await tell({ token, state: 'ended', view: 'a' })
  t.match(end.json(), { result: 'applied', callId: 'CA1', signalId: 'step.a' })
  t.notOk(isSilent(stream))
})

t.test("the call is the token's: by its id, or by the agent's", async (t) => {
  const { room, mint, tell } = page(t)
  const stream = room.begin('CA1', ['agent=7'])
  const token = await mint({ call: { key: 'agent', value: '7' } })
  t.match((await tell({ token, state: 'started' })).json(), {
    result: 'applied',
    streams: [{ callId: 'CA1' }],
  })
  t.ok(isSilent(stream))
})

t.test('a key has no business in a page, and neither has rubbish', async (t) => {
  const { tell, ledger } = page(t)
  t.match(await tell({ token: KEY, state: 'started' }), { statusCode: 401, body: /token-invalid/ })
  t.match(await tell({ token: 'x', state: 'started' }), { statusCode: 401, body: /unknown-key/ })
  t.match(ledger.entries, [
    { source: 'page', reason: 'token-invalid' },
    { source: 'page', reason: 'unknown-key' },
  ])
  for (const body of ['', '{', '"x"', '{"state":"started"}', '{"__proto__":{}}'])
    t.equal((await tell(body)).statusCode, 400, body)
})

t.test(
  'a configured page may read the answer, refusals too; another may not, and is obeyed all the same',
  async (t) => {
    const { room, mint, tell, app } = page(t)
    const stream = room.begin('CA1')
    const token = await mint()
    const allowed = 'access-control-allow-origin'
    const own = await tell({ token: 'x', state: 'started' }, { origin: PAGE })
    t.match(own.headers, { [allowed]: PAGE, vary: 'origin' })
    for (const origin of ['https://evil.example', 'null', `${PAGE}.evil.example`, 'http://pay.example']) {
      const answer = await tell({ token, state: 'started' }, { origin })
      t.equal(answer.statusCode, 200)
      t.notOk(answer.headers[allowed], origin)
    }
    t.ok(isSilent(stream))
    const preflight = (origin: string) =>
      app.inject({ method: 'OPTIONS', url: '/v1/payment', headers: { origin } })
    t.match((await preflight(PAGE)).headers, {
      [allowed]: PAGE,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
    })
    t.notOk((await preflight('https://evil.example')).headers[allowed])
  },
)

t.test('no other path answers pages of another origin', async (t) => {
  const { app, get } = page(t)
  const headers = { ...bearer(KEY), origin: PAGE }
  t.notOk((await get('/v1/calls', headers)).headers['access-control-allow-origin'])
  t.equal((await app.inject({ method: 'OPTIONS', url: '/v1/calls', headers })).statusCode, 404)
})

t.test(
  'the script is small, needs no build, and is served with what its integrity is checked by',
  async (t) => {
    const { get } = page(t)
    const answer = await get('/payment-page.js')
    const script = paymentPageScript()
    t.equal(answer.body, script.toString())
    t.ok(script.length < 4096)
    t.equal(integrityOf(script), `sha384-${createHash('sha384').update(answer.body).digest('base64')}`)
    t.match(answer.headers, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      etag: `"${integrityOf(script)}"`,
    })
    const again = await get('/payment-page.js', { 'if-none-match': answer.headers.etag })
    t.match(again, { statusCode: 304, body: '' })
  },
)
