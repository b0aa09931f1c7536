import { z } from 'zod'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'
import type {
  Dialect,
  DialectConnection,
  ForkEvent,
  PbxScript,
  RecorderEvent,
} from '../../proxy/dialects/dialect.js'
import type { TcpTransport } from '../../proxy/dialects/transport.js'
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
const bare = ({ data }: WireMessage): WireMessage => ({ data: data.subarray(2), isBinary: true })

const connection = (): DialectConnection => {
  const inner = toyDialect(format)
  return {
    ...inner,
    receive: (message, nowMs, out) => inner.receive(bare(message), nowMs, out),
    encodeMedia: (frame, isChanged) => unitOf(inner.encodeMedia(frame, isChanged)),
    encodeMessage: (held) => unitOf(inner.encodeMessage(held)),
    drained(_nowMs, out) {
      out.push({ kind: 'close', side: 'recorder', code: 1000 }, { kind: 'close', side: 'pbx', code: 1000 })
    },
    pbxClosed(wasClean, _nowMs, out) {
      out.push({ kind: 'ended', reason: wasClean ? 'hangup' : 'pbx-lost', held: null })
    },
  }
}

/** A PBX of the toy dialect, whose calls all have the id `toy`. */
const pbx = ({ roles }: PbxScript) => {
  let frames = 0
  return {
    handshake: { headers: {}, subprotocols: [] },
    isReady: true,
    isDone: false,
    opened: (_nowMs: number, out: WireMessage[]) => void out.push(unitOf(plain('S'))),
    receive() {},
    audio(pcm: readonly Int16Array[], _nowMs: number, out: WireMessage[]) {
      for (let at = 0; at + FRAME_SAMPLES <= pcm[0]!.length; at += FRAME_SAMPLES, frames++)
        for (const [track] of roles.entries()) {
          const payload = pcmu.encode(pcm[track]!.subarray(at, at + FRAME_SAMPLES))
          out.push(unitOf(media(format, track, frames, frames, [payload])))
        }
    },
    digit() {},
    hangUp(_nowMs: number, out: WireMessage[]) {
      out.push(unitOf(plain('E')))
      this.isDone = true
    },
  }
}

/** A dialect over TCP that is nobody's. Credentials are `auth: 'nobody'`, which lets nobody in. */
export const toyTcp: Dialect<{ auth: 'none' | 'nobody' }> = {
  name: 'toy',
  transport: toyUnits,
  schema: z.object({ auth: z.enum(['none', 'nobody']).default('none') }),
  subprotocols: [],
  authenticate: (_handshake, { auth }) =>
    auth === 'none' ? { kind: 'accepted' } : { kind: 'refused', status: 401, reason: 'nobody may' },
  recorderHandshake: () => ({ headers: {}, subprotocols: [] }),
  connect: connection,
  record() {
    const inner = connection()
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
  simulate: pbx,
}
