import t from 'tap'
import { isSignedFor, signUrl } from '../../../proxy/dialects/plivo/signature.js'

const authToken = 'f00dfeedf00dfeedf00dfeedf00dfeed'
const nonce = '12345678901234567890'

t.test("signatures are those that Plivo's Node library 4.79.0 accepts", async (t) => {
  t.equal(
    signUrl(authToken, 'wss://fork.example.net/plivo?b=2&a=1', nonce),
    'LwS7F1uxYwqPi6NWhKV+hkNQswnbd5K3Am03qDpepZc=',
  )
  t.equal(
    signUrl(authToken, 'https://fork.example.net/plivo', nonce),
    'McFwgjFGagxhK8VkVIwEPeiErOQp1Hz8AaRGPEJs7CA=',
  )
})

t.test('four spellings of a URL are tried, the query in any order, and no other', async (t) => {
  const spellings = ['wss://a.example/x', 'wss://a.example/x/', 'https://a.example/x', 'https://a.example/x/']
  for (const configured of spellings)
    for (const signed of spellings)
      t.ok(
        isSignedFor(
          [`${configured}?a=1&b=2`],
          authToken,
          nonce,
          signUrl(authToken, `${signed}?b=2&a=1`, nonce),
        ),
      )
  for (const other of ['ws://a.example/x', 'wss://a.example/X', 'wss://a.example/x?a=1', 'wss://a.example/'])
    t.notOk(isSignedFor(['wss://a.example/x'], authToken, nonce, signUrl(authToken, other, nonce)))
  t.notOk(isSignedFor([], authToken, nonce, ''))
})

t.test('one signature of several suffices, within a bound', async (t) => {
  const good = signUrl(authToken, 'wss://a.example/x', nonce)
  t.ok(isSignedFor(['wss://a.example/x'], authToken, nonce, `a,b, ${good}`))
  t.notOk(isSignedFor(['wss://a.example/x'], authToken, nonce, `a,b,c,d,${good}`))
})
