/**
 * What Webex Contact Center says, by field numbers; proto/webex/media/v1/conversation_audio.proto has the same with names.
 * Source: webex/dataSourceSchemas, Services/AudioForking; see WIRE.md.
 */
import type { MessageType } from '../protobuf.js'

/** `/package.Service/Method`. */
export const METHOD = '/com.cisco.wcc.ccai.media.v1.ConversationAudio/StreamConversationAudio'

/** The schema's id, which Webex writes into its tokens. */
export const SCHEMA_ID = '523e1b7f-4693-47bc-b84e-a7b7a505fb0b'

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = [
  'conversation-changed',
  'field-unknown',
  'format-unsupported',
  'message-malformed',
  'odd-length',
  'party-without-track',
  'recorder-message-dropped',
] as const

export type Violation = (typeof violations)[number]

export const request = { conversationId: 1, customerOrgId: 2, audio: 3, additionalInfo: 4 } as const
export const entry = { key: 1, value: 2 } as const
export const audio = { data: 1, encoding: 2, sampleRate: 3, timestamp: 4, role: 5, roleId: 6 } as const
export const timestamp = { seconds: 1, nanos: 2 } as const
export const response = { statusMessage: 1, errorCode: 2 } as const

export const roles = { caller: 1, agent: 2 } as const
export const encodings = { linear16: 1, mulaw: 2, alaw: 3 } as const

/** ERROR_NONE; the others are positive. */
export const ERROR_NONE = 0
export const ERROR_MAX = 2

/** Every message from Webex. */
export const requestType: MessageType = {
  [request.conversationId]: 'text',
  [request.customerOrgId]: 'text',
  [request.audio]: {
    message: {
      [audio.data]: 'bytes',
      [audio.encoding]: 'number',
      [audio.sampleRate]: 'number',
      [audio.timestamp]: { message: { [timestamp.seconds]: 'number', [timestamp.nanos]: 'number' } },
      [audio.role]: 'number',
      [audio.roleId]: 'text',
    },
  },
  [request.additionalInfo]: { message: { [entry.key]: 'text', [entry.value]: 'text' }, isRepeated: true },
}

/** The one message to Webex. */
export const responseType: MessageType = {
  [response.statusMessage]: 'text',
  [response.errorCode]: 'number',
}
