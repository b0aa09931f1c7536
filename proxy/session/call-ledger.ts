/**
 * One call's way into the ledger: what the session tells becomes entries, at a rate that a hostile or broken peer cannot
 * raise. Calls that only probe the connection leave none: nobody speaks in them.
 */

import type { LedgerEntry, StreamRef } from '../ledger/entry.js'
import type { Ledger } from '../ledger/ledger.js'
import type { CallStart } from '../media/frame.js'
import { samplesOf } from '../media/time.js'
import type { AuditEvent, SpanEvent, TrackRange } from '../policy/audit.js'
import type { CallSummary } from './call-summary.js'

/** What is the same for every entry of the call. */
export interface CallLedgerFacts {
  readonly dialect: string
  readonly tenant: string
  readonly policy: string
  /** SHA-256 of the policy in force, canonical, hex. */
  readonly policyHash: string
}

/** Audio that no recorder gets is lost message by message: it is told at once, and then this often, ms. */
const RECORDER_GAP_MS = 10_000
/** Kinds of violation told once each; there are some ten in a dialect. The sum is told at the end. */
const VIOLATIONS_MAX = 32

export class CallLedger {
  #ref: StreamRef | null = null
  #sampleRate = 8000
  #lostMs = 0
  #lostToldAtMs = -Infinity
  readonly #violations = new Set<string>()

  constructor(
    private readonly facts: CallLedgerFacts,
    private readonly ledger: Ledger,
  ) {}

  /** The call is known. Comes before everything else that there is to tell. */
  opened(call: CallStart): void {
    if (call.isProbe) return
    const { dialect, tenant, policy, policyHash } = this.facts
    this.#ref = { callId: call.callId, streamId: call.streamId, tenant }
    this.#sampleRate = call.streams[0]?.format.clockRateHz ?? this.#sampleRate
    const roles = call.tracks.map(({ role }) => role)
    this.#append({ kind: 'call-opened', dialect, roles, sampleRate: this.#sampleRate })
    this.#append({ kind: 'policy-chosen', policy, policyHash })
  }

  note(event: AuditEvent, nowMs: number): void {
    const sampleRate = this.#sampleRate
    switch (event.kind) {
      case 'call-opened':
      case 'call-ended':
        return // told with what else is known then
      case 'unjudged-silenced':
      case 'unjudged-passed':
        return // told as ranges
      case 'span-opened':
      case 'span-extended':
      case 'span-closed':
        this.#append({ ...event, sampleRate })
        return
      case 'passed-range':
        this.#append({ kind: 'unjudged-passed', ...rangeOf(event.span), sampleRate })
        return
      case 'late':
      case 'noted':
      case 'recalled':
        this.#append({ ...event, sampleRate })
        return
      case 'leak-suspected':
        this.#append({
          kind: event.kind,
          source: event.source,
          sampleRate,
          ...(event.source === 'audio' && event.range),
        })
        return
      case 'step-opened': {
        const { origin, ...step } = event
        this.#append({ ...step, source: origin, sampleRate })
        return
      }
      case 'step-closed':
        this.#append({ kind: event.kind, reason: event.reason, endSample: event.atSample, sampleRate })
        return
      case 'consent':
        this.#append({
          kind: 'consent',
          state: event.state,
          source: event.origin,
          startSample: event.atSample,
          sampleRate,
        })
        return
      case 'signal-refused':
        this.#noteRefused(event)
        return
      case 'lease-expired':
      case 'detector-failed':
        this.#append(event)
        return
      case 'violation':
        this.#noteViolation(event.side, event.code)
        return
      case 'recorder-gap':
        this.#noteLost(event.ms, nowMs)
        return
      default: {
        const never: never = event
        throw new Error(String(never))
      }
    }
  }

  closed(summary: CallSummary): void {
    this.#tellLost()
    const { endReason, samples, framesIn, framesOut, framesRedacted, lostSamples, violations } = summary
    const { lateMs, unjudgedSilencedMs, unjudgedPassedMs } = summary
    this.#append({
      kind: 'call-closed',
      reason: endReason,
      sampleRate: this.#sampleRate,
      samples,
      framesIn,
      framesOut,
      framesRedacted,
      lateMs,
      unjudgedSilencedMs,
      unjudgedPassedMs,
      lostSamples,
      violations,
    })
  }

  /** What the API is answered is told where it is answered; what the call itself refuses, here. */
  #noteRefused({ signal, state, origin }: Extract<AuditEvent, { kind: 'signal-refused' }>): void {
    if (this.#ref === null || origin === 'api' || origin === 'payment-page' || origin === 'webhook') return
    this.ledger.append({ kind: 'signal', ...this.#ref, signal, state, source: origin, answer: 'forbidden' })
  }

  #noteViolation(side: 'pbx' | 'recorder', code: string): void {
    const key = `${side} ${code}`
    if (this.#violations.has(key) || this.#violations.size >= VIOLATIONS_MAX) return
    this.#violations.add(key)
    this.#append({ kind: 'violation', side, code })
  }

  #noteLost(ms: number, nowMs: number): void {
    this.#lostMs += ms
    if (nowMs - this.#lostToldAtMs < RECORDER_GAP_MS) return
    this.#lostToldAtMs = nowMs
    this.#tellLost()
  }

  #tellLost(): void {
    if (this.#lostMs === 0) return
    const sampleRate = this.#sampleRate
    this.#append({ kind: 'recorder-gap', lostSamples: samplesOf(this.#lostMs, sampleRate), sampleRate })
    this.#lostMs = 0
  }

  #append(entry: WithoutRef<LedgerEntry>): void {
    if (this.#ref !== null) this.ledger.append({ ...this.#ref, ...entry } as LedgerEntry)
  }
}

/** An entry of a call, less the call. */
type WithoutRef<E> = E extends StreamRef ? Omit<E, keyof StreamRef> : never

const rangeOf = ({ tracks, startSample, endSample }: SpanEvent): TrackRange => ({
  tracks,
  startSample,
  endSample,
})
