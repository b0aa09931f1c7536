/** Messages for the recorder: the bytes that came, with nothing changed but the payload's base64. */

import type { MediaFrame } from '../../media/frame.js'
import type { WireMessage } from '../../media/wire.js'
import { OBJECT_BYTES } from '../held-message.js'
import { base64Length, encodeBase64Into } from './base64.js'

/** A frame's message as it is to be sent, and where in its bytes the payload's base64 lies (escapes included). */
export interface MediaEnvelope {
  readonly message: WireMessage
  readonly payloadStart: number
  readonly payloadEnd: number
}

/** What it costs to hold a frame, for the limit. */
export const mediaHeldBytes = (message: WireMessage, payload: Uint8Array): number =>
  message.data.length + payload.length + OBJECT_BYTES

/** The very message that came; a changed payload is written over the old one, so that its audio is gone. Hot. */
export function encodeMedia(frame: MediaFrame, isPayloadChanged: boolean): WireMessage {
  const envelope = frame.envelope as MediaEnvelope
  if (!isPayloadChanged) return envelope.message
  const { message, payloadStart, payloadEnd } = envelope
  if (base64Length(frame.payload.length) !== payloadEnd - payloadStart)
    return respelled(frame.payload, envelope)
  encodeBase64Into(frame.payload, message.data, payloadStart)
  return message
}

/** The base64 was spelled with escapes: the new one is shorter and needs a message of its own. */
function respelled(payload: Uint8Array, { message, payloadStart, payloadEnd }: MediaEnvelope): WireMessage {
  const { data } = message
  const newEnd = payloadStart + base64Length(payload.length)
  const target = new Uint8Array(newEnd + data.length - payloadEnd)
  target.set(data.subarray(0, payloadStart))
  encodeBase64Into(payload, target, payloadStart)
  target.set(data.subarray(payloadEnd), newEnd)
  data.fill(0)
  return { data: target, isBinary: false }
}
