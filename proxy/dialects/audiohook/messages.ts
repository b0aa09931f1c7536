import { z } from 'zod'

/**
 * Everything that AudioHook version 2 can say, as validators; the types follow from them. "Client" is the contact centre
 * (our PBX side), "server" the recorder. Where the reference implementation and the product differ, the lenient form
 * is taken for what we merely pass on, and the strict one for what we act upon.
 */

/** Longest text message, in UTF-16 units, both ways: the reference client answers a longer one with error 413. */
export const TEXT_CHARS_MAX = 65_535

/** Longest duration that is believed, in seconds: eleven days. It bounds what `discarded` can do to positions. */
const DURATION_SECONDS_MAX = 1_000_000

/** Versions 1 to 5 and the null UUID, as the reference validators have it; a version 7 UUID is refused by them. */
const UUID =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|0{8}-0{4}-0{4}-0{4}-0{12})$/i

/** In `conversationId` and `participant.id` at once it marks a connection probe. */
export const NULL_UUID = '00000000-0000-0000-0000-000000000000'

export const isUuid = (text: string | undefined): text is string => text !== undefined && UUID.test(text)

/** Seconds of an ISO 8601 duration as AudioHook writes it ("PT12.34S"). */
export const secondsOf = (duration: string): number => Number(duration.slice(2, -1))

/** A duration from seconds, rounded to the microsecond: never in exponent notation, which the validators refuse. */
export const durationOf = (seconds: number): string => `PT${Math.round(seconds * 1e6) / 1e6}S`

const uuid = z.string().regex(UUID)
const number = z.int().nonnegative()
const duration = z
  .string()
  .max(32)
  .regex(/^PT(?:\d*\.)?\d+S$/)
  .refine((text) => secondsOf(text) <= DURATION_SECONDS_MAX)
const nothing = z.looseObject({})
const skipped = z.looseObject({ start: duration, discarded: duration })

const media = z.object({
  type: z.literal('audio'),
  format: z.enum(['PCMU', 'L16']),
  channels: z
    .array(z.enum(['external', 'internal']))
    .min(1)
    .max(2)
    .refine((channels) => channels[0] !== channels[1]),
  rate: z.literal(8000),
})

/** An audio format that the proxy can judge: `channels` in the order in which a payload interleaves them. */
export type Media = z.infer<typeof media>

/** The offers among whatever a peer listed that the proxy can judge, in their order; the rest is left out. */
export const processableMedia = (offers: readonly unknown[]): Media[] =>
  offers.flatMap((offer) => media.safeParse(offer).data ?? [])

/** What the parameters of each client message must look like; offers that we cannot judge are no fault of the client's. */
const clientParameters = {
  open: z.looseObject({
    organizationId: uuid,
    conversationId: uuid,
    participant: z.looseObject({ id: uuid, ani: z.string(), aniName: z.string(), dnis: z.string() }),
    media: z.array(z.unknown()),
    customConfig: z.record(z.string(), z.unknown()).optional(),
    inputVariables: z.record(z.string(), z.unknown()).optional(),
    supportedLanguages: z.boolean().optional(),
  }),
  ping: z.looseObject({ rtt: duration.optional() }),
  paused: nothing,
  resumed: skipped,
  discarded: skipped,
  update: z.looseObject({ language: z.string() }),
  error: z.looseObject({
    code: z.int().min(400).max(9999),
    message: z.string(),
    retryAfter: duration.optional(),
  }),
  close: z.looseObject({ reason: z.enum(['end', 'error', 'disconnect', 'reconnect']) }),
  dtmf: z.looseObject({ digit: z.string().regex(/^[0-9A-Da-d*#]$/) }),
  playback_started: nothing,
  playback_completed: nothing,
} as const satisfies Record<string, z.ZodType>

/** What the parameters of each server message must look like. An `event` without entities makes the client fail. */
const serverParameters = {
  opened: z.looseObject({
    media: z.array(media).max(1),
    startPaused: z.boolean().optional(),
    discardTo: duration.optional(),
    supportedLanguages: z.array(z.string()).optional(),
  }),
  pong: nothing,
  pause: nothing,
  resume: nothing,
  event: z.looseObject({ entities: z.array(z.looseObject({ type: z.string(), data: z.unknown() })).min(1) }),
  updated: nothing,
  reconnect: z.looseObject({ info: z.string().optional() }),
  disconnect: z.looseObject({
    reason: z.enum(['completed', 'unauthorized', 'error']),
    info: z.string().optional(),
  }),
  closed: nothing,
} as const satisfies Record<string, z.ZodType>

type Said<Schemas extends Record<string, z.ZodType>> = {
  [Type in keyof Schemas]: { readonly type: Type; readonly parameters: z.infer<Schemas[Type]> }
}[keyof Schemas]

/** From the contact centre. `position` is its own view: samples processed over the rate. */
export type ClientMessage = Said<typeof clientParameters> & { readonly position: string }
/** From the recorder. */
export type ServerMessage = Said<typeof serverParameters>
export type ClientType = ClientMessage['type']
export type ServerType = ServerMessage['type']
export type OpenParameters = z.infer<typeof clientParameters.open>

const envelope = { version: z.literal('2'), type: z.string(), id: uuid, seq: number, parameters: nothing }

/** How the messages of one side are read: their envelope, then their parameters by type. */
export const clientGrammar = {
  envelope: z
    .object({ ...envelope, serverseq: number, position: duration })
    .transform((message) => ({ ...message, peerSeq: message.serverseq })),
  parameters: new Map<string, z.ZodType>(Object.entries(clientParameters)),
}
export const serverGrammar = {
  envelope: z
    .object({ ...envelope, clientseq: number })
    .transform((message) => ({ ...message, peerSeq: message.clientseq })),
  parameters: new Map<string, z.ZodType>(Object.entries(serverParameters)),
}
