import type { Worker } from 'node:cluster'
import { EventEmitter, once } from 'node:events'
import t from 'tap'
import { type Departure, Member, type MemberExit } from '../../../proxy/edge/cluster/member.js'

/** A process that does nothing by itself. */
class FakeWorker extends EventEmitter {
  hasChannel = true
  readonly killedBy: string[] = []
  readonly process = Object.assign(new EventEmitter(), {
    pid: 7,
    send: () => true,
    kill: (signal: string) => void this.killedBy.push(signal),
  })
  isConnected(): boolean {
    return this.hasChannel
  }
}

const setup = { kind: 'state', state: { isSplit: false, isLedgerWritable: true } } as const

/** A member of the crew, and how it has gone when it has. */
const memberOf = () => {
  const worker = new FakeWorker()
  const gone = new EventEmitter()
  const member = new Member(1, 0, 0, worker as unknown as Worker, {
    setup: () => setup,
    said() {},
    gone: (_, exit: MemberExit, departure: Departure) => gone.emit('gone', departure, exit),
  })
  const whenGone = once(gone, 'gone')
  return { worker, member, whenGone }
}

const leave = (worker: FakeWorker, code: number | null, signal: string | null): void => {
  worker.emit('exit', code, signal)
  worker.hasChannel = false
}

t.test('looks that a worker lets pass are counted until it says something', async (t) => {
  const { worker, member } = memberOf()
  t.same([member.look(), member.look(), member.look()], [0, 1, 2])
  worker.emit('message', { kind: 'hello' })
  t.same([member.look(), member.look()], [0, 1])
  worker.emit('message', { kind: 'answer', id: 9, answer: null })
  t.equal(member.look(), 0)
})

t.test('whether somebody listens to its calls is what it said last', (t) => {
  const { worker, member } = memberOf()
  t.ok(member.isListenedTo)
  for (const isListenedTo of [false, true]) {
    worker.emit('message', { kind: 'listened-to', isListenedTo })
    t.equal(member.isListenedTo, isListenedTo)
  }
  t.end()
})

t.test('how a worker has gone depends on what it was told before', async (t) => {
  type Before = (worker: FakeWorker, member: Member) => void
  const ready: Before = (worker) => {
    worker.emit('message', { kind: 'hello' })
    worker.emit('message', { kind: 'ready', forkUrls: [] })
  }
  const retiring: Before = (worker, member) => {
    ready(worker, member)
    member.state = 'retiring'
  }
  const killed =
    (before: Before, why: 'hung' | 'overdue'): Before =>
    (worker, member) => {
      before(worker, member)
      member.kill(why)
    }
  const rows: [name: Departure, before: Before, code: number | null][] = [
    ['not-started', () => {}, 1],
    ['not-started', killed(() => {}, 'overdue'), null],
    ['crashed', ready, null],
    ['crashed', ready, 0],
    ['hung', killed(ready, 'hung'), null],
    ['ended', retiring, 0],
    ['crashed', retiring, null],
    ['overdue', killed(retiring, 'overdue'), null],
  ]
  for (const [name, before, code] of rows) {
    const { worker, member, whenGone } = memberOf()
    before(worker, member)
    leave(worker, code, code === null ? 'SIGKILL' : null)
    t.match(await whenGone, [name, { code }])
  }
})

t.test('a worker has gone when its channel is closed, whether Node says so or not', async (t) => {
  const { worker, whenGone } = memberOf()
  let isGone = false
  void whenGone.then(() => {
    isGone = true
  })
  worker.emit('exit', null, 'SIGKILL')
  await new Promise((resolve) => setTimeout(resolve, 30))
  t.notOk(isGone, 'its last words are still to be heard')
  worker.hasChannel = false
  await whenGone
})
