import type { MediaFrame } from '../media/frame.js'
import type { WireMessage } from '../media/wire.js'

/** The very message that came. Its frame's payload is a view of it, so that silence is in place already. Hot. */
export function encodeMedia(frame: MediaFrame, isPayloadChanged: boolean): WireMessage {
  const message = frame.envelope as WireMessage
  const { data } = message
  const isView = frame.payload.buffer === data.buffer && frame.payload.byteOffset === data.byteOffset
  if (isPayloadChanged && !isView) data.set(frame.payload.subarray(0, data.length))
  return message
}
