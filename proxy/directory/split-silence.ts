import type { CallSession } from '../session/call-session.js'

/** Calls that began while split, and are silent for it. */
export class SplitSilence {
  readonly #sessions = new Set<CallSession>()

  begin(session: CallSession, nowMs: number): void {
    this.#sessions.add(session)
    session.setSplit(true, nowMs)
  }

  forget(session: CallSession): void {
    this.#sessions.delete(session)
  }

  /** Everything that was said before has been heard by now: what holds for these calls is known. */
  end(nowMs: number): void {
    for (const session of this.#sessions) session.setSplit(false, nowMs)
    this.#sessions.clear()
  }
}
