/**
 * Payloads of messages that spell their audio in base64. The message alone is held: its payload is decoded when somebody needs it, to
 * hear it and, of the few that are silenced, once more. That is done in one piece of memory of the process, overwritten when it has been
 * heard or encoded again (`forgetPayload`): of no call's audio there are two copies for longer than that (R3).
 */
import { beginningOf } from '../../base/beginning-of.js'
import { MESSAGE_BYTES_MAX } from '../../base/limits.js'
import type { MediaFrame } from '../../media/frame.js'
import type { WireMessage } from '../../media/wire.js'
import { base64Bytes, decodeBase64Into } from './base64.js'

/** As much as the largest message can spell: no system gives memory for what nobody has written to. */
const scratch = new Uint8Array((MESSAGE_BYTES_MAX / 4) * 3)
const beginning = beginningOf(scratch)
/** Of whose bytes the scratch holds the payload; null: nobody's. */
let owner: Uint8Array | null = null
/** As much of the scratch has been written to since it was overwritten, bytes. */
let writtenBytes = 0

const nothing: Uint8Array = new Uint8Array(0)
const BACKSLASH = 0x5c

/** Where in a message's bytes a payload's base64 lies, escapes included. */
export interface PayloadPlace {
  readonly payloadStart: number
  readonly payloadEnd: number
}

/** The payload that source[start..end) spells, borrowed until the next is decoded; null unless it is base64 (decodeBase64Into). Hot. */
export function decodePayload(source: Uint8Array, start: number, end: number): Uint8Array | null {
  const byteCount = base64Bytes(source, start, end)
  if (byteCount < 0 || byteCount > scratch.length) return null
  owner = source
  if (byteCount > writtenBytes) writtenBytes = byteCount
  if (decodeBase64Into(source, start, end, scratch)) return beginning(byteCount)
  overwrite()
  return null
}

/** Gives a frame the payload that its message spells, unless it has it still; borrowed until the next is decoded. Hot. */
export function recallPayload(frame: MediaFrame): void {
  const { data } = frame.envelope as WireMessage
  if (owner === data && frame.payload.length > 0) return
  const { payloadStart = 0, payloadEnd = 0 } = frame
  frame.payload = decodePayload(data, payloadStart, payloadEnd) ?? unescaped(data, payloadStart, payloadEnd)
}

/** Overwrites a frame's payload: it has been heard, or is in the message again. Hot. */
export function forgetPayload(frame: MediaFrame): void {
  frame.payload = nothing
  overwrite()
}

function overwrite(): void {
  scratch.fill(0, 0, writtenBytes)
  writtenBytes = 0
  owner = null
}

/** JSON lets a slash be written as two characters, and base64 has slashes. */
function unescaped(data: Uint8Array, start: number, end: number): Uint8Array {
  const base64 = data.subarray(start, end).filter((char) => char !== BACKSLASH)
  const payload = decodePayload(base64, 0, base64.length) ?? nothing
  base64.fill(0)
  return payload
}
