// The copy against a real nats-server, which is stopped, started and cut off.
import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import t, { type Test } from 'tap'
import type { LedgerEntry } from '../../proxy/ledger/entry.js'
import type { LedgerWriter } from '../../proxy/ledger/ledger.io.js'
import { LedgerCopy } from '../../proxy/ledger/ledger-copy.io.js'
import { ledgerSchema } from '../../proxy/ledger/options.js'
import { filesIn, linesIn, openLedger, rewrite } from '../support/ledger-folder.js'
import { until } from '../support/live-proxy.js'
import { CutWire, NatsServer, natsMissing } from '../support/nats.js'

const failed = (detector: string): LedgerEntry => ({
  kind: 'detector-failed',
  callId: 'CA1',
  streamId: 'MZ1',
  tenant: 'default',
  detector,
})

const folder = (t: Test, name: string): string => join(t.testdir({}), name)

const written = async (ledger: LedgerWriter, ...detectors: string[]): Promise<void> => {
  for (const detector of detectors) ledger.append(failed(detector))
  await until(() => ledger.backlog === 0, 'the entries are written')
}

const copyOf = (t: Test, ledger: LedgerWriter, directory: string, port: number) => {
  const told: string[] = []
  const copy = new LedgerCopy({
    options: ledgerSchema.parse({ copy: { servers: [`nats://127.0.0.1:${port}`] } }).copy!,
    directory,
    ledgerId: ledger.ledgerId,
    openedSeq: ledger.openedSeq,
    handler: {
      connected: () => void told.push('connected'),
      lost: () => void told.push('lost'),
      diverged: (seq) => void told.push(`diverged ${seq}`),
    },
  })
  copy.start()
  t.teardown(() => copy.close(0))
  return { copy, told }
}

/** What the stream has of a ledger, in order. */
const copied = async (port: number, ledgerId: string): Promise<string[]> => {
  const connection = await connect({ servers: `127.0.0.1:${port}` })
  try {
    const manager = await jetstreamManager(connection)
    const { state } = await manager.streams.info('hushfork_ledger')
    const lines: string[] = []
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await manager.streams.getMessage('hushfork_ledger', { seq })
      if (message?.subject === `hushfork.ledger.${ledgerId}`) lines.push(message.string())
    }
    return lines
  } finally {
    await connection.close()
  }
}

t.test('over NATS', { skip: natsMissing }, async (t) => {
  const server = await NatsServer.start(t)

  t.test('every line becomes a message, over files, and nobody may delete one', async (t) => {
    const directory = folder(t, 'ledger')
    const ledger = await openLedger(directory, { rotateBytes: 1500 })
    const { copy } = copyOf(t, ledger, directory, server.port)
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await written(ledger, name)
    await ledger.close()
    await copy.close(ledger.sequence)
    t.ok(filesIn(directory).length > 1)
    t.same(await copied(server.port, ledger.ledgerId), linesIn(directory))
    t.equal(copy.copiedSeq, ledger.sequence)
    const connection = await connect({ servers: `127.0.0.1:${server.port}` })
    const manager = await jetstreamManager(connection)
    await t.rejects(manager.streams.purge('hushfork_ledger'))
    await connection.close()
  })

  t.test('a restart goes on where the stream ends, and says nothing twice', async (t) => {
    const directory = folder(t, 'ledger')
    let id = ''
    for (const name of ['a', 'b']) {
      const ledger = await openLedger(directory)
      const { copy } = copyOf(t, ledger, directory, server.port)
      await written(ledger, name)
      await until(() => copy.copiedSeq === ledger.sequence, 'all is copied')
      await ledger.close()
      await copy.close(ledger.sequence)
      id = ledger.ledgerId
    }
    t.same(await copied(server.port, id), linesIn(directory))
  })

  t.test('what was written during a partition is copied when it is over', async (t) => {
    const directory = folder(t, 'ledger')
    const ledger = await openLedger(directory)
    const wire = await CutWire.to(t, server.port)
    const { copy, told } = copyOf(t, ledger, directory, wire.port)
    await until(() => copy.copiedSeq === ledger.sequence, 'all is copied')
    wire.cut()
    await written(ledger, ...Array.from({ length: 200 }, (_, i) => `d${i}`))
    copy.more()
    await until(() => told.includes('lost'), 'the loss is told')
    wire.mend()
    await until(() => copy.copiedSeq === ledger.sequence, 'all is copied')
    await ledger.close()
    await copy.close(ledger.sequence)
    t.same(await copied(server.port, ledger.ledgerId), linesIn(directory))
    t.same(told, ['connected', 'lost', 'connected'])
  })

  t.test('an end that was cut off is said, whatever was done to the checkpoint file', async (t) => {
    const directory = folder(t, 'ledger')
    const first = await openLedger(directory)
    const { copy } = copyOf(t, first, directory, server.port)
    await written(first, 'a', 'b')
    await first.close()
    await copy.close(first.sequence)
    const [name] = filesIn(directory)
    const lines = linesIn(directory).slice(0, 3)
    rewrite(directory, name!, lines)
    rewrite(directory, 'checkpoint.json', lines.slice(2))
    const second = await openLedger(directory)
    const again = copyOf(t, second, directory, server.port)
    await until(() => again.copy.copiedSeq === second.sequence, 'the rest is copied')
    t.same(again.told, [`diverged ${first.sequence}`, 'connected'])
    await second.close()
    await again.copy.close(second.sequence)
    const all = await copied(server.port, second.ledgerId)
    t.same(
      all.slice(first.sequence),
      linesIn(directory).slice(3),
      'what came after stands behind what was cut off',
    )
  })

  t.test('where there is no server, the ledger is written all the same', async (t) => {
    const directory = folder(t, 'ledger')
    const ledger = await openLedger(directory)
    const { copy, told } = copyOf(t, ledger, directory, 1)
    await written(ledger, 'a')
    await until(() => told.length > 0, 'it is told')
    await ledger.close()
    await copy.close(ledger.sequence)
    t.same(told, ['lost'])
    t.equal(copy.copiedSeq, 0)
  })
})
