import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { inPackage } from '../../proxy/base/package-file.js'
import { violations as asterisk } from '../../proxy/dialects/asterisk/events.js'
import { violations as audiocodes } from '../../proxy/dialects/audiocodes/messages.js'
import { violations as audiohook } from '../../proxy/dialects/audiohook/violations.js'
import { violations as audiosocket } from '../../proxy/dialects/audiosocket/units.js'
import { violations as bandwidth } from '../../proxy/dialects/bandwidth/messages.js'
import type { Dialect } from '../../proxy/dialects/dialect.js'
import { violations as exotel } from '../../proxy/dialects/exotel/messages.js'
import { dialects } from '../../proxy/dialects/index.js'
import { violations as modAudioFork } from '../../proxy/dialects/mod-audio-fork/messages.js'
import { violations as plivo } from '../../proxy/dialects/plivo/messages.js'
import { violations as ringcentral } from '../../proxy/dialects/ringcentral/messages.js'
import { violations as ringcx } from '../../proxy/dialects/ringcx/messages.js'
import { violations as signalwire } from '../../proxy/dialects/signalwire/messages.js'
import { violations as telnyx } from '../../proxy/dialects/telnyx/messages.js'
import { violations as twilio } from '../../proxy/dialects/twilio/messages.js'
import { violations as vonage } from '../../proxy/dialects/vonage/messages.js'
import { violations as webex } from '../../proxy/dialects/webex/messages.js'
import { textMessage, textOf, type WireMessage } from '../../proxy/media/wire.js'
import { DialectCall, script, twoTones } from '../support/dialect-call.js'
import { copyOf, readFixture } from '../support/dialect-fixture.js'
import { rng } from '../support/rng.js'

/** Messages longer than this are cut at some places only, to keep the run short. */
const CUTS_PER_MESSAGE_MAX = 48
const MUTATIONS = 300

const eventKinds = new Set([
  'started',
  'media',
  'digit',
  'payment',
  'message',
  'to-pbx',
  'to-recorder',
  'violation',
  'ended',
  'close',
  'recorder-refused',
])

/** Dialects without a message for the end of a call: the PBX closes its socket. */
const endsByClosing: ReadonlySet<string> = new Set([
  'asterisk',
  'audiosocket',
  'mod_audio_stream',
  'plivo',
  'ringcx',
  'vonage',
  'webex',
])

const violations: Readonly<Record<keyof typeof dialects, readonly string[]>> = {
  asterisk,
  audiocodes,
  audiohook: Object.keys(audiohook),
  audiosocket,
  mod_audio_fork: modAudioFork,
  mod_audio_stream: modAudioFork,
  bandwidth,
  exotel,
  plivo,
  ringcentral,
  ringcx,
  signalwire,
  telnyx,
  twilio,
  vonage,
  webex,
}

const callOf = (dialect: Dialect): DialectCall => {
  const pbx = dialect.simulate(script)
  const handshake = { target: '/calls', ...pbx.handshake }
  const options = dialect.schema.parse({})
  const connection = dialect.connect(options, { handshake, randomUuid: () => script.callId })
  return new DialectCall(connection, pbx, dialect.record(options))
}

const foldersWithFixtures = (name: string): string[] => {
  const folder = inPackage(`fixtures/dialects/${name}/`)
  return existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.jsonl')) : []
}

/** A text that carries audio: one of a hundred. */
const isAudio = (message: WireMessage): boolean => /"(payload|media|audioChunk)":"/.test(textOf(message))

/** What a call of this dialect consists of: its first messages, and every text. */
const openingOf = (dialect: Dialect): WireMessage[] => {
  const call = callOf(dialect)
  call.play()
  return call.fromPbx.filter((message, index) => index < 14 || (!message.isBinary && !isAudio(message)))
}

