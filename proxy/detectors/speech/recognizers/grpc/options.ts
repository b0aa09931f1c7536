import { z } from 'zod'
import { listenWhen } from '../remote/listening-plan.js'
import { spottedPhrasesSchema } from '../spotted-phrases.js'

const path = z.string().min(1).max(4096)

/** Hints are for vocabularies, not for language models. */
const PHRASES_MAX = 1_200
const PHRASE_CHARACTERS_MAX = 100

/** Options of a recogniser of one's own, which speaks hushfork.recognizer.v1. */
export const grpcOptionsSchema = z
  .strictObject({
    /** `grpcs://HOST:PORT`; `grpc` on this machine alone, since what is sent is the call. */
    url: z
      .string()
      .max(512)
      .regex(
        /^(grpcs:\/\/[\w.-]+|grpcs:\/\/\[[\da-f:]+\]|grpc:\/\/(127\.0\.0\.1|\[::1\]|localhost)):\d{1,5}$/i,
        'must be grpcs://HOST:PORT, or grpc://127.0.0.1:PORT for a server on this machine',
      ),
    /** What the server is shown beside a certificate: nothing, or `authorization: Bearer TOKEN`. */
    auth: z
      .union([
        z.literal('none'),
        z.strictObject({
          type: z.literal('bearer'),
          token: z.string().regex(/^[\x21-\x7e]{1,4096}$/, 'must be printable ASCII without spaces'),
        }),
      ])
      .default('none'),
    tls: z
      .strictObject({
        /** Whose certificates are believed, PEM; the system's when left out. */
        caFile: path.optional(),
        /** What is shown where the server asks for a certificate, and its key, PEM. */
        certFile: path.optional(),
        keyFile: path.optional(),
      })
      .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
        message: 'needs certFile and keyFile together',
      })
      .optional(),
    /** BCP-47 tag that the server is told. */
    language: z
      .string()
      .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/)
      .default('en-US'),
    /** Words and phrases that it is told to expect. */
    phrases: z.array(z.string().min(1).max(PHRASE_CHARACTERS_MAX)).max(PHRASES_MAX).default([]),
    /** Of a server that spots words: phrases that announce a card's number, beside those that are built in, and that say that it is over. */
    open: spottedPhrasesSchema,
    close: spottedPhrasesSchema,
    /** How far its watermark is behind what it was sent in normal work, ms; the hold-back must exceed it. */
    lagMs: z.number().int().min(50).max(9_000).default(1_500),
    /** When audio is sent: always, while somebody may be speaking, or only of calls that are armed. */
    listen: z.enum(listenWhen).default('always'),
    /** What is louder counts as speech and needs an answer; what is not passes unheard, dBov. */
    voiceLevelDbov: z.number().min(-80).max(-30).default(-55),
    /** A stream ends after this much quiet, ms; not where it listens always. */
    hangoverMs: z.number().int().min(200).max(10_000).default(1_000),
    /** A stream whose watermark has stood this long in speech is followed by another, ms. */
    answerMs: z.number().int().min(500).max(60_000).default(5_000),
    /** An ended stream is given up after this long, ms. */
    endMs: z.number().int().min(200).max(10_000).default(4_000),
    /** A stream that follows another in mid-speech is told this much of it again, ms. */
    overlapMs: z.number().int().min(0).max(4_000).default(2_000),
    /** Older streams are followed by another in the next pause, seconds: for servers that end them, and to spread load. */
    streamSeconds: z.number().int().min(5).max(86_400).default(3_600),
  })
  .refine(({ listen, hangoverMs, answerMs }) => listen === 'always' || hangoverMs <= answerMs, {
    path: ['hangoverMs'],
    message: 'must not exceed answerMs',
  })

export type GrpcOptions = z.infer<typeof grpcOptionsSchema>
