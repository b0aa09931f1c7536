import t from 'tap'
import { scrubNamedSecrets } from '../../proxy/scrub/named.js'

t.test('digits that their name gives away are masked, in place', async (t) => {
  const texts: [string, string][] = [
    ['{"cvv":"737"}', '{"cvv":"***"}'],
    ['{"cardCvv2":"737"}', '{"cardCvv2":"***"}'],
    ['{"securityCode": 737}', '{"securityCode": 999}'],
    ['{"note":"security code is 737, thanks"}', '{"note":"security code is ***, thanks"}'],
    ['{"pin":"4711"}', '{"pin":"****"}'],
    ['{"digits":"4 1 1 1"}', '{"digits":"* * * *"}'],
    ['dtmf: 41', 'dtmf: **'],
    ['PIN number 0042', 'PIN number ****'],
  ]
  for (const [text, clean] of texts) {
    t.equal(scrubNamedSecrets(text), clean)
    t.equal(clean.length, text.length)
  }
})

t.test('other numbers stay, and so does the text itself', async (t) => {
  for (const text of [
    '{"agent":"4711"}',
    'spin 42',
    'hotkeys 12',
    '{"digitMask":"*"}',
    'pin',
    'keyspace 9',
    '',
  ])
    t.equal(scrubNamedSecrets(text), text)
})

t.test('long texts take no longer than their length', async (t) => {
  const text = `${'pin '.repeat(20_000)}${'1 '.repeat(20_000)}`
  t.equal(scrubNamedSecrets(text).length, text.length)
})
