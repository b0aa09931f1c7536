/**
 * What the ledger holds: one entry per event, who, when, why and which samples, and no content: no digit, no word, no text
 * of a peer but the ids that name a call. `discretion.ts` holds every entry to that before it is written.
 *
 * Samples are positions per track at `sampleRate`; ranges are half-open. Instants are ms since 1970. A value that is not
 * known is left out.
 */

/** Which stream of which call an entry is about. A call has several streams when its fork was stopped and resumed. */
export interface StreamRef {
  readonly callId: string
  readonly streamId: string
  readonly tenant: string
}

/** Samples that one reason covers on some tracks. */
export interface TrackRange {
  readonly tracks: readonly number[]
  readonly startSample: number
  readonly endSample: number
}

/** Who did something: the name of the API key that was shown, and whom its holder named, if anybody. */
export interface Actor {
  readonly apiKey?: string
  readonly actor?: string
}

type CallEntry = StreamRef &
  (
    | {
        readonly kind: 'call-opened'
        readonly dialect: string
        readonly roles: readonly string[]
        readonly sampleRate: number
      }
    /** `policyHash`: SHA-256 of the policy in force, defaults filled in, in canonical form, hex. */
    | { readonly kind: 'policy-chosen'; readonly policy: string; readonly policyHash: string }
    /** Audio has begun to leave silent for this reason. */
    | ({ readonly kind: 'span-opened'; readonly reason: string; readonly sampleRate: number } & TrackRange)
    /** It still does; told about once a minute, so that a crash leaves a trace of it. */
    | ({ readonly kind: 'span-extended'; readonly reason: string; readonly sampleRate: number } & TrackRange)
    /** It no longer does. `ranges` is what left silent, to the sample; the entry's own range covers all of them. */
    | ({
        readonly kind: 'span-closed'
        readonly reason: string
        readonly sampleRate: number
        readonly ranges: readonly TrackRange[]
      } & TrackRange)
    /** A step (payment, transfer, …) keeps the call silent from `startSample` on; `lateMs` of that had left. */
    | {
        readonly kind: 'step-opened'
        readonly reason: string
        /** How its signal came: `api`, `stream`, `star-code`, … */
        readonly source: string
        readonly startSample: number
        readonly sampleRate: number
        readonly lateMs: number
      }
    | {
        readonly kind: 'step-closed'
        readonly reason: string
        readonly endSample: number
        readonly sampleRate: number
      }
    /** Where consent stands from `startSample` on: `open`, `given`, `refused`, `withdrawn`, `unanswered`. */
    | {
        readonly kind: 'consent'
        readonly state: string
        readonly source: string
        readonly startSample: number
        readonly sampleRate: number
      }
    /** What was said is of a special category (`health`, …), and the policy has it noted and heard. */
    | ({ readonly kind: 'noted'; readonly reason: string; readonly sampleRate: number } & TrackRange)
    /** Heartbeats have stopped for `count` steps; their audio stays silent. */
    | { readonly kind: 'lease-expired'; readonly reason: string; readonly count: number }
    /** Consent was refused or withdrawn, and the policy has what had left until then erased. */
    | ({ readonly kind: 'recalled'; readonly reason: string; readonly sampleRate: number } & TrackRange)
    /** Sensitive audio that had left in the clear when it was found. */
    | ({
        readonly kind: 'late'
        readonly reason: string
        readonly sampleRate: number
        readonly lateMs: number
      } & TrackRange)
    /** Audio that left as it came although a failOpen detector had not judged it. Unjudged audio that left as silence is a span of reason `deadline`. */
    | ({ readonly kind: 'unjudged-passed'; readonly sampleRate: number } & TrackRange)
    | { readonly kind: 'detector-failed'; readonly detector: string }
    /** Judged audio that no recorder got, samples per track since the last such entry. */
    | { readonly kind: 'recorder-gap'; readonly lostSamples: number; readonly sampleRate: number }
    /** The first violation of this code in the call; how many there were is in `call-closed`. */
    | { readonly kind: 'violation'; readonly side: 'pbx' | 'recorder'; readonly code: string }
    /** A second listener found what looks like a number in what was sent; a text has no range. */
    | ({
        readonly kind: 'leak-suspected'
        readonly source: 'audio' | 'text'
        readonly sampleRate: number
      } & Partial<TrackRange>)
    /** The recorder's erasure hook for a range that has left: asked, done, or given up after `attempts`. */
    | ({
        readonly kind: 'erasure'
        readonly state: 'asked' | 'confirmed' | 'failed'
        readonly reason: string
        readonly sampleRate: number
        readonly attempts?: number
      } & TrackRange)
    | {
        readonly kind: 'call-closed'
        readonly reason: string
        readonly sampleRate: number
        /** Per track. */
        readonly samples: readonly number[]
        readonly framesIn: number
        readonly framesOut: number
        readonly framesRedacted: number
        readonly lateMs: number
        readonly unjudgedSilencedMs: number
        readonly unjudgedPassedMs: number
        readonly lostSamples: number
        readonly violations: number
      }
  )

