import t from 'tap'
import { encodeClient, encodeServer } from '../../../proxy/dialects/audiohook/encode.js'
import { ClientEnd, ServerEnd } from '../../../proxy/dialects/audiohook/ends.js'
import { heardAs, PARTICIPANT, SESSION } from '../../support/audiohook-fork.js'

const ping = (seq: number, serverseq = 0, id = SESSION) =>
  encodeClient('ping', id, seq, serverseq, 'PT0S', '{}')

t.test('a server says what it has heard', async (t) => {
  const end = new ServerEnd(SESSION)
  t.same(end.hear(ping(1)).fault, null)
  t.match(heardAs(end.say('pong', '{}')), { seq: 1, clientseq: 1 })
  t.same(end.hear(ping(2, 1)).fault, null)
  t.match(heardAs(end.say('pong', '{}')), { seq: 2, clientseq: 2 })
})

t.test('numbers that do not follow are a fault, and are counted from', async (t) => {
  const end = new ServerEnd(SESSION)
  t.equal(end.hear(ping(2)).fault, 'seq')
  t.equal(end.hear(ping(3)).fault, null)
  t.equal(end.hear(ping(3)).fault, 'seq')
  t.equal(end.hear(ping(4, 1)).fault, 'peer-seq')
  t.equal(end.hear(ping(5, 0, PARTICIPANT)).fault, 'session-id')
  t.equal(end.hear(ping(6)).fault, null)
})

t.test('a message that is not understood counts all the same', async (t) => {
  const end = new ServerEnd(SESSION)
  t.equal(end.hear(encodeClient('close', SESSION, 1, 0, 'PT0S', '{}')).fault, 'parameters')
  t.equal(end.hear(ping(2)).fault, null)
})

t.test('a server without a session takes that of the first message', async (t) => {
  const end = new ServerEnd(null)
  end.hear(ping(1))
  t.equal(end.session, SESSION)
  t.equal(end.hear(ping(2, 0, PARTICIPANT)).fault, 'session-id')
})

t.test('a pong answers the ping that it names, once', async (t) => {
  const end = new ClientEnd(SESSION)
  end.say('open', 'PT0S', '{}')
  end.ping('PT0S', '{}', 1_000)
  t.ok(end.isPinging)
  t.equal(end.pong(1, 1_010), null)
  t.equal(end.pong(2, 1_012), 12)
  t.notOk(end.isPinging)
  t.equal(end.pong(2, 1_013), null)
  t.equal(end.hear(encodeServer('pong', SESSION, 1, 2, '{}')).fault, null)
})
