/** Messages for the recorder: the bytes that came, with nothing changed but the payload's base64. */

import type { MediaFrame } from '../../media/frame.js'
import type { WireMessage } from '../../media/wire.js'
import { OBJECT_BYTES } from '../held-message.js'
import { base64Length, encodeBase64Into } from './base64.js'
import type { PayloadPlace } from './payload.js'

/** What it costs to hold a frame, for the limit. */
export const mediaHeldBytes = (message: WireMessage): number => message.data.length + OBJECT_BYTES

/** The very message that came; a changed payload is written over the old one, so that its audio is gone. Hot. */
export function encodeMedia(frame: MediaFrame, isPayloadChanged: boolean): WireMessage {
  const message = frame.envelope as WireMessage
  if (!isPayloadChanged) return message
  const { payload, payloadStart = 0, payloadEnd = 0 } = frame
  if (base64Length(payload.length) !== payloadEnd - payloadStart)
    return respelled(payload, message, { payloadStart, payloadEnd })
  encodeBase64Into(payload, message.data, payloadStart)
  return message
}

/** The base64 was spelled with escapes: the new one is shorter and needs a message of its own. */
function respelled(
  payload: Uint8Array,
  { data }: WireMessage,
  { payloadStart, payloadEnd }: PayloadPlace,
): WireMessage {
  const newEnd = payloadStart + base64Length(payload.length)
  const target = new Uint8Array(newEnd + data.length - payloadEnd)
  target.set(data.subarray(0, payloadStart))
  encodeBase64Into(payload, target, payloadStart)
  target.set(data.subarray(payloadEnd), newEnd)
  data.fill(0)
  return { data: target, isBinary: false }
}
