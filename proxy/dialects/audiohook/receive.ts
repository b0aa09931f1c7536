import type { z } from 'zod'
import { textOf, type WireMessage } from '../../media/wire.js'
import {
  type ClientMessage,
  clientGrammar,
  type ServerMessage,
  serverGrammar,
  TEXT_CHARS_MAX,
} from './messages.js'
import type { ViolationCode } from './violations.js'

/** The numbers that every message carries: `peerSeq` is the last one of ours that its sender has seen. */
export interface Numbers {
  readonly id: string
  readonly seq: number
  readonly peerSeq: number
}

/**
 * A text message as far as it could be understood. `numbers` is set as soon as the envelope is sound: they count even
 * when the rest is not understood. `message` is null exactly when `fault` is not.
 */
export interface Read<Message> {
  readonly numbers: Numbers | null
  readonly message: Message | null
  readonly fault: ViolationCode | null
}

interface Grammar {
  readonly envelope: z.ZodType<Numbers & { readonly type: string; readonly parameters: object }>
  readonly parameters: ReadonlyMap<string, z.ZodType>
}

/** Reads what a client (the PBX) said; every failure is a fault in the answer, never an exception. */
export const readClient = (message: WireMessage): Read<ClientMessage> =>
  read(message, clientGrammar) as Read<ClientMessage>

/** Reads what a server (the recorder) said. */
export const readServer = (message: WireMessage): Read<ServerMessage & Numbers> =>
  read(message, serverGrammar) as Read<ServerMessage & Numbers>

const read = (message: WireMessage, grammar: Grammar): Read<unknown> => {
  const text = textOf(message)
  if (text.length > TEXT_CHARS_MAX) return unread('text-too-long')
  const json = parsed(text)
  if (json === undefined) return unread('not-json')
  const envelope = grammar.envelope.safeParse(json).data
  if (envelope === undefined) return unread('envelope')
  const schema = grammar.parameters.get(envelope.type)
  if (schema === undefined) return unread('unknown-type', envelope)
  const parameters = schema.safeParse(envelope.parameters).data
  if (parameters === undefined) return unread('parameters', envelope)
  return { numbers: envelope, message: { ...envelope, parameters }, fault: null }
}

const unread = (fault: ViolationCode, numbers: Numbers | null = null): Read<never> => ({
  numbers,
  message: null,
  fault,
})

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
