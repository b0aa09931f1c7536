import t from 'tap'
import { holdsCardNumber } from '../../proxy/session/sent-cards.js'

// Test numbers of the schemes; none is anybody's.
for (const text of [
  '4111111111111111',
  '{"note":"4111 1111-1111 1111"}',
  '{"card":5500005555555559}',
  'ends here: 371449635398431.',
  '30569309025904',
  'a 4111111111111111, b',
])
  t.test(`a card number is found in ${text.length} characters`, async (t) => {
    t.ok(holdsCardNumber(text))
  })

for (const text of [
  '4111111111111112',
  '{"timestamp":1700000000005}',
  'x4111111111111111',
  '4111111111111111x',
  '41111111111111111111111',
  '1.4111111111111111',
  'tel:+49151234567890123',
  'sip:4111111111111111@example.net',
  '4111-1111-1111-1111-1111-1111',
  '9b8fe5c2-6f0c-4b8f-9d3d-411111111111',
  '',
])
  t.test(`none is found in "${text}"`, async (t) => {
    t.notOk(holdsCardNumber(text))
  })
