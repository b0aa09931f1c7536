import type { WireMessage } from '../../proxy/media/wire.js'
import { serviceOf, wireOf } from './proto.js'

/** RingCX' service, as protobufjs has it from proto/. */
export const ringcxService = serviceOf(
  'ringcx/streaming/v1beta2/streaming.proto',
  'ringcentral.ringcx.streaming.v1beta2.Streaming',
)

const wire = wireOf(ringcxService, 'Stream')

export const readEvent = wire.read

/** A StreamEvent of session `S1`. */
export const event = (event: object): WireMessage => ({
  data: wire.write({ session_id: 'S1', ...event }),
  isBinary: true,
})

export const init = (dialog: object = {}): WireMessage =>
  event({
    dialog_init: { account: { id: 'A1', sub_account_id: 'A2' }, dialog: { id: 'D1', type: 1, ...dialog } },
  })

export const join = (id: string, type: number, start: object = {}): WireMessage =>
  event({ segment_start: { segment_id: id, participant: { id: `party-${id}`, type }, ...start } })

/** `samples` of one value; 100 ms when left out. */
export const media = (id: string, seq: number, value = 0x11, samples = 800): WireMessage =>
  event({
    segment_media: {
      segment_id: id,
      audio_content: { payload: Buffer.alloc(samples, value), seq, duration: samples / 8 },
    },
  })

export const info = (id: string, name: string, data?: string): WireMessage =>
  event({ segment_info: { segment_id: id, event: name, ...(data !== undefined && { data }) } })

export const leave = (id: string): WireMessage => event({ segment_stop: { segment_id: id } })

export const CONTACT = 1
export const AGENT = 2
export const BOT = 5
