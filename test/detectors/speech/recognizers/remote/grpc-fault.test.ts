import t from 'tap'
import { faultOf } from '../../../../../proxy/detectors/speech/recognizers/remote/grpc-fault.js'

t.test('what will not get better is told from what may', async (t) => {
  const codes = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
  t.same(codes.map(faultOf), [
    'unavailable',
    'unavailable',
    'refused',
    'deadline',
    'refused',
    'credentials',
    'quota',
    'refused',
    'length-limit',
    'length-limit',
    'refused',
    'unavailable',
    'unavailable',
    'unavailable',
    'credentials',
  ])
})

t.test('what has no code is a way that is gone', async (t) => {
  for (const code of [undefined, null, 'ECONNRESET', '7']) t.equal(faultOf(code), 'unavailable')
})
