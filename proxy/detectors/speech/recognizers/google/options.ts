import { z } from 'zod'
import { listenWhen } from '../remote/listening-plan.js'

/** How much before the end of the result before it a new word may have begun, ms: what recognisers are slow by. */
export const GUARD_MS = 300

/** What Google is told to expect, for want of a list of one's own. */
export const DEFAULT_PHRASES: readonly string[] = [
  'card number',
  'long number',
  'security code',
  'expiry date',
  'sort code',
  'account number',
  'double',
  'triple',
  'zero',
  'oh',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
]

/** https://docs.cloud.google.com/speech-to-text/docs/quotas: phrases per request, and characters of one. */
const PHRASES_MAX = 1_200
const PHRASE_CHARACTERS_MAX = 100

const resourceName = (what: string) =>
  z.string().regex(/^[a-z0-9_][a-z0-9_-]{0,62}$/, `must be ${what}: lower-case letters, digits and "-"`)

/** Options of Google Cloud Speech-to-Text, version 2. */
export const googleOptionsSchema = z.strictObject({
  /** The Google Cloud project that is asked, and pays. */
  project: resourceName('a project id'),
  /** Where the audio is processed: `global`, a multi-region (`eu`, `us`) or a region; it names the endpoint as well. */
  location: resourceName('a location, such as "eu"').default('global'),
  /** A recogniser made in the project, or `_`: what is said here alone counts. */
  recognizer: resourceName('a recogniser').default('_'),
  /** Another endpoint, `https://HOST:PORT`; `http` on this machine alone, and then without credentials. */
  endpoint: z
    .string()
    .regex(
      /^(https:\/\/[a-z0-9.-]+(:\d{1,5})?|http:\/\/(127\.0\.0\.1|\[::1\]|localhost):\d{1,5})$/i,
      'must be "https://HOST" or "https://HOST:PORT"',
    )
    .optional(),
  /** A service account's key file, JSON; left out: Application Default Credentials. */
  keyFile: z.string().min(1).optional(),
  model: z
    .string()
    .regex(/^[a-z0-9_.-]{1,64}$/i)
    .default('telephony'),
  /** BCP-47 tag. */
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/)
    .default('en-US'),
  /** How soon a pause ends an utterance; sooner gives final words sooner. */
  endpointing: z.enum(['standard', 'short', 'supershort']).default('short'),
  /** Words and phrases it is told to expect; null: what card data is announced with, and read out as, in English. */
  phrases: z.array(z.string().min(1).max(PHRASE_CHARACTERS_MAX)).max(PHRASES_MAX).nullable().default(null),
  /** How strongly, 0 to 20. */
  boost: z.number().min(0).max(20).default(10),
  /** When audio is sent: always, while somebody may be speaking, or only of calls that are armed. */
  listen: z.enum(listenWhen).default('speech'),
  /** What is louder counts as speech and needs an answer; what is not passes unheard, dBov. */
  voiceLevelDbov: z.number().min(-80).max(-30).default(-55),
  /** A stream ends after this much quiet, which asks for its last words, ms. */
  hangoverMs: z.number().int().min(200).max(10_000).default(700),
  /** Speech without an answer for this long is asked about by ending the stream, ms. */
  answerMs: z.number().int().min(500).max(10_000).default(1_500),
  /** What a stream's last words may take to come, ms. */
  endMs: z.number().int().min(200).max(10_000).default(1_000),
  /** How long what it has said may still change, ms: nothing leaves before, and a word that changes later comes late. */
  revisionMs: z.number().int().min(GUARD_MS).max(5_000).default(1_000),
  /** A stream that follows another in mid-speech is told this much of it again, ms. */
  overlapMs: z.number().int().min(500).max(4_000).default(2_000),
  /** Older streams are followed by another in the next pause, seconds; Google ends them after five minutes. */
  streamSeconds: z.number().int().min(5).max(280).default(240),
})

export type GoogleOptions = z.infer<typeof googleOptionsSchema>
