/**
 * What there is to tell about a call, without content: no digit, no word, no peer text. The edge writes it to the log and
 * to the recording's sidecar.
 */
export type AuditEvent =
  | { readonly kind: 'call-opened'; readonly trackCount: number; readonly isProbe: boolean }
  | { readonly kind: 'payment-opened'; readonly startSample: number; readonly lateMs: number }
  | { readonly kind: 'payment-closed'; readonly atSample: number }
  | { readonly kind: 'payment-lease-expired'; readonly count: number }
  | { readonly kind: 'late'; readonly reason: string; readonly lateMs: number }
  | { readonly kind: 'detector-failed'; readonly detector: string }
  | { readonly kind: 'unjudged-silenced'; readonly ms: number }
  | { readonly kind: 'unjudged-passed'; readonly ms: number }
  /** Judged audio that no recorder got. */
  | { readonly kind: 'recorder-gap'; readonly ms: number }
  | { readonly kind: 'violation'; readonly side: 'pbx' | 'recorder'; readonly code: string }
  | { readonly kind: 'call-ended'; readonly reason: string }
