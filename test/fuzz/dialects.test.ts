// Every dialect against noise: what its PBX says, cut, flipped, spliced and repeated, and what no PBX says. Events or a
// violation, never an exception, no hang, no growth. FUZZ_INPUTS sets how many messages each dialect hears; a release is
// tried with 1,000,000. The seed is fixed.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import type { Dialect, DialectConnection, ForkEvent } from '../../proxy/dialects/dialect.js'
import { dialects } from '../../proxy/dialects/index.js'
import type { WireMessage } from '../../proxy/media/wire.js'
import { DialectCall, script } from '../support/dialect-call.js'
import { copyOf } from '../support/dialect-fixture.js'
import { connect } from '../support/json-media.js'
import { rng } from '../support/rng.js'

const INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 5_000)
const SEED = 20_261
/** Messages that one connection hears before the next call begins. */
const CALL_MESSAGES = 400
/** What a run may keep beyond what it had after its first tenth, bytes: ten times what a call holds. */
const GROWTH_BYTES_MAX = 24 << 20
/** One message, ms of the processor's time: a thousand times the usual, and far below what a stalled loop costs. */
const MESSAGE_MS_MAX = 1_000
/** The time that a million may take on a slow core, ms. */
const TIMEOUT_MS = 60_000 + 0.2 * INPUTS

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heapBytes = (): number => {
  collect()
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
}

const scraps = [
  '{',
  '}',
  '"',
  '\\u0000',
  '[[[[',
  '":',
  'null',
  '1e999',
  '4111111111111111',
  '\uFFFF',
  '"media":{',
  '}}',
]

/** What a simulated PBX says in one call. */
const speechOf = (dialect: Dialect): WireMessage[] => {
  const call = new DialectCall(
    connect(dialect),
    dialect.simulate(script),
    dialect.record(dialect.schema.parse({})),
  )
  call.play()
  return call.fromPbx.slice(0, 24).concat(call.fromPbx.slice(-4))
}

const pick = <T>(items: readonly T[], random: () => number): T => items[Math.floor(random() * items.length)]!

function mutated(speech: readonly WireMessage[], random: () => number): WireMessage {
  const { data, isBinary } = copyOf(pick(speech, random))
  const at = Math.floor(random() * (data.length + 1))
  const cut = (bytes: Uint8Array): WireMessage => ({ data: bytes, isBinary })
  switch (Math.floor(random() * 7)) {
    case 0:
      return cut(data.slice(0, at))
    case 1:
      return cut(data.slice(at))
    case 2: {
      const other = pick(speech, random).data
      return cut(Buffer.concat([data.subarray(0, at), other.subarray(Math.floor(random() * other.length))]))
    }
    case 3:
      return cut(Buffer.concat([data.subarray(0, at), Buffer.from(pick(scraps, random)), data.subarray(at)]))
    case 4:
      return { data, isBinary: !isBinary }
    case 5:
      return cut(data)
    default:
      for (let flips = 1 + random() * 6; flips > 0 && data.length > 0; flips--)
        data[Math.floor(random() * data.length)] = Math.floor(random() * 256)
      return cut(data)
  }
}

/** One message to one side, or time passing. */
function disturb(
  connection: DialectConnection,
  speech: readonly WireMessage[],
  random: () => number,
  nowMs: number,
  out: ForkEvent[],
): void {
  const message = mutated(speech, random)
  const dice = random()
  if (dice < 0.85) connection.receive(message, nowMs, out)
  else if (dice < 0.95) connection.receiveFromRecorder(message, nowMs, out)
  else connection.tick(nowMs, out)
}

t.setTimeout(Object.keys(dialects).length * TIMEOUT_MS)

for (const [name, dialect] of Object.entries<Dialect>(dialects))
  t.test(
    `${name}: ${INPUTS} inputs (seed ${SEED}) yield events or a violation, in bounded time and memory`,
    async (t) => {
      const random = rng(SEED)
      const speech = speechOf(dialect)
      const out: ForkEvent[] = []
      let slowestMs = 0
      let settledBytes = 0
      let connection = connect(dialect)
      for (let i = 0; i < INPUTS; i++) {
        if (i % CALL_MESSAGES === 0) {
          connection.pbxClosed(random() < 0.5, i, out)
          connection = connect(dialect)
          // Half of the calls begin in order: beyond a start that is refused nothing is read any more.
          if (random() < 0.5)
            for (const message of speech.slice(0, 3)) connection.receive(copyOf(message), i, out)
        }
        const used = process.cpuUsage()
        disturb(connection, speech, random, i, out)
        slowestMs = Math.max(slowestMs, process.cpuUsage(used).user / 1_000)
        for (const event of out) {
          if (event.kind === 'media' && event.frame.sampleCount < 0) t.fail('a frame of negative length')
          if ('held' in event && event.held !== null) connection.encodeMessage(event.held)
        }
        out.length = 0
        if (i === Math.floor(INPUTS / 10)) settledBytes = heapBytes()
      }
      t.ok(slowestMs < MESSAGE_MS_MAX, `slowest message ${slowestMs.toFixed(1)} ms`)
      const grownBytes = heapBytes() - settledBytes
      t.ok(grownBytes < GROWTH_BYTES_MAX, `grown by ${grownBytes} bytes`)
    },
  )
