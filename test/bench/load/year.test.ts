import t from 'tap'
import { heldText } from '../../../bench/load/year.js'

t.test('what a process holds is told early, in the middle and at the end of its calls', async (t) => {
  const held = Array.from({ length: 11 }, (_, i) => ({ rssMb: 100 + i, files: 20 + i, maps: 300 + i }))
  t.equal(
    heldText(held),
    'held after a fifth of the time: 102 MiB, 22 files and sockets, 302 maps; ' +
      'in the middle: 105 MiB, 25 files and sockets, 305 maps; at the end: 110 MiB, 30 files and sockets, 310 maps',
  )
  t.match(heldText(held.slice(0, 1)), /at the end: 100 MiB/)
})
