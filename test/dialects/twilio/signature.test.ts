import t from 'tap'
import { isSignedFor, signUrl } from '../../../proxy/dialects/twilio/signature.js'

const authToken = 'f00dfeedf00dfeedf00dfeedf00dfeed'

t.test("signatures are those of Twilio's Node library 6.2.0", async (t) => {
  t.equal(signUrl(authToken, 'wss://fork.example.net/twilio/media'), 'WQeEkjZ1tROYrkYIH16UY3CTfxQ=')
  t.equal(signUrl(authToken, 'https://fork.example.net/twilio/media'), '30T1GJ9NwWUY/VnRDL2OMYjM6a4=')
})

t.test('four spellings of a URL are tried, and no other', async (t) => {
  const spellings = ['wss://a.example/x', 'wss://a.example/x/', 'https://a.example/x', 'https://a.example/x/']
  for (const configured of spellings)
    for (const signed of spellings) t.ok(isSignedFor([configured], authToken, signUrl(authToken, signed)))
  for (const other of [
    'ws://a.example/x',
    'wss://a.example/X',
    'wss://a.example/x//',
    'wss://a.example/',
    '',
  ])
    t.notOk(isSignedFor(['wss://a.example/x'], authToken, signUrl(authToken, other)))
  t.ok(isSignedFor(['ws://a.example/x'], authToken, signUrl(authToken, 'http://a.example/x')))
  t.notOk(isSignedFor([], authToken, ''))
})
