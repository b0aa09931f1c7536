/** What a provider's message says, by the places that the configuration names in it. */
import type { SignalKind } from '../policy/signal.js'
import { valueAt } from './json-pointer.js'
import type { CallName } from './principal.js'

/** Where things stand in a message: JSON pointers (RFC 6901), and which words mean a start and an end. */
export interface WebhookMapping {
  readonly kind: Exclude<SignalKind, 'consent' | 'emergency'>
  readonly call: { readonly callId: string } | { readonly key: string; readonly value: string }
  readonly signalId: string
  readonly state: string
  readonly started: readonly string[]
  readonly ended: readonly string[]
}

/** `ignored`: an event that is about something else. `incomplete`: its call or its step is not where it should be. */
export type WebhookEvent =
  | {
      readonly kind: 'signal'
      readonly signal: WebhookMapping['kind']
      readonly state: 'started' | 'ended'
      readonly address: CallName
      readonly signalId: string
    }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'incomplete' }

/** Longest id that is taken from a message, characters; the API's own bound. */
const ID_LENGTH_MAX = 200

export const webhookEvent = (mapping: WebhookMapping, document: unknown): WebhookEvent => {
  const state = stateOf(mapping, textAt(document, mapping.state))
  if (state === null) return { kind: 'ignored' }
  const address = addressOf(mapping, document)
  const signalId = textAt(document, mapping.signalId)
  if (address === null || signalId === null) return { kind: 'incomplete' }
  return { kind: 'signal', signal: mapping.kind, state, address, signalId }
}

const stateOf = ({ started, ended }: WebhookMapping, word: string | null): 'started' | 'ended' | null => {
  if (word === null) return null
  return started.includes(word) ? 'started' : ended.includes(word) ? 'ended' : null
}

const addressOf = ({ call }: WebhookMapping, document: unknown): CallName | null => {
  const name = textAt(document, 'callId' in call ? call.callId : call.value)
  if (name === null) return null
  return 'callId' in call ? { kind: 'call', callId: name } : { kind: 'alias', key: call.key, value: name }
}

/** Text there, or a whole number as text: some providers count their ids. */
const textAt = (document: unknown, pointer: string): string | null => {
  const value = valueAt(document, pointer)
  const text = Number.isSafeInteger(value) ? String(value) : value
  return typeof text === 'string' && text.length > 0 && text.length <= ID_LENGTH_MAX ? text : null
}
