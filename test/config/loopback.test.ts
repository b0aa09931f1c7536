import t from 'tap'
import { isLoopback } from '../../proxy/config/loopback.js'

t.test('only what cannot be anything else is loopback', async (t) => {
  for (const host of ['localhost', '::1', '127.0.0.1', '127.255.0.9']) t.ok(isLoopback(host), host)
  for (const host of ['0.0.0.0', '::', '127.1', '127.0.0.1.example', 'localhost.example', '10.127.0.1', ''])
    t.notOk(isLoopback(host), host)
})
