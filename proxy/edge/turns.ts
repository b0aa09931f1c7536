/**
 * The pace of the process. Where the hold-back leaves room for it, the process does not wake for every frame: it sleeps,
 * then reads everything that has come meanwhile, so that a call's frames arrive several at a time and leave in one write.
 *
 *   turn: read all sockets -> judge -> `endOfTurn` tasks (write) -> sleep until the pause is over -> turn ...
 *
 * Sleeping is what makes it cheap: what was tried instead, pausing and resuming each socket, wakes the process for each
 * one's first byte all the same. The kernel keeps what comes meanwhile. Everything else waits for the turn as well, for one pause
 * at most per question and answer: signals, metrics, handshakes. That, too, is taken out of the hold-back.
 */

/** A turn that took less than this was a quiet one, ms: another look at the sockets costs nothing then. */
const QUIET_MS = 2
/** Looks at the sockets in a quiet turn: one that is accepted in the first is read in the second and answered in the third. */
const QUIET_LOOKS = 3

/**
 * Of the time that reading took, letting in may take so much before the calls are read again, and no more than a pause: a process whose calls fill a whole pause
 * would otherwise accept one connection a look, while the others wait in the kernel until it has no room for more.
 */
const LET_IN_SHARE = 0.25
/**
 * Looks that come this much later than the ones before them leave frames late by as much, ms; the default hold-back is three times as
 * long, and what is still unread at its end leaves as silence. One may be a machine that stood still.
 */
const LATE_LOOK_MS = 1000
const LATE_LOOKS_MAX = 1

/** Somebody who is read, and need not be while others wait to be let in. */
export interface Reader {
  pauseReading(): void
  resumeReading(): void
}

const cell = new Int32Array(new SharedArrayBuffer(4))

class Turns {
  readonly #tasks: (() => void)[] = []
  #pauseMs = 0
  #reasons = 0
  #isTurning = false
  #isScheduled = false
  #wokeMs = 0
  #looks = 0
  #isAwaited = false
  readonly #readers = new Set<Reader>()
  #isReading = true
  #sleptMs = 0
  /** When this look at the sockets began, and the one before it. */
  #lookMs = 0
  #lastLookMs = 0
  /** How long the last reading took that was followed by letting in. */
  #readMs = 0
  /** So many looks in a row have been late. */
  #lateLooks = 0

  /** Whether the process has not kept up with the calls that it has, look after look. */
  get isBehind(): boolean {
    return this.#isTurning && this.#lateLooks > LATE_LOOKS_MAX
  }

  /** Time that the process has been asleep on purpose so far, ms. */
  get sleptMs(): number {
    return this.#sleptMs
  }

  /** What is read now has come since the look before this one began: so long ago, ms. 0 while nobody has begun. */
  sinceLookMs(nowMs: number): number {
    return this.#isTurning ? nowMs - this.#lastLookMs : 0
  }

  /** Runs the task when this turn of the event loop has read what there was. */
  endOfTurn(task: () => void): void {
    this.#tasks.push(task)
    this.#schedule()
  }

  /**
   * Somebody has connected: the next look comes at once, for the event loop accepts one connection a look. Meanwhile those who are
   * read are read at the pace of ever, or a quarter slower where they fill it, or else a storm of PBXs would wait for the audio of all
   * who have been let in.
   */
  lookAgain(): void {
    this.#isAwaited = true
  }

  /** From now on somebody is read, until `leave`. */
  enter(reader: Reader): void {
    this.#readers.add(reader)
  }

  leave(reader: Reader): void {
    this.#readers.delete(reader)
  }

  /** While anybody has begun and not ended, the process looks at its sockets every `pauseMs`; 0: whenever something comes. */
  begin(pauseMs: number): void {
    this.#reasons++
    if (pauseMs === 0) return
    this.#pauseMs = pauseMs
    if (this.#isTurning) return
    this.#isTurning = true
    this.#wokeMs = performance.now()
    this.#look(this.#wokeMs)
    this.#look(this.#wokeMs)
    this.#lateLooks = 0
    this.#schedule()
  }

  end(): void {
    this.#reasons--
    if (this.#reasons === 0) this.#isTurning = false
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    this.#isScheduled = false
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) task()
    if (!this.#isTurning) {
      this.#setReading(true)
      return
    }
    this.#sleep()
    this.#schedule()
  }

  #sleep(): void {
    const nowMs = performance.now()
    if (this.#isAwaited) {
      this.#letIn(nowMs)
      return
    }
    this.#setReading(true)
    if (nowMs - this.#wokeMs < QUIET_MS && ++this.#looks < QUIET_LOOKS) {
      this.#look(nowMs)
      return
    }
    this.#looks = 0
    const restMs = this.#wokeMs + this.#pauseMs - nowMs
    if (restMs > 0) Atomics.wait(cell, 0, 0, restMs)
    this.#wokeMs = performance.now()
    if (restMs > 0) this.#sleptMs += this.#wokeMs - nowMs
    this.#look(this.#wokeMs)
  }

  /** The next look comes at once; who is read is looked at as well only when the pause is over. */
  #letIn(nowMs: number): void {
    this.#isAwaited = false
    if (this.#isReading) this.#readMs = nowMs - this.#wokeMs
    const isDue = nowMs - this.#wokeMs >= Math.max(this.#pauseMs, this.#readMs + this.#letInMs)
    this.#setReading(isDue)
    if (!isDue) return
    this.#wokeMs = nowMs
    this.#look(nowMs)
  }

  /** Of a look that took seconds, once, the calls are not to wait for a second more. */
  get #letInMs(): number {
    return Math.min(this.#pauseMs, this.#readMs * LET_IN_SHARE)
  }

  #setReading(isReading: boolean): void {
    if (isReading === this.#isReading) return
    this.#isReading = isReading
    for (const reader of this.#readers)
      if (isReading) reader.resumeReading()
      else reader.pauseReading()
  }

  #look(nowMs: number): void {
    this.#lastLookMs = this.#lookMs
    this.#lookMs = nowMs
    this.#lateLooks = nowMs - this.#lastLookMs > LATE_LOOK_MS ? this.#lateLooks + 1 : 0
  }
}

/** One per process, since it is the process that sleeps. */
export const turns = new Turns()

/** Runs the task when this turn of the event loop has read what there was. */
export const endOfTurn = (task: () => void): void => turns.endOfTurn(task)
