import type { MethodDefinition } from '@grpc/grpc-js'
import type { WireMessage } from '../../proxy/media/wire.js'
import { serviceOf, wireOf } from './proto.js'

/** Webex' service, as protobufjs has it from proto/. */
export const webexService = serviceOf(
  'webex/media/v1/conversation_audio.proto',
  'com.cisco.wcc.ccai.media.v1.ConversationAudio',
)

const wire = wireOf(webexService, 'StreamConversationAudio')
const definition = webexService['StreamConversationAudio'] as MethodDefinition<object, object>

export const readRequest = wire.read
export const writeResponse = (response: object): Uint8Array =>
  new Uint8Array(definition.responseSerialize(response))
export const readResponse = (bytes: Uint8Array): Record<string, unknown> =>
  definition.responseDeserialize(Buffer.from(bytes)) as Record<string, unknown>

export const CALLER = 1
export const AGENT = 2
export const LINEAR16 = 1
export const MULAW = 2
export const ALAW = 3

/** A request of conversation `C1`. */
export const request = (fields: object): WireMessage => ({
  data: wire.write({ conversation_id: 'C1', customer_org_id: 'O1', ...fields }),
  isBinary: true,
})

/** 20 ms of mu-law at 8,000 Hz from one leg, unless `audio` says otherwise. */
export const frame = (role: number, role_id: string, audio: object = {}, fields: object = {}): WireMessage =>
  request({
    audio: {
      audio_data: Buffer.alloc(160, 0x11),
      encoding: MULAW,
      sample_rate_hertz: 8000,
      audio_timestamp: { seconds: 1_767_225_600, nanos: 20_000_000 },
      role,
      role_id,
      ...audio,
    },
    ...fields,
  })
