import { z } from 'zod'
import { scrubText } from '../text.js'
import { PARAMETERS_CHARS_MAX } from './encode.js'
import type { ClientType, Media, OpenParameters, ServerType } from './messages.js'

/**
 * What leaves of the text of a message, as JSON text of its parameters. A value stays as it came only when its validator
 * has pinned it down (an id, a duration, a flag, a word of a closed set); everything else, also under keys that we have
 * never heard of, goes through the scrubber of card numbers and of digits that their name gives away.
 */

type Fields = Readonly<Record<string, unknown>>

const noKeys: ReadonlySet<string> = new Set()

/** The pinned keys of every message that is passed on as it came; the others are rebuilt key by key. */
const pinnedKeys = {
  paused: [],
  resumed: ['start', 'discarded'],
  discarded: ['start', 'discarded'],
  update: [],
  error: ['code', 'retryAfter'],
  close: ['reason'],
  playback_started: [],
  playback_completed: [],
  opened: ['media', 'startPaused', 'discardTo'],
  pause: [],
  resume: [],
  updated: [],
  reconnect: [],
  disconnect: ['reason'],
  closed: [],
} as const satisfies Partial<Record<ClientType | ServerType, readonly string[]>>

/** What is left of a message that is passed on; its pinned values alone where the rest is too long or too deep to clean. */
export const cleanParameters = (type: keyof typeof pinnedKeys, parameters: Fields): string =>
  shortText(cleanFields(parameters, pinnedKeys[type])) ?? JSON.stringify(only(parameters, pinnedKeys[type]))

/** Keys of `open` that are written anew, or that would name sessions in the other hop's numbers. */
const rebuiltKeys = ['organizationId', 'conversationId', 'participant', 'media', 'continuedSessions']
const withheldKeys = ['customConfig', 'inputVariables']

/**
 * The `open` that the recorder gets, with those of the client's offers that we can judge; null when it cannot be cleaned.
 * @param isWithheld keep the caller's number and name, `customConfig` and `inputVariables` back
 */
export const cleanOpen = (
  open: OpenParameters,
  media: readonly Media[],
  isWithheld: boolean,
): string | null => {
  const { organizationId, conversationId } = open
  const caller = isWithheld ? { ...open.participant, ani: '', aniName: '' } : open.participant
  const participant = cleanFields(caller, ['id'])
  const rest = cleanFields(except(open, isWithheld ? [...rebuiltKeys, ...withheldKeys] : rebuiltKeys), [])
  return participant && rest && shortText({ organizationId, conversationId, participant, media, ...rest })
}

/** By what a policy may let signals address the call: the two ids, and the texts at the top of `customConfig`. */
export const metadataOf = (open: OpenParameters): Record<string, string> => {
  const texts = Object.entries(scrubFields(open.customConfig ?? {}) ?? {}).filter(
    (field): field is [string, string] => typeof field[1] === 'string',
  )
  return {
    ...Object.fromEntries(texts),
    organizationId: open.organizationId,
    participantId: open.participant.id,
  }
}

/** Keys inside an entity whose values are the recorder's ids and figures, not words. */
const figures: ReadonlySet<string> = new Set(['id', 'offset', 'duration', 'confidence'])

/** What is left of an `event`; null when an entity cannot be cleaned, for a client fails on an empty list of them. */
export const cleanEvent = (parameters: Fields & { readonly entities: readonly Fields[] }): string | null => {
  const entities = parameters.entities.map(cleanEntity)
  const rest = cleanFields(except(parameters, ['entities']), [])
  return rest && !entities.includes(null) ? shortText({ ...rest, entities }) : null
}

const cleanEntity = (entity: Fields): Fields | null => {
  const scrubbed = scrubFields(entity, figures)
  const spoken = transcript.safeParse(scrubbed?.['data']).data
  if (scrubbed === null || spoken === undefined) return scrubbed
  for (const { interpretations } of spoken.alternatives)
    for (const { tokens } of interpretations) if (tokens !== undefined) scrubTogether(tokens)
  return { ...scrubbed, data: spoken }
}

/** A transcript says its words twice: in one text, and one by one. */
const transcript = z.looseObject({
  alternatives: z.array(
    z.looseObject({
      interpretations: z.array(
        z.looseObject({ tokens: z.array(z.looseObject({ value: z.string() })).optional() }),
      ),
    }),
  ),
})

/** A card number is seldom one word: the words are scrubbed as one text and cut apart again, which its equal length allows. */
const scrubTogether = (tokens: { value: string }[]): void => {
  const scrubbed = scrubText(tokens.map(({ value }) => value).join(' '), noKeys)
  let start = 0
  for (const token of tokens) {
    const end = start + token.value.length
    token.value = scrubbed.slice(start, end)
    start = end + 1
  }
}

/** `fields` with everything scrubbed but the pinned ones, or null. */
const cleanFields = (fields: Fields, pinned: readonly string[]): Fields | null => {
  const scrubbed = scrubFields(except(fields, pinned))
  return scrubbed && { ...scrubbed, ...only(fields, pinned) }
}

/** Null where the nesting is deeper than the stack: 65,535 characters have room for as many brackets. */
const scrubFields = (fields: Fields, exemptKeys: ReadonlySet<string> = noKeys): Fields | null => {
  try {
    return JSON.parse(scrubText(JSON.stringify(fields), exemptKeys))
  } catch {
    return null
  }
}

const shortText = (fields: Fields | null): string | null => {
  const text = fields && JSON.stringify(fields)
  return text !== null && text.length <= PARAMETERS_CHARS_MAX ? text : null
}

const only = (fields: Fields, keys: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => keys.includes(key)))

const except = (fields: Fields, keys: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)))
