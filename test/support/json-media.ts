import type { Dialect, DialectConnection, ForkEvent } from '../../proxy/dialects/dialect.js'
import { messageOf } from '../../proxy/dialects/held-message.js'
import type { MediaFrame } from '../../proxy/media/frame.js'
import { textMessage, textOf } from '../../proxy/media/wire.js'
import { DialectCall, script } from './dialect-call.js'
import { copyOf, readFixture } from './dialect-fixture.js'

/** A connection of a dialect, with what its configuration says beside the defaults. */
export const connect = <O>(dialect: Dialect<O>, config: object = {}): DialectConnection =>
  dialect.connect(dialect.schema.parse(config), {
    handshake: { target: '/', headers: {}, subprotocols: [] },
    randomUuid: () => script.callId,
  })

/** What a connection makes of one message. */
export const hear = (connection: DialectConnection, message: object | string, nowMs = 0): ForkEvent[] => {
  const out: ForkEvent[] = []
  const text = typeof message === 'string' ? message : JSON.stringify(message)
  connection.receive(textMessage(text), nowMs, out)
  return out
}

/** A connection that has heard some messages already. */
export const after = <O>(
  dialect: Dialect<O>,
  config: object,
  ...messages: readonly (object | string)[]
): DialectConnection => {
  const connection = connect(dialect, config)
  for (const message of messages) hear(connection, message)
  return connection
}

export const codesIn = (events: readonly ForkEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'violation' ? [event.code] : []))

export const framesIn = (events: readonly ForkEvent[]): MediaFrame[] =>
  events.flatMap((event) => (event.kind === 'media' ? [event.frame] : []))

/** The texts for the recorder. */
export const heldIn = (events: readonly ForkEvent[]): string[] =>
  events.flatMap((event) => ('held' in event && event.held !== null ? [textOf(messageOf(event.held))] : []))

/** What of a fixture reaches the recorder when nothing in its audio is sensitive, and what was said to the PBX. */
export const replay = <O>(
  dialect: Dialect<O>,
  name: string,
  config: object = {},
): { call: DialectCall; sent: string[]; received: string[] } => {
  const call = new DialectCall(connect(dialect, config), null, dialect.record(dialect.schema.parse(config)))
  for (const { side, message } of readFixture(dialect.name.replaceAll('_', '-'), name)) {
    if (side === 'pbx') call.receive(copyOf(message))
    else call.receiveFromRecorder(copyOf(message))
  }
  return { call, sent: call.fromPbx.map(textOf), received: call.toRecorder.map(textOf) }
}
