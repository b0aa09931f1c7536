import type { WireMessage } from '../media/wire.js'

/**
 * The way out to one recorder: takes judged messages only, in order, and never makes the PBX side wait. The real ones are
 * in edge/ (a WebSocket client, the embedded recorder); tests hand in an array.
 */
export interface RecorderLink {
  readonly state: 'connecting' | 'open' | 'lost' | 'closed'
  /** Bytes accepted and not yet handed to the network or disk. */
  readonly queuedBytes: number
  /**
   * The message is borrowed until return: what has to wait is copied. `samples` is how much audio it carries, 0 for text. What finds the queue full
   * (RECORDER_QUEUE_BYTES_MAX) is given up and reported as a gap; some room is kept for text.
   */
  send(message: WireMessage, samples: number): void
  /** Closes behind everything sent so far. */
  close(code: number): void
  /** Time passes. Called about every 20 ms. */
  tick(nowMs: number): void
}
