/**
 * What a dialect's messages travel over. The sockets themselves are in edge/: a dialect only says how its messages are told
 * apart. Whatever the transport, a connection is one call, and one unit of the protocol is one `WireMessage`.
 */
export type Transport = WebSocketTransport | TcpTransport | GrpcTransport

/** Messages of RFC 6455, text and binary. Forks have a path of one port that all of them share. */
export interface WebSocketTransport {
  readonly kind: 'websocket'
}

/**
 * A byte stream in which every unit tells its own length. Each fork has a port. A socket becomes a call with its first
 * unit: until then nobody has been dialled for it. Every message is binary, and is sent as it stands.
 */
export interface TcpTransport {
  readonly kind: 'tcp'
  /** Bytes of the unit that begins at bytes[0], header included, at least 1; null until enough has come to tell. Pure. */
  unitBytes(bytes: Uint8Array): number | null
  /** Largest unit, header included. A peer that announces a larger one is cut off. */
  readonly unitBytesMax: number
}

/**
 * One RPC per call on HTTP/2; each fork has a port. Every message is binary: one serialized message of the method, in both
 * directions. Metadata are the handshake's headers, and its target is the method.
 *
 * A PBX that half-closes has ended its fork (`pbxClosed`) and still waits for an answer: the dialect answers it with
 * `to-pbx` messages and a `close` once the recorder has closed, never before. Streams of requests with one response and
 * streams with many are the same on the wire, so that nothing here tells them apart.
 */
export interface GrpcTransport {
  readonly kind: 'grpc'
  /** `/package.Service/Method`, as in the request's `:path`. */
  readonly method: string
}

const webSocket: WebSocketTransport = { kind: 'websocket' }

/** A dialect that names no transport comes over WebSocket. */
export const transportOf = ({ transport }: { readonly transport?: Transport }): Transport =>
  transport ?? webSocket

/** URL schemes of each transport, without and with TLS. */
export const schemesOf = {
  websocket: ['ws:', 'wss:'],
  tcp: ['tcp:', 'tls:'],
  grpc: ['grpc:', 'grpcs:'],
} as const satisfies Record<Transport['kind'], readonly [plain: string, encrypted: string]>
