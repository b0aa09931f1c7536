/**
 * AudioSocket's units, as res/res_audiosocket.c of Asterisk 23.4 and the protocol's page have them:
 *
 *     kind (1)   length of the payload (2, high byte first)   payload
 */
import type { TcpTransport } from '../transport.js'

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = [
  'digit-malformed',
  'error-malformed',
  'kind-unknown',
  'odd-length',
  'rate-changed',
  'recorder-message-dropped',
  'unit-malformed',
  'uuid-missing',
  'uuid-repeated',
] as const

export type Violation = (typeof violations)[number]

export const HEAD_BYTES = 3

export const kinds = { hangup: 0x00, uuid: 0x01, digit: 0x03, error: 0xff } as const

/** Kinds of signed linear audio, low byte first, mono: the rate of each, Hz. */
const rates: Readonly<Record<number, number>> = {
  16: 8000,
  17: 12_000,
  18: 16_000,
  19: 24_000,
  20: 32_000,
  21: 44_100,
  22: 48_000,
  23: 96_000,
  24: 192_000,
}

/** Hz; undefined for a kind that is no audio. */
export const rateOfKind = (kind: number): number | undefined => rates[kind]

/** The kind of audio at a rate; undefined when there is none. */
export const kindOfRate = (rateHz: number): number | undefined => {
  const entry = Object.entries(rates).find(([, hz]) => hz === rateHz)
  return entry && Number(entry[0])
}

const lengthOf = (bytes: Uint8Array): number => (bytes[1]! << 8) | bytes[2]!

export const audioSocketTransport: TcpTransport = {
  kind: 'tcp',
  unitBytes: (bytes) => (bytes.length < HEAD_BYTES ? null : HEAD_BYTES + lengthOf(bytes)),
  unitBytesMax: HEAD_BYTES + 0xffff,
}

/** Whether the bytes are one whole unit. */
export const isUnit = (data: Uint8Array): boolean =>
  data.length >= HEAD_BYTES && data.length === HEAD_BYTES + lengthOf(data)

/** The payload, a view of the unit. */
export const payloadOf = (unit: Uint8Array): Uint8Array => unit.subarray(HEAD_BYTES)

/** A unit of its own memory. */
export function unitOf(kind: number, payload: Uint8Array): Uint8Array {
  const unit = new Uint8Array(HEAD_BYTES + payload.length)
  unit[0] = kind
  unit[1] = payload.length >> 8
  unit[2] = payload.length & 0xff
  unit.set(payload, HEAD_BYTES)
  return unit
}

const UUID_BYTES = 16

/** A UUID's 16 bytes as text; null for any other number of bytes. */
export function uuidText(bytes: Uint8Array): string | null {
  if (bytes.length !== UUID_BYTES) return null
  const hex = Buffer.from(bytes).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** The 16 bytes of a UUID in text. */
export const uuidBytes = (text: string): Uint8Array =>
  new Uint8Array(Buffer.from(text.replaceAll('-', ''), 'hex'))
