import t from 'tap'
import type { ForkEvent } from '../../../proxy/dialects/dialect.js'
import { RingcxConnection } from '../../../proxy/dialects/ringcx/connection.js'
import { ringcxSchema } from '../../../proxy/dialects/ringcx/options.js'
import { init } from '../../support/ringcx.js'

const connectionOf = (): RingcxConnection =>
  new RingcxConnection(ringcxSchema.parse({}).options, () => 'minted')

t.test('the answer is google.protobuf.Empty: no byte', async (t) => {
  const out: ForkEvent[] = []
  connectionOf().recorderClosed(true, 0, out)
  t.same(out, [
    { kind: 'to-pbx', message: { data: new Uint8Array(0), isBinary: true } },
    { kind: 'close', side: 'pbx', code: 1000 },
  ])
})

t.test('what a recorder writes into its Empty is not for RingCX', async (t) => {
  const out: ForkEvent[] = []
  const connection = connectionOf()
  connection.receiveFromRecorder({ data: new Uint8Array(0), isBinary: true }, 0, out)
  t.same(out, [])
  connection.receiveFromRecorder(init(), 0, out)
  t.same(out, [{ kind: 'violation', side: 'recorder', code: 'recorder-message-dropped' }])
})
