import type { WireMessage } from '../media/wire.js'

/**
 * The way out to one recorder: takes judged messages only, in order, and never makes the PBX side wait. The real ones are
 * in edge/ (a WebSocket client, the embedded recorder); tests hand in an array.
 */
export interface RecorderLink {
  readonly state: 'connecting' | 'open' | 'lost' | 'closed'
  /** Bytes accepted and not yet handed to the network or disk. */
  readonly queuedBytes: number
  /** Takes ownership of the message. At RECORDER_QUEUE_BYTES_MAX the oldest are given up, counted and reported as a gap. */
  send(message: WireMessage): void
  /** Closes behind everything sent so far. */
  close(code: number): void
}
