/**
 * Payloads of messages that spell their audio in base64. The message alone is held: its payload is decoded when somebody needs it, to
 * hear it and, of the few that are silenced, once more. That is done in one piece of memory of the process, overwritten when it has been
 * heard or encoded again (`forgetPayload`): of no call's audio there are two copies for longer than that (R3).
 */
import type { MediaFrame } from '../../media/frame.js'
import type { WireMessage } from '../../media/wire.js'
import { type MediaMemory, mediaMemory } from './media-memory.js'

const nothing: Uint8Array = new Uint8Array(0)
const BACKSLASH = 0x5c

/** Where in a message's bytes a payload's base64 lies, escapes included. */
export interface PayloadPlace {
  readonly payloadStart: number
  readonly payloadEnd: number
}

/** The payload that source[start..end) spells, borrowed until the next is decoded; null unless it is base64 (decodeBase64Into). Hot. */
export function decodePayload(
  source: Uint8Array,
  start: number,
  end: number,
  memory = mediaMemory,
): Uint8Array | null {
  return memory.decode(source, start, end)
}

/** Gives a frame the payload that its message spells, unless it has it still; borrowed until the next is decoded. Hot. */
export function recallPayload(frame: MediaFrame, memory = mediaMemory): void {
  const { data } = frame.envelope as WireMessage
  if (memory.payloadOf === data && frame.payload.length > 0) return
  const { payloadStart = 0, payloadEnd = 0 } = frame
  frame.payload =
    memory.decode(data, payloadStart, payloadEnd) ?? unescaped(data, payloadStart, payloadEnd, memory)
}

/** Overwrites a frame's payload: it has been heard, or is in the message again. Hot. */
export function forgetPayload(frame: MediaFrame, memory = mediaMemory): void {
  frame.payload = nothing
  memory.overwrite()
}

/** Overwrites a payload that no frame is made of. */
export const refusePayload = (memory = mediaMemory): void => memory.overwrite()

/** JSON lets a slash be written as two characters, and base64 has slashes. */
function unescaped(data: Uint8Array, start: number, end: number, memory: MediaMemory): Uint8Array {
  const base64 = data.subarray(start, end).filter((char) => char !== BACKSLASH)
  const payload = memory.decode(base64, 0, base64.length) ?? nothing
  base64.fill(0)
  return payload
}
