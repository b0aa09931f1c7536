/** What RingCentral's call streaming says, one JSON object per text message; see WIRE.md. */
import { z } from 'zod'
import { formatOf } from '../json-media/formats.js'
import { cleanId, idSchema } from '../json-media/text.js'
import { type ForkStart, type JsonMediaWire, type StartRefusal, violationsOf } from '../json-media/wire.js'
import { type JsonObject, objectAt } from '../json-object.js'
import { type RingcentralOptions, ringcentralSchema } from './options.js'

const startSchema = z.object({
  metadata: z.object({
    callId: idSchema,
    sessionId: idSchema.optional(),
    contentType: z.string().optional(),
    audioContentType: z.string().optional(),
    sampleRateHertz: z.coerce.number().default(8000),
  }),
})

const codecs = { 'audio/x-mulaw': 'pcmu' }

/** Conference is the caller and whoever else is in the call, Participant the agent. */
const perspectives = [
  { name: 'Conference', role: 'caller' },
  { name: 'Participant', role: 'agent' },
] as const

/** RingCentral's protocol as a table. */
export const ringcentralWire = ({ reorderMs }: RingcentralOptions): JsonMediaWire => ({
  eventKey: 'event',
  events: { Connected: 'hello', Start: 'start', Media: 'media', Stop: 'stop' },
  media: {
    event: 'Media',
    top: [
      { key: 'event', kind: 'event' },
      { key: 'perspective', kind: 'track' },
      { key: 'sequenceId', kind: 'counter' },
      { key: 'media', kind: 'payload' },
    ],
    body: [],
  },
  digits: null,
  trackNames: perspectives.map(({ name }) => name),
  idKeys: ['callId'],
  gapMs: 60,
  timestampZero: 'stream',
  reorderMs,
  digitMask: '*',
  endsByClosing: true,
  stopsOf: (trackCount) => trackCount,
  readStart,
  forRecorder: (value) => value,
})

function readStart(value: JsonObject): ForkStart | StartRefusal {
  const metadata = startSchema.safeParse(value).data?.metadata
  if (metadata === undefined) return 'start-malformed'
  const { callId, sessionId, contentType, audioContentType, sampleRateHertz } = metadata
  const encoding = contentType ?? audioContentType ?? 'audio/x-mulaw'
  const format = formatOf(codecs, encoding, sampleRateHertz, 1)
  if (format === null) return 'format-unsupported'
  return {
    callId,
    streamId: sessionId === undefined ? callId : `${cleanId(callId)}-${cleanId(sessionId)}`,
    tracks: perspectives.map((perspective) => ({ ...perspective, format })),
    hasStrangeTracks: false,
    parameters: objectAt(value, 'metadata'),
    ids: { callId, ...(sessionId && { sessionId }) },
  }
}

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = violationsOf(ringcentralWire(ringcentralSchema.parse({}).options))
