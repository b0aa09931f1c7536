import { textMessage, type WireMessage } from '../media/wire.js'
import type { HeldMessage } from './dialect.js'

/** Bytes of objects around a held message, a generous round figure: the limit on bytes bounds memory, it does not account for it. */
export const OBJECT_BYTES = 192

/** A message that waits as it is. */
export const heldOf = (message: WireMessage): HeldMessage => ({
  envelope: message,
  heldBytes: message.data.length + OBJECT_BYTES,
})

export const heldText = (text: string): HeldMessage => heldOf(textMessage(text))

/** The message that was held by heldOf(). */
export const messageOf = (held: HeldMessage): WireMessage => held.envelope as WireMessage
