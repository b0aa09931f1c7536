/** One message (WebSocket, gRPC) or one unit of a byte stream (TCP; always binary), as received or as to be sent. `data` is owned by whoever holds the message. */
export interface WireMessage {
  readonly data: Uint8Array
  readonly isBinary: boolean
}

/** The HTTP request of one hop (upgrade or RPC), as far as dialects look at it. Header names are lower case. Empty for TCP. */
export interface Handshake {
  /** Path and query exactly as requested. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  /** Subprotocols offered, in the client's order. */
  readonly subprotocols: readonly string[]
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A text message from a string. */
export const textMessage = (text: string): WireMessage => ({ data: encoder.encode(text), isBinary: false })

/** The text of a message; malformed UTF-8 becomes U+FFFD. */
export const textOf = (message: WireMessage): string => decoder.decode(message.data)
