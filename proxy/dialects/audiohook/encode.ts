import { textMessage, type WireMessage } from '../../media/wire.js'
import type { ClientType, ServerType } from './messages.js'

/** Parameters of a message that has none. */
export const NO_PARAMETERS = '{}'

/** Characters that the longest envelope costs: 26-character type, UUID, two 16-digit numbers, 32-character position. */
const ENVELOPE_CHARS_MAX = 256

/** Longest parameters that still make a message which every peer accepts (TEXT_CHARS_MAX, 65,535). */
export const PARAMETERS_CHARS_MAX = 65_535 - ENVELOPE_CHARS_MAX

/** A client's message. `parameters` is JSON text of an object, `position` a duration. */
export const encodeClient = (
  type: ClientType,
  id: string,
  seq: number,
  serverseq: number,
  position: string,
  parameters: string,
): WireMessage =>
  textMessage(
    `{"version":"2","type":"${type}","id":"${id}","seq":${seq},"serverseq":${serverseq},"position":"${position}","parameters":${parameters}}`,
  )

/** A server's message. `parameters` is JSON text of an object. */
export const encodeServer = (
  type: ServerType,
  id: string,
  seq: number,
  clientseq: number,
  parameters: string,
): WireMessage =>
  textMessage(
    `{"version":"2","type":"${type}","id":"${id}","seq":${seq},"clientseq":${clientseq},"parameters":${parameters}}`,
  )
