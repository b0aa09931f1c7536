/** What processes tell each other, as it is checked on arrival: a fleet in the middle of an upgrade has two versions. */
import { z } from 'zod'
import { consentStates, signalOrigins, stepKinds } from '../policy/signal.js'
import type { KeptRecord } from '../session/kept-signals.js'
import { type Signal, type SignalAnswer, signalResults } from '../session/signal.js'
import type { CallsWanted, CallView } from './call-view.js'

const text = z.string().max(1024)

const facts = {
  signalId: text,
  ttlMs: z.number().min(0).nullable(),
  actor: text.nullable(),
  issuedAtMs: z.number().nullable(),
  origin: z.enum(signalOrigins),
  mayEnd: z.enum(['own', 'any']),
}

const callSignal = z.union([
  z.object({ kind: z.enum(stepKinds), state: z.enum(['started', 'ended']), ...facts }),
  z.object({ kind: z.literal('consent'), state: z.enum(consentStates), ...facts }),
])

const signal = z.intersection(
  callSignal,
  z.object({
    address: z.union([
      z.object({ kind: z.literal('call'), callId: text }),
      z.object({ kind: z.literal('alias'), key: text, value: text }),
    ]),
    tenants: z.array(text).nullable(),
  }),
) as z.ZodType<Signal>

const answer = z.object({
  result: z.enum(signalResults),
  detail: text.optional(),
  streams: z.array(
    z.object({
      callId: text,
      streamId: text,
      firstSilentSample: z.number().optional(),
      firstSilentEpochMs: z.number().optional(),
      lateMs: z.number().optional(),
      clearFromSample: z.number().optional(),
      isLifted: z.boolean().optional(),
    }),
  ),
  isRepeated: z.boolean(),
}) as z.ZodType<SignalAnswer>

const ref = z.object({ tenant: text, callId: text })

/** That a call is at a process: what is kept of it in the bucket of calls. */
const callEntry = z.object({ kind: z.literal('call'), ref })

/** That a process is there, ms since 1970. */
const beat = z.object({ kind: z.literal('beat'), epochMs: z.number() })

const record = z.union([
  z.object({ kind: z.literal('holds'), ref, slot: text, signal: callSignal }),
  z.object({ kind: z.literal('waits'), slot: text, signal }),
]) as z.ZodType<KeptRecord>

/** What outlives a process, until then, ms since 1970; `isOver`: no longer. */
const kept = z.object({
  kind: z.literal('kept'),
  /** Who says so. */
  by: text,
  record,
  isOver: z.boolean(),
  expiresAtEpochMs: z.number(),
})

/** An end that came before its start. */
const endedEarly = z.object({
  kind: z.literal('ended-early'),
  /** Who says so. */
  by: text,
  end: signal,
})

const entry = z.union([callEntry, beat, kept, endedEarly])
export type Entry = z.infer<typeof entry>

/** What a bucket may hold; null for anything else. */
export const entryOf = (value: unknown): Entry | null => entry.safeParse(value).data ?? null

const callsWanted = z.object({
  callId: text.nullable(),
  tenants: z.array(text).nullable(),
  /** How many of them have been told already. */
  from: z.number().int().min(0),
})

const callView = z.object({
  callId: text,
  streamId: text,
  dialect: text,
  tenant: text,
  tracks: z.array(text),
  openSeconds: z.partialRecord(z.enum(stepKinds), z.number()),
  spans: z.array(
    z.object({ track: z.number().nullable(), startSample: z.number(), endSample: z.number(), reason: text }),
  ),
  detectorLagMs: z.number(),
}) as z.ZodType<CallView>

const callsTold = z.object({ views: z.array(callView), isLast: z.boolean() })

/** Calls that another process wants to see; null for anything else. */
export const callsWantedOf = (value: unknown): (CallsWanted & { readonly from: number }) | null =>
  callsWanted.safeParse(value).data ?? null

/** Some of the calls of a process that was asked; null for anything else. */
export const callsToldOf = (
  value: unknown,
): { readonly views: readonly CallView[]; readonly isLast: boolean } | null =>
  callsTold.safeParse(value).data ?? null

/** A signal for calls of the process that is asked; null for anything else. */
export const signalOf = (value: unknown): Signal | null => signal.safeParse(value).data ?? null

/** The answer of a process that was asked; null for anything else. */
export const answerOf = (value: unknown): SignalAnswer | null => answer.safeParse(value).data ?? null
