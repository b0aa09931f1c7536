import { createHmac } from 'node:crypto'
import t from 'tap'
import {
  checkDelivery,
  type WebhookScheme,
  type WebhookSigning,
} from '../../proxy/access/webhook-signature.js'

const NOW = 1_700_000_000_000
const SECONDS = '1700000000'
const SECRET = 'whsec_c2VjcmV0LW9mLXRoZS1wcm92aWRlcg=='
const BODY = '{"type":"checkout.created"}'

const hmac = (key: string | Buffer, content: string) => createHmac('sha256', key).update(content)
const stripe = (seconds = SECONDS, body = BODY, secret = SECRET) => ({
  'stripe-signature': `t=${seconds},v1=${hmac(secret, `${seconds}.${body}`).digest('hex')},v0=00`,
})
const standard = (seconds = SECONDS, id = 'msg_1') => ({
  'webhook-id': id,
  'webhook-timestamp': seconds,
  'webhook-signature': `v1a,AA== v1,${hmac(Buffer.from('secret-of-the-provider'), `${id}.${seconds}.${BODY}`).digest('base64')}`,
})
const own = (signature = hmac(SECRET, `${SECONDS}.${BODY}`).digest('hex')) => ({
  'x-signature': signature,
  'x-timestamp': SECONDS,
})

const receiver = (scheme: WebhookScheme = 'stripe', parts: Partial<WebhookSigning> = {}) => {
  const signing: WebhookSigning = {
    name: 'psp',
    scheme,
    secrets: [SECRET],
    windowSeconds: 300,
    signatureHeader: 'x-signature',
    timestampHeader: 'x-timestamp',
    ...parts,
  }
  /** The delivery's id, or why it is refused. */
  return (headers: Readonly<Record<string, string>>, { body = BODY, atMs = NOW } = {}) => {
    const checked = checkDelivery(signing, (name) => headers[name], Buffer.from(body), atMs)
    return checked.kind === 'refused' ? checked.reason : checked.id
  }
}

const TAKEN = /^psp:[\w+/]{43}=$/

t.test("the Standard Webhooks' own example is signed", async (t) => {
  const headers: Record<string, string> = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  }
  const signing: WebhookSigning = {
    name: 'x',
    scheme: 'standard-webhooks',
    secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    windowSeconds: 300,
    signatureHeader: '',
    timestampHeader: '',
  }
  const body = Buffer.from('{"test": 2432232314}')
  t.match(
    checkDelivery(signing, (name) => headers[name], body, 1_614_265_330_000),
    { kind: 'delivery', madeByMs: 1_614_265_330_999 },
  )
})

t.test('each scheme takes what is signed with its secret, hexadecimal and base64', async (t) => {
  t.match(receiver('stripe')(stripe()), TAKEN)
  t.match(receiver('standard-webhooks')(standard()), TAKEN)
  t.match(receiver('timestamped')(own()), TAKEN)
  t.match(receiver('timestamped')(own(`sha256=${own()['x-signature']}`)), TAKEN)
  t.match(receiver('timestamped')(own(hmac(SECRET, `${SECONDS}.${BODY}`).digest('base64'))), TAKEN)
})

t.test('either of two secrets signs, while one replaces the other', async (t) => {
  const check = receiver('stripe', { secrets: ['new-secret', SECRET] })
  t.match(check(stripe()), TAKEN)
  t.match(check(stripe(SECONDS, '{}', 'new-secret'), { body: '{}' }), TAKEN)
  t.equal(check(stripe(SECONDS, '[]', 'old-secret'), { body: '[]' }), 'webhook-signature')
})

t.test('a changed body, time or id, a missing or odd header: the signature does not fit', async (t) => {
  t.equal(receiver('stripe')(stripe(), { body: `${BODY} ` }), 'webhook-signature')
  const moved = { 'stripe-signature': stripe()['stripe-signature'].replace(SECONDS, '1700000001') }
  t.equal(receiver('stripe')(moved), 'webhook-signature')
  t.equal(receiver('standard-webhooks')({ ...standard(), 'webhook-id': 'msg_2' }), 'webhook-signature')
  for (const header of [
    '',
    't=',
    'v1=00',
    `t=${SECONDS}`,
    `t=${SECONDS},v1=`,
    `t=${SECONDS},v1=zz`,
    't=1e9,v1=00',
    ',,=,',
  ])
    t.equal(receiver('stripe')({ 'stripe-signature': header }), 'webhook-signature', header)
  for (const headers of [
    {},
    { 'x-signature': 'aa' },
    { 'x-timestamp': SECONDS },
    { ...own(''), 'x-timestamp': SECONDS },
  ])
    t.equal(receiver('timestamped')(headers as Record<string, string>), 'webhook-signature')
  t.equal(receiver('standard-webhooks')({}), 'webhook-signature')
})

t.test('outside of the window, either way, a delivery is refused', async (t) => {
  t.match(receiver()(stripe(), { atMs: NOW + 300_000 }), TAKEN)
  t.equal(receiver()(stripe(), { atMs: NOW + 300_001 }), 'webhook-clock')
  t.match(receiver()(stripe(), { atMs: NOW - 300_000 }), TAKEN)
  t.equal(receiver()(stripe(), { atMs: NOW - 300_001 }), 'webhook-clock')
})

t.test(
  'the same delivery again is known by its id for as long as it could be believed, however it is dressed',
  async (t) => {
    const check = receiver()
    const id = check(stripe())
    t.match(id, TAKEN)
    t.equal(check(stripe(), { atMs: NOW + 300_000 }), id)
    const dressed = { 'stripe-signature': `${stripe()['stripe-signature']},v1=${'00'.repeat(32)}` }
    t.equal(check(dressed), id)
    t.equal(check(stripe(), { atMs: NOW + 300_001 }), 'webhook-clock')
  },
)

t.test("a provider's own second attempt is signed anew, and taken", async (t) => {
  const check = receiver()
  const again = check(stripe('1700000060'), { atMs: NOW + 60_000 })
  t.match(again, TAKEN)
  t.not(again, check(stripe()))
})
