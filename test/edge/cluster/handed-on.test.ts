import { EventEmitter } from 'node:events'
import t from 'tap'
import { HandedOn } from '../../../proxy/edge/cluster/handed-on.js'

/** A worker as Node's primary has it: what it is sent, and what is heard of it. */
class FakeProcess extends EventEmitter {
  readonly sent: unknown[] = []
  readonly heard: unknown[] = []
  send(...[message]: unknown[]): boolean {
    this.sent.push(message)
    return true
  }
  constructor() {
    super()
    this.on('internalMessage', (word) => this.heard.push(word))
  }
}

const connection = (seq: number) => ({ cmd: 'NODE_CLUSTER', act: 'newconn', key: ':8080', seq })

t.test('a connection that a worker has not taken when it goes is given back, once', async (t) => {
  const worker = new FakeProcess()
  const handedOn = new HandedOn(worker)
  for (const seq of [1, 2, 3]) worker.send(connection(seq))
  t.equal(worker.sent.length, 3, 'each is sent all the same')
  worker.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack: 2, accepted: true })
  worker.heard.length = 0
  handedOn.giveBack()
  handedOn.giveBack()
  t.same(worker.heard, [
    { cmd: 'NODE_CLUSTER', ack: 1, accepted: false },
    { cmd: 'NODE_CLUSTER', ack: 3, accepted: false },
  ])
})

t.test('nothing else that a worker is sent is given back', async (t) => {
  const worker = new FakeProcess()
  const handedOn = new HandedOn(worker)
  worker.send({ cmd: 'NODE_CLUSTER', act: 'disconnect', seq: 1 })
  worker.send({ kind: 'newconn', act: 'newconn', seq: 2 })
  handedOn.giveBack()
  t.same(worker.heard, [])
})
