import t from 'tap'
import type { Fork } from '../../proxy/edge/fork-connection.js'
import type { ForkGate } from '../../proxy/edge/fork-socket.js'
import { forkTaker } from '../../proxy/edge/pbx-dialer.js'

const ID = '32966726-4388-456b-a333-fdf5dbecc60d'

t.test("a key fetches forks of its tenants, and finds no other's", async (t) => {
  const fork = { path: '/fork', tenant: 'acme', dialect: { pbxAddress: () => null } } as unknown as Fork
  const reached: unknown[] = []
  const dialect = {
    pbxAddress: () => ({ url: new URL('ws://127.0.0.1:9/'), handshake: { headers: {}, subprotocols: [] } }),
  }
  const gate = {
    refusalOf: () => reached.push(1) && { kind: 'draining' },
    take: () => null,
  } as unknown as ForkGate
  const taker = forkTaker([{ ...fork, dialect } as unknown as Fork], gate)
  t.equal(await taker.take('/fork', ID, ['other']), 'unknown')
  t.equal(reached.length, 0)
  t.equal(await taker.take('/fork', ID, ['acme']), 'unavailable')
  t.equal(await taker.take('/fork', ID, '*'), 'unavailable')
  t.equal(await forkTaker([fork], gate).take('/fork', ID, '*'), 'unknown', 'no address, nothing to dial')
})
