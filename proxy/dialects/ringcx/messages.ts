/**
 * What RingCX says, by field numbers; proto/ringcx/streaming/v1beta2/streaming.proto has the same with names. Source: RingCX
 * developer guide, "RingCX Audio Streaming"; see WIRE.md.
 */
import type { MessageType } from '../protobuf.js'

/** `/package.Service/Method`. */
export const METHOD = '/ringcentral.ringcx.streaming.v1beta2.Streaming/Stream'

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = [
  'dialog-missing',
  'dialog-repeated',
  'event-unknown',
  'field-unknown',
  'format-unsupported',
  'message-malformed',
  'party-without-track',
  'recorder-message-dropped',
  'segment-malformed',
  'segment-repeated',
  'segment-unknown',
  'seq-repeated',
  'too-many-segments',
] as const

export type Violation = (typeof violations)[number]

/** Of StreamEvent: the session, and one of the events. */
export const fields = {
  sessionId: 1,
  dialogInit: 2,
  segmentStart: 3,
  segmentMedia: 4,
  segmentInfo: 5,
  segmentStop: 6,
} as const

/** The first field of every event about a segment. */
export const SEGMENT_ID = 1

export const dialogInit = { account: 1, dialog: 2 } as const
export const account = { id: 1, subAccountId: 2, rcAccountId: 3 } as const
export const dialog = { id: 1, type: 2, ani: 3, dnis: 4, language: 5, attributes: 6 } as const
export const attribute = { key: 1, value: 2 } as const
export const segmentStart = { product: 2, participant: 3, audioFormat: 4 } as const
export const product = { id: 1, type: 2 } as const
export const participant = { id: 1, type: 2, name: 3 } as const
export const audioFormat = { codec: 1, rate: 2, ptime: 3 } as const
export const segmentMedia = { audioContent: 2 } as const
export const audioContent = { payload: 1, seq: 2, duration: 3 } as const
export const segmentInfo = { event: 2, data: 3 } as const

export const participantTypes = { contact: 1, agent: 2, bot: 5 } as const
export const codecs = { pcma: 2, pcmu: 3 } as const

const dialogType: MessageType = {
  [dialog.id]: 'text',
  [dialog.type]: 'number',
  [dialog.ani]: 'text',
  [dialog.dnis]: 'text',
  [dialog.language]: 'text',
  [dialog.attributes]: { message: { [attribute.key]: 'text', [attribute.value]: 'text' }, isRepeated: true },
}

const accountType: MessageType = {
  [account.id]: 'text',
  [account.subAccountId]: 'text',
  [account.rcAccountId]: 'text',
}

const segmentStartType: MessageType = {
  [SEGMENT_ID]: 'text',
  [segmentStart.product]: { message: { [product.id]: 'text', [product.type]: 'number' } },
  [segmentStart.participant]: {
    message: { [participant.id]: 'text', [participant.type]: 'number', [participant.name]: 'text' },
  },
  [segmentStart.audioFormat]: {
    message: { [audioFormat.codec]: 'number', [audioFormat.rate]: 'number', [audioFormat.ptime]: 'number' },
  },
}

const segmentMediaType: MessageType = {
  [SEGMENT_ID]: 'text',
  [segmentMedia.audioContent]: {
    message: {
      [audioContent.payload]: 'bytes',
      [audioContent.seq]: 'number',
      [audioContent.duration]: 'number',
    },
  },
}

/** Every message of the method. */
export const streamEvent: MessageType = {
  [fields.sessionId]: 'text',
  [fields.dialogInit]: {
    message: {
      [dialogInit.account]: { message: accountType },
      [dialogInit.dialog]: { message: dialogType },
    },
  },
  [fields.segmentStart]: { message: segmentStartType },
  [fields.segmentMedia]: { message: segmentMediaType },
  [fields.segmentInfo]: {
    message: { [SEGMENT_ID]: 'text', [segmentInfo.event]: 'text', [segmentInfo.data]: 'text' },
  },
  [fields.segmentStop]: { message: { [SEGMENT_ID]: 'text' } },
}
