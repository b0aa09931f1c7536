import type { HeldMessage } from '../dialects/dialect.js'
import type { MediaFrame } from '../media/frame.js'
import type { WireMessage } from '../media/wire.js'

interface HeldText {
  readonly kind: 'message'
  readonly held: HeldMessage
}

/** What waits in the timeline. `unjudgeable`: why nobody could listen to a frame (it is silenced whole), or null. */
export type HeldItem =
  | { readonly kind: 'media'; readonly frame: MediaFrame; readonly unjudgeable: string | null }
  | HeldText

const nothing: Uint8Array = new Uint8Array(0)

/**
 * A frame that waits in the timeline: an object of the timeline's own, which holds one frame after the other. It is the frame as well:
 * whoever comes to it after seconds finds it in no cache, and an object more is a wait for memory more.
 */
export class HeldMedia implements MediaFrame {
  readonly kind = 'media'
  stream = 0
  startSample = 0
  sampleCount = 0
  payload = nothing
  payloadStart = 0
  payloadEnd = 0
  envelope: unknown = null
  receivedAtMs = 0
  heldBytes = 0
  message: WireMessage | undefined = undefined
  /** Why nobody could listen to the frame (it is silenced whole), or null. */
  unjudgeable: string | null = null

  get frame(): MediaFrame {
    return this
  }

  /** Takes over what a frame says; its payload and its message are shared, the object itself is borrowed. Hot. */
  hold(frame: MediaFrame, unjudgeable: string | null): this {
    this.stream = frame.stream
    this.startSample = frame.startSample
    this.sampleCount = frame.sampleCount
    this.payload = frame.payload
    this.payloadStart = frame.payloadStart ?? 0
    this.payloadEnd = frame.payloadEnd ?? 0
    this.envelope = frame.envelope
    this.receivedAtMs = frame.receivedAtMs
    this.heldBytes = frame.heldBytes
    this.message = frame.message
    this.unjudgeable = unjudgeable
    return this
  }

  /** Nothing that has been released stays reachable. */
  letGo(): void {
    this.payload = nothing
    this.envelope = null
    this.message = undefined
  }
}
