/**
 * What a dialect's messages travel over. The sockets themselves are in edge/: a dialect only says how its messages are told
 * apart. Whatever the transport, a connection is one call, and one unit of the protocol is one `WireMessage`.
 */
export type Transport = WebSocketTransport | TcpTransport

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

const webSocket: WebSocketTransport = { kind: 'websocket' }

/** A dialect that names no transport comes over WebSocket. */
export const transportOf = ({ transport }: { readonly transport?: Transport }): Transport =>
  transport ?? webSocket

/** URL schemes of each transport, without and with TLS. */
export const schemesOf = {
  websocket: ['ws:', 'wss:'],
  tcp: ['tcp:', 'tls:'],
} as const satisfies Record<Transport['kind'], readonly [plain: string, encrypted: string]>
