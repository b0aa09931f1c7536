import { z } from 'zod'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'
import type {
  Dialect,
  DialectConnection,
  DialectPbx,
  ForkEvent,
  PbxScript,
  RecorderEvent,
} from '../../proxy/dialects/dialect.js'
import type { TcpTransport, Transport } from '../../proxy/dialects/transport.js'
import type { WireMessage } from '../../proxy/media/wire.js'
import { FRAME_SAMPLES, media, plain, type ToyFormat, toyDialect } from './toy-dialect.js'

/** The toy dialect as units of a byte stream: two bytes of length, high first, that count themselves; then the message. */
export const toyUnits: TcpTransport = {
  kind: 'tcp',
  unitBytes: (bytes) => (bytes.length < 2 ? null : Math.max(2, (bytes[0]! << 8) | bytes[1]!)),
  unitBytesMax: 4096,
}

export const unitOf = ({ data }: WireMessage): WireMessage => {
  const unit = new Uint8Array(data.length + 2)
  unit.set([unit.length >> 8, unit.length & 0xff])
  unit.set(data, 2)
  return { data: unit, isBinary: true }
}

const format: ToyFormat = { isInterleaved: false, codec: 'pcmu' }

/** How toy messages travel: as they are, or each in a unit. */
interface Wrapping {
  readonly transport: Transport
  wrap(message: WireMessage): WireMessage
  unwrap(message: WireMessage): WireMessage
}

const connectionOf = ({ transport, wrap, unwrap }: Wrapping): DialectConnection => {
  const inner = toyDialect(format)
  const isAnswered = transport.kind === 'grpc'
  return {
    ...inner,
    receive: (message, nowMs, out) => inner.receive(unwrap(message), nowMs, out),
    encodeMedia: (frame, isChanged) => wrap(inner.encodeMedia(frame, isChanged)),
    encodeMessage: (held) => wrap(inner.encodeMessage(held)),
    drained(_nowMs, out) {
      out.push({ kind: 'close', side: 'recorder', code: 1000 })
      if (!isAnswered) out.push({ kind: 'close', side: 'pbx', code: 1000 })
    },
    recorderClosed(wasClean, _nowMs, out) {
      if (isAnswered && wasClean) out.push({ kind: 'to-pbx', message: plain('X') })
      if (isAnswered) out.push({ kind: 'close', side: 'pbx', code: wasClean ? 1000 : 1014 })
    },
    pbxClosed(wasClean, _nowMs, out) {
      out.push({ kind: 'ended', reason: wasClean ? 'hangup' : 'pbx-lost', held: null })
    },
  }
}

/** A PBX of the toy dialect, whose calls all have the id `toy`. */
const pbxOf = ({ wrap }: Wrapping, { roles }: PbxScript): DialectPbx => {
  let frames = 0
  let isDone = false
  return {
    handshake: { headers: { 'x-toy': 'pbx' }, subprotocols: [] },
    isReady: true,
    get isDone() {
      return isDone
    },
    opened: (_nowMs, out) => void out.push(wrap(plain('S'))),
    receive() {},
    audio(pcm, _nowMs, out) {
      for (let at = 0; at + FRAME_SAMPLES <= pcm[0]!.length; at += FRAME_SAMPLES, frames++)
        for (const [track] of roles.entries()) {
          const payload = pcmu.encode(pcm[track]!.subarray(at, at + FRAME_SAMPLES))
          out.push(wrap(media(format, track, frames, frames, [payload])))
        }
    },
    digit() {},
    hangUp(_nowMs, out) {
      out.push(wrap(plain('E')))
      isDone = true
    },
  }
}

/** A dialect that is nobody's. `auth: nobody` lets nobody in. */
const toyOf = (wrapping: Wrapping): Dialect<{ auth: 'none' | 'nobody' }> => ({
  name: 'toy',
  transport: wrapping.transport,
  schema: z.object({ auth: z.enum(['none', 'nobody']).default('none') }),
  subprotocols: [],
  authenticate: (_handshake, { auth }) =>
    auth === 'none' ? { kind: 'accepted' } : { kind: 'refused', status: 401, reason: 'nobody may' },
  recorderHandshake: ({ headers }) => ({
    headers: headers['x-toy'] === undefined ? {} : { 'x-toy': headers['x-toy'] },
    subprotocols: [],
  }),
  connect: () => connectionOf(wrapping),
  record() {
    const inner = connectionOf(wrapping)
    return {
      receive(message: WireMessage, nowMs: number, out: RecorderEvent[]) {
        const heard: ForkEvent[] = []
        inner.receive(message, nowMs, heard)
        for (const event of heard)
          if (event.kind === 'started') out.push({ kind: 'started', call: event.call })
          else if (event.kind === 'media') out.push(event)
          else if (event.kind === 'ended') out.push({ kind: 'ended' })
      },
    }
  },
  simulate: (script) => pbxOf(wrapping, script),
})

/** Over TCP, in units. */
export const toyTcp = toyOf({
  transport: toyUnits,
  wrap: unitOf,
  unwrap: ({ data }) => ({ data: data.subarray(2), isBinary: true }),
})

/** Over gRPC, as it is; the answer to a call is one more message, `X`. */
export const toyGrpc = toyOf({
  transport: { kind: 'grpc', method: '/toy.Toy/Fork' },
  wrap: (message) => message,
  unwrap: (message) => message,
})
