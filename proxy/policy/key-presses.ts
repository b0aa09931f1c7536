/**
 * Who pressed which key, and when: what detectors hear on each track and what the PBX reports, as one press each.
 *
 * Two things make one press into several. The PBX reports a key that is heard as well; and a key comes back on the other
 * party's track 80 to 250 ms later, 20 to 40 dB weaker, and is read there. A caller must not become an agent by an echo:
 * a key heard on the agent's track is nobody's when the caller pressed the same one before it or at the same time. So a
 * press counts only once the other side has been listened to beyond it.
 *
 * A mixed track holds the caller too, and counts as the caller's. Where there is no such track beside the agent's, nobody
 * can tell an echo from a key: what is heard on the agent's track then counts for nothing.
 *
 * Digits stay here for RECENT_MS and go nowhere but to consent and star codes.
 */
import type { Track } from '../media/frame.js'
import { samplesOf } from '../media/time.js'

export type Side = 'caller' | 'agent'

export interface KeyPress {
  readonly side: Side
  readonly digit: string
  /** Where it began. */
  readonly sample: number
}

interface RecentPress extends KeyPress {
  /** The PBX said so; false: it was heard. */
  readonly isReported: boolean
  isSettled: boolean
}

/** An echo comes no later than this after its key, ms: measured 80 to 250, and the time until it is read. */
const ECHO_MS_MAX = 400
/** Nor earlier, ms: two presses of one key closer than this cannot be told apart, and are the caller's. */
const ECHO_MS_MIN = 60
/** How far the other side must have been heard beyond a press, ms: its own press, the time to read it, a report on its way. */
const SETTLE_MS = 300
/** A report and the sound of one key lie within this of each other, ms: reports come when the key is let go. */
const REPORT_MS = 1000
/**
 * Shortest hold-back with which a key is certain before its audio leaves, ms: that, a detector's lag of 105 at most, two frames
 * of 20, and the quarter of the hold-back by which a silent track may lag behind.
 */
export const KEY_HOLD_BACK_MS = 600
/** How long a press is remembered, ms: longer than any of these, shorter than audio is held by default. */
const RECENT_MS = 2000
/** Presses remembered: 20 a second on two tracks, heard and reported, for RECENT_MS. Beyond it the oldest go. */
const RECENT_MAX = 160

export class KeyPresses {
  #recent: RecentPress[] = []
  readonly #sides: readonly Side[]
  readonly #hasCaller: boolean

  constructor(
    tracks: readonly Track[],
    private readonly clockRateHz: number,
  ) {
    this.#sides = tracks.map(({ role }) => (role === 'agent' ? 'agent' : 'caller'))
    this.#hasCaller = this.#sides.includes('caller')
  }

  /** A detector has read a key. */
  heard(track: number, digit: string, sample: number): void {
    const side = this.#sides[track] ?? 'caller'
    if (side === 'caller' || this.#hasCaller)
      this.#add({ side, digit, sample, isReported: false, isSettled: false })
  }

  /** The PBX has reported a key; one that names no track is the caller's. */
  reported(track: number | null, digit: string, sample: number): void {
    const side = track === null ? 'caller' : (this.#sides[track] ?? 'caller')
    this.#add({ side, digit, sample, isReported: true, isSettled: false })
  }

  /** Appends what is certain by now. `heardTo` tells how far a track has been listened to. */
  settle(heardTo: (track: number) => number, leadSample: number, out: KeyPress[]): void {
    if (this.#recent.length === 0) return
    for (const press of this.#recent) {
      if (press.isSettled || !this.#isRipe(press, heardTo)) continue
      press.isSettled = true
      if (!this.#isKnown(press) && !this.#isEcho(press)) out.push(press)
    }
    const oldest = leadSample - this.#samples(RECENT_MS)
    this.#recent = this.#recent.filter(({ sample }) => sample > oldest)
  }

  #add(press: RecentPress): void {
    if (this.#recent.length >= RECENT_MAX) this.#recent.shift()
    this.#recent.push(press)
  }

  #isRipe({ side, sample }: RecentPress, heardTo: (track: number) => number): boolean {
    const neededSample = sample + this.#samples(SETTLE_MS)
    return this.#sides.every((other, track) => other === side || heardTo(track) >= neededSample)
  }

  /** The same press, told the other way. */
  #isKnown(press: RecentPress): boolean {
    return this.#recent.some(
      (other) =>
        other !== press &&
        other.isSettled &&
        other.isReported !== press.isReported &&
        other.side === press.side &&
        other.digit === press.digit &&
        Math.abs(other.sample - press.sample) <= this.#samples(REPORT_MS),
    )
  }

  #isEcho(press: RecentPress): boolean {
    if (press.isReported) return false
    return this.#recent.some(
      (other) => other.side !== press.side && other.digit === press.digit && this.#precedes(other, press),
    )
  }

  /** Whether `echo` may be the echo of `key`, as to their times. A tie makes the agent's one the echo. */
  #precedes(key: RecentPress, echo: RecentPress): boolean {
    const afterSamples = echo.sample - key.sample
    if (key.isReported) return Math.abs(afterSamples) <= this.#samples(REPORT_MS)
    const least = this.#samples(ECHO_MS_MIN)
    if (echo.side === 'agent' ? afterSamples <= -least : afterSamples < least) return false
    return afterSamples <= this.#samples(ECHO_MS_MAX)
  }

  #samples(ms: number): number {
    return samplesOf(ms, this.clockRateHz)
  }
}
