/** Both ends of the opening handshake: RFC 6455, section 4. The HTTP is Node's. */
import { createHash } from 'node:crypto'
import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http'
import type { Handshake } from '../../media/wire.js'

/** Section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Sixteen bytes in base64, section 4.1. */
const KEY = /^[+/0-9A-Za-z]{22}==$/

/** What the server answers to a client's key. */
export const acceptOf = (key: string): string =>
  createHash('sha1')
    .update(key + GUID)
    .digest('base64')

/** A request as far as the handshake looks at it. */
export interface OpeningRequest {
  readonly method?: string | undefined
  readonly headers: {
    readonly upgrade?: string | undefined
    readonly 'sec-websocket-key'?: string | undefined
    readonly 'sec-websocket-version'?: string | undefined
  }
}

/** Why a request is no opening handshake, as the HTTP status to refuse it with; null: it is one. Section 4.2.1. */
export const handshakeFault = ({ method, headers }: OpeningRequest): 400 | 405 | 426 | null => {
  if (method !== 'GET') return 405
  if (headers.upgrade?.toLowerCase() !== 'websocket') return 400
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) return 400
  return headers['sec-websocket-version'] === '13' ? null : 426
}

/** The answer that opens the connection. @param subprotocol null: none */
export const openingAnswer = ({ headers }: OpeningRequest, subprotocol: string | null): string =>
  [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptOf(headers['sec-websocket-key']!)}`,
    ...(subprotocol === null ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
    '\r\n',
  ].join('\r\n')

/** What a refused request is answered with. */
export const statusOf = (status: number): string => `${status} ${STATUS_CODES[status]}`

/** Section 4.4: whoever comes with another version is told ours. */
export const versionHeaders = (status: number): readonly (readonly [name: string, value: string])[] =>
  status === 426 ? [['Sec-WebSocket-Version', '13']] : []

/** What dialects see of a request. @param headers names in lower case */
export const handshakeOf = (target: string, headers: Readonly<Record<string, string>>): Handshake => ({
  target,
  headers,
  subprotocols: (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .flatMap((name) => (name.trim() === '' ? [] : [name.trim()])),
})

/** RFC 9110, section 5.6.2: what a subprotocol may be called. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/

/** Of those offered, the first that is known; `*` knows any. */
export const subprotocolOf = (known: readonly string[] | '*', offered: readonly string[]): string | null =>
  offered.find((name) => (known === '*' ? TOKEN.test(name) : known.includes(name))) ?? null

/** What was offered. */
export interface Offer {
  readonly key: string
  readonly subprotocols: readonly string[]
}

/** Whether a server's 101 opens the connection that was asked for: sections 4.1 and 4.2.2. No extension was offered. */
export const isOpening = (headers: IncomingHttpHeaders, { key, subprotocols }: Offer): boolean => {
  const subprotocol = headers['sec-websocket-protocol']
  const isSelected =
    subprotocol === undefined ? subprotocols.length === 0 : subprotocols.includes(subprotocol)
  return (
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-accept'] === acceptOf(key) &&
    headers['sec-websocket-extensions'] === undefined &&
    isSelected
  )
}