/** A signal from outside the fork or within it (payment, consent, transfer, …), and the answer it got. */
export type SignalEntry = Actor & {
  readonly kind: 'signal'
  /** What it is about: `payment`, `consent`, `transfer`, `manual`, … */
  readonly signal: string
  /** What it says: `started`, `ended`, `given`, `refused`, `withdrawn`, … */
  readonly state: string
  /** What it was answered: `applied`, `pending`, `late`, `ambiguous`, `unknown`, `forbidden`. */
  readonly answer: string
  /** How it came: `api`, `payment-page`, `webhook`, `stream`, `star-code`, `caller-key`. */
  readonly source?: string
  readonly signalId?: string
  /** Which party of the call made it, where one did: `caller`, `agent`. */
  readonly role?: string
  /** The call it means, or the call of the stream it reached: one entry per stream. */
  readonly callId?: string
  readonly streamId?: string
  readonly tenant?: string
  /** How it named the call when not by its id: the metadata key, and its value, which is written as a pseudonym. */
  readonly aliasKey?: string
  readonly aliasValue?: string
  readonly startSample?: number
  readonly endSample?: number
  readonly sampleRate?: number
  readonly lateMs?: number
}

/** Someone was refused: a PBX, a signal, a client of the API. */
export type RefusalEntry = Actor & {
  readonly kind: 'refusal'
  /** Where: `fork`, `api`, `payment-page`, … */
  readonly source: string
  /** Why, a static word: `credentials`, `scope`, `tenant`, `replay`, … */
  readonly reason: string
  /** So many more of this kind in the last minute, which are not told one by one; left out: this one. */
  readonly count?: number
  readonly callId?: string
  readonly tenant?: string
}

/** Who may use the API: by key, certificate, mint key or webhook. */
interface Holder {
  /** The name, never the key. */
  readonly name: string
  readonly scopes: readonly string[]
  readonly tenants: readonly string[]
}

/** Somebody may use the API who could not when the ledger was last begun, or may no more. Another key or right is both. */
type KeyEntry = Actor &
  (({ readonly kind: 'key-created' } & Holder) | { readonly kind: 'key-revoked'; readonly name: string })

/** Whoever may use the API, as told to the ledger: what they prove themselves by is written as a pseudonym. */
export interface KeyInForce extends Holder {
  /** A hash of the key or of the secret; of a certificate its subject. */
  readonly proof: string
}

/** The configuration in force has changed, or is told for the first time. */
type ConfigEntry = Actor & {
  readonly kind: 'config-changed'
  /** SHA-256 of the configuration in force without its secrets, hex. */
  readonly configHash: string
  /** Paths of privileged settings. */
  readonly privileged: readonly string[]
  /** Written as `NAME hmac:…`: the next start tells by it which keys are new, and which are gone. */
  readonly keys?: readonly KeyInForce[]
}

/** A call that nobody has closed, and nobody will: whoever carried it has gone. Written in its stead by who is left. */
export type CallLost = StreamRef & {
  readonly kind: 'call-lost'
  /** How its process has gone, as its primary saw it; `proxy-crashed`: the whole proxy had, as its next start found. */
  readonly reason: 'process-crashed' | 'process-hung' | 'process-overdue' | 'process-ended' | 'proxy-crashed'
  /** When its last entry was told, ms since 1970: it ended then or later. */
  readonly toldAtMs: number
  /** Steps and silences that were open at that entry, by reason. */
  readonly openReasons: readonly string[]
}

/** Everything that the proxy may tell the ledger. */
export type LedgerEntry = CallEntry | CallLost | SignalEntry | RefusalEntry | KeyEntry | ConfigEntry

/** What the ledger tells of itself. */
export type OwnEntry =
  /**
   * The first entry of every file; `publicKey` (SPKI, DER, base64) signs the checkpoints that follow. `ledgerId` tells one
   * ledger from another: 16 hex digits, made with its first file.
   */
  | {
      readonly kind: 'file-opened'
      readonly format: 1
      readonly ledgerId: string
      readonly publicKey: string
    }
  /**
   * A process has begun to write, after `tornBytes` of an entry that a crash had cut. `missingUpTo`: a signed checkpoint
   * of that entry was there, the entry was not: the end of the ledger had been lost or cut off.
   */
  | {
      readonly kind: 'ledger-opened'
      readonly version: string
      readonly tornBytes: number
      readonly missingUpTo?: number
    }
  | { readonly kind: 'ledger-closed' }
  /** Everything up to here is vouched for by the key of this id. The writer adds the signature as it seals the entry. */
  | { readonly kind: 'checkpoint'; readonly key: string; readonly signature?: string }
  /** Another key signs from here on; `signature` is the old key's, and left out when the old key was not at hand. */
  | {
      readonly kind: 'signing-key'
      readonly publicKey: string
      readonly key: string
      readonly signature?: string
    }
  /** Entries that could not be kept while the ledger was not writable. */
  | { readonly kind: 'gap'; readonly lost: number; readonly sinceMs: number }

/** One line of a ledger file. */
export interface LedgerRecord {
  /** Counts from 1 over all files. */
  readonly seq: number
  /** When it was appended, ISO 8601, UTC. Wall clocks jump; `seq` does not. */
  readonly at: string
  /** The hash of the entry before it; 64 zeros for the first. */
  readonly prev: string
  /** SHA-256 of this record without `hash`, in canonical form, hex. */
  readonly hash: string
  readonly kind: (LedgerEntry | OwnEntry)['kind']
  readonly [field: string]: unknown
}
