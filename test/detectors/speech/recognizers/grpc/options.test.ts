import t from 'tap'
import { grpcOptionsSchema } from '../../../../../proxy/detectors/speech/recognizers/grpc/options.js'

const isTaken = (options: object): boolean => grpcOptionsSchema.safeParse(options).success

t.test('the call goes nowhere unencrypted but to this machine', async (t) => {
  for (const url of [
    'grpcs://stt.example:443',
    'grpcs://[::1]:50051',
    'grpc://127.0.0.1:50051',
    'grpc://localhost:50051',
  ])
    t.ok(isTaken({ url }), url)
  for (const url of [
    'grpc://stt.example:443',
    'grpc://127.0.0.1.example:1',
    'grpcs://a:b@stt.example:443',
    'grpcs://stt',
    'https://stt:1',
  ])
    t.notOk(isTaken({ url }), url)
})

t.test('a certificate comes with its key', async (t) => {
  const url = 'grpcs://stt.example:443'
  t.ok(isTaken({ url, tls: { certFile: 'a.crt', keyFile: 'a.key' } }))
  t.notOk(isTaken({ url, tls: { certFile: 'a.crt' } }))
})
