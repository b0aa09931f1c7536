/** Messages for the recorder: binary is audio and nothing else, text goes as it was held. */
import type { MediaFrame } from '../../media/frame.js'
import type { WireMessage } from '../../media/wire.js'
import type { HeldMessage } from '../dialect.js'

/** Bytes of objects around a held message, a generous round figure. */
export const OBJECT_BYTES = 192

export const heldOf = (message: WireMessage): HeldMessage => ({
  envelope: message,
  heldBytes: message.data.length + OBJECT_BYTES,
})

export const encodeMessage = (held: HeldMessage): WireMessage => held.envelope as WireMessage

/** The very message that came. Its frame's payload is a view of it, so that silence is in place already. Hot. */
export function encodeMedia(frame: MediaFrame, isPayloadChanged: boolean): WireMessage {
  const message = frame.envelope as WireMessage
  const { data } = message
  const isView = frame.payload.buffer === data.buffer && frame.payload.byteOffset === data.byteOffset
  if (isPayloadChanged && !isView) data.set(frame.payload.subarray(0, data.length))
  return message
}