for (const [name, dialect] of Object.entries<Dialect>(dialects)) {
  const folder = name.replaceAll('_', '-')

  t.test(`${name}: goes by its registry name and needs no configuration`, async (t) => {
    t.equal(dialect.name, name)
    t.ok(dialect.schema.safeParse({}).success)
    t.notOk(dialect.schema.safeParse({ unknown: 1 }).success)
  })

  t.test(`${name}: WIRE.md lists every violation, and none that cannot be`, async (t) => {
    const wire = readFileSync(inPackage(`proxy/dialects/${folder}/WIRE.md`), 'utf8')
    const listed = wire
      .slice(wire.indexOf('## Violations'))
      .split('\n')
      .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, code]) => code))
    t.same(listed.sort(), [...violations[name as keyof typeof dialects]].sort())
  })

  t.test(`${name}: a simulated call reaches the recorder whole`, async (t) => {
    const call = callOf(dialect)
    call.play()
    const started = call.events.find((event) => event.kind === 'started')
    const roles = started?.call.tracks.map(({ role }) => role)
    t.ok(roles?.join() === 'caller,agent' || roles?.join() === 'mixed', 'both parties, apart or mixed')
    t.same(
      call.events.filter((event) => event.kind === 'violation'),
      [],
    )
    t.same(
      call.heard.filter((event) => event.kind === 'violation'),
      [],
    )
    for (const stream of started!.call.streams.keys()) {
      const frames = call.heard.flatMap((event) => (event.kind === 'media' ? [event.frame] : []))
      const own = frames.filter((frame) => frame.stream === stream)
      const samples = own.reduce((sum, frame) => sum + frame.sampleCount, 0)
      t.equal(samples, 6 * twoTones[0]!.length, 'every sample')
      t.equal(own.at(-1)!.startSample + own.at(-1)!.sampleCount, samples, 'without a gap')
    }
    t.equal(call.heard.filter((event) => event.kind === 'ended').length, endsByClosing.has(name) ? 0 : 1)
    t.ok(call.pbx!.isDone)
    t.same(
      call.closed.find(({ side }) => side === 'recorder'),
      { side: 'recorder', code: 1000 },
    )
  })

  t.test(`${name}: a frame with its own payload encodes to the bytes that came`, async (t) => {
    const call = callOf(dialect)
    call.play()
    t.ok(call.arrivals.length > 0)
    for (const { frame, message } of call.arrivals) {
      for (const isChanged of [false, true]) {
        call.connection.forgetPayload?.(frame)
        call.connection.recallPayload?.(frame)
        const encoded = call.connection.encodeMedia(frame, isChanged)
        if (Buffer.compare(encoded.data, message.data) !== 0 || encoded.isBinary !== message.isBinary)
          t.fail('encoded frame differs')
      }
    }
  })

  for (const file of foldersWithFixtures(folder)) {
    t.test(`${name}: ${file} starts, frames encode to the bytes that came, and it ends`, async (t) => {
      const call = new DialectCall(callOf(dialect).connection, null, null)
      for (const { side, message } of readFixture(folder, file.replace('.jsonl', ''))) {
        if (side === 'pbx') call.receive(message)
        else call.receiveFromRecorder(message)
      }
      t.equal(call.events.filter((event) => event.kind === 'started').length, 1)
      // A frame that was overtaken comes out behind another message than its own.
      const came = new Set(call.fromPbx.map(({ data }) => Buffer.from(data).toString('latin1')))
      for (const { frame } of call.arrivals) {
        const { data } = call.connection.encodeMedia(frame, false)
        t.ok(came.has(Buffer.from(data).toString('latin1')))
      }
    })
  }

  t.test(`${name}: cut anywhere, a message yields events or a violation`, async (t) => {
    const opening = openingOf(dialect)
    let strangers = 0
    for (const [index, message] of opening.entries()) {
      const step = Math.ceil(message.data.length / CUTS_PER_MESSAGE_MAX)
      for (let end = 0; end < message.data.length; end += step)
        strangers += meet(dialect, opening.slice(0, index), { ...message, data: message.data.slice(0, end) })
    }
    t.equal(strangers, 0)
  })

  t.test(`${name}: mutated anywhere (seed 1), a message yields events or a violation`, async (t) => {
    const random = rng(1)
    let strangers = 0
    const opening = openingOf(dialect)
    for (let i = 0; i < MUTATIONS; i++) {
      const index = Math.floor(random() * opening.length)
      const mutant = copyOf(opening[index]!)
      for (let flips = 1 + random() * 3; flips > 0 && mutant.data.length > 0; flips--)
        mutant.data[Math.floor(random() * mutant.data.length)] = Math.floor(random() * 256)
      const isBinary = random() < 0.1 ? !mutant.isBinary : mutant.isBinary
      strangers += meet(dialect, opening.slice(0, index), { ...mutant, isBinary })
    }
    t.equal(strangers, 0)
  })

  t.test(`${name}: any value in the place of any other yields events or a violation`, async (t) => {
    const opening = openingOf(dialect)
    let strangers = 0
    for (const [index, message] of opening.entries())
      for (const text of message.isBinary ? [] : strangeTexts(textOf(message)))
        strangers += meet(dialect, opening.slice(0, index), textMessage(text))
    t.equal(strangers, 0)
  })

  t.test(`${name}: whatever a recorder says yields events or a violation`, async (t) => {
    const random = rng(2)
    let strangers = 0
    const opening = openingOf(dialect)
    for (let i = 0; i < MUTATIONS; i++) {
      const call = callOf(dialect)
      call.receive(copyOf(opening[0]!))
      const said = opening[Math.floor(random() * opening.length)]!
      const end = Math.floor(random() * said.data.length)
      call.receiveFromRecorder({ data: said.data.slice(0, end), isBinary: random() < 0.3 })
      call.receiveFromRecorder(copyOf(said))
      strangers += strangersIn(call)
    }
    t.equal(strangers, 0)
  })
}

const strangeValues: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  '',
  'x',
  [],
  [[]],
  {},
  { toString: null, valueOf: null },
]

/** The JSON text with every value in turn replaced by every strange one. */
function strangeTexts(text: string): string[] {
  const paths: string[][] = []
  const walk = (value: unknown, path: string[]): void => {
    paths.push(path)
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key])
  }
  walk(JSON.parse(text), [])
  return paths.flatMap((path) =>
    strangeValues.map((strange) => JSON.stringify(replaced(JSON.parse(text), path, strange))),
  )
}

function replaced(value: object, [key, ...rest]: string[], strange: unknown): unknown {
  if (key === undefined) return strange
  return {
    ...value,
    [key]: replaced(Object.entries(value).find(([name]) => name === key)![1], rest, strange),
  }
}

/** Events of no known kind; an exception fails the test by itself. */
const strangersIn = (call: DialectCall): number =>
  call.events.filter(({ kind }) => !eventKinds.has(kind)).length

/** Hears the messages before, the damaged one, and the end of the call. */
function meet(dialect: Dialect, before: readonly WireMessage[], damaged: WireMessage): number {
  const call = new DialectCall(callOf(dialect).connection, null, null)
  for (const message of before) call.receive(copyOf(message))
  call.receive(damaged)
  call.connection.pbxClosed(false, call.nowMs, call.events)
  call.tick()
  return strangersIn(call)
}
