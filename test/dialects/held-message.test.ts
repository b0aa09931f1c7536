import t from 'tap'
import { heldOf, heldText, messageOf } from '../../proxy/dialects/held-message.js'

t.test('a held message leaves as it was held, and costs at least its bytes', async (t) => {
  const message = { data: Uint8Array.of(1, 2, 3), isBinary: true }
  t.equal(messageOf(heldOf(message)), message)
  t.ok(heldOf(message).heldBytes >= 3)
  t.same(messageOf(heldText('é')), { data: Uint8Array.of(0xc3, 0xa9), isBinary: false })
})
