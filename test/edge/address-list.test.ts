import t from 'tap'
import { AddressList } from '../../proxy/edge/address-list.js'

t.test('networks and single addresses are in the list, their neighbours are not', async (t) => {
  const list = new AddressList(['10.1.0.0/16', '192.0.2.7', '2001:db8::/32', '::1'])
  for (const address of ['10.1.0.0', '10.1.255.255', '192.0.2.7', '2001:db8::5', '::1'])
    t.ok(list.has(address), address)
  for (const address of ['10.0.255.255', '10.2.0.0', '192.0.2.8', '2001:db9::', '::2'])
    t.notOk(list.has(address), address)
})

t.test('an IPv4 address is the same as a dual-stack socket writes it', async (t) => {
  t.ok(new AddressList(['10.1.0.0/16']).has('::ffff:10.1.2.3'))
  t.notOk(new AddressList(['10.1.0.0/16']).has('::ffff:10.2.2.3'))
})

t.test('whoever cannot be told is not in it', async (t) => {
  for (const address of [undefined, '', 'pbx.example', '10.1.0.1.5', 'fe80::1%eth0'])
    t.notOk(new AddressList(['10.0.0.0/8']).has(address), String(address))
})

t.test('an empty list lets nobody in', async (t) => {
  t.notOk(new AddressList([]).has('127.0.0.1'))
})
