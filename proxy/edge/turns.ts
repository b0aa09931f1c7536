/**
 * The pace of the process. Where the hold-back leaves room for it, a call is not read whenever something comes, but once a pause: its
 * frames arrive several at a time, are heard together and leave in one write. The kernel keeps what comes meanwhile, and nothing
 * wakes the process for it. The calls take turns, so that it is never busy with them for long: everything else goes on between.
 *
 *   queue: [due first] reader -> reader -> reader ... [due last]      one that has been read goes to the end, due a pause later
 */
import { Fifo } from '../base/fifo.js'

/** Readers that are due within this part of a pause are read together: so often, and no oftener, the process wakes for its calls ... */
const WAKES_PER_PAUSE_MAX = 16
/** ... and not for fewer than fill a slice, where there are as many, but twice in a pause. */
const READERS_PER_WAKE = 64
const WAKES_PER_PAUSE_MIN = 2
/** After reading for so long the process looks whether anybody else wants something, ms. */
const SLICE_MS_MAX = 10
/**
 * A process whose calls are read so much later than they should be, for as long again, does not keep up with them, ms. The default
 * hold-back is three times as long; once, it may be a machine that stood still.
 */
const LATE_MS = 1000
/** A process that sleeps looks so often at its sockets before it does: what is accepted in the first is read in the second and answered in the third. */
const LOOKS_AWAKE = 3
/**
 * After somebody has connected, or has been dialled, it sleeps no longer than a nap at a time for so long, ms: TLS and an upgrade take
 * four messages there and back, of which each would wait for a look.
 */
const AWAKE_MS = 100
const NAP_MS = 2
/** Of sockets: more than a process can have. */
const READERS_MAX = 1 << 20

/** Somebody who can be read in turn. */
export interface Reader {
  /** It is its turn: reads what has come. */
  read(): void
  /** From now on it is read in its turn alone; or else, as ever, whenever something comes. */
  setPaced(isPaced: boolean): void
}

interface Turn {
  readonly reader: Reader
  dueMs: number
  /** Who is new is read as ever until its first turn: what it opens with is answered at once. */
  isPaced: boolean
  isOver: boolean
}

const cell = new Int32Array(new SharedArrayBuffer(4))

class Turns {
  readonly #tasks: (() => void)[] = []
  readonly #queue = new Fifo<Turn>(READERS_MAX)
  readonly #turns = new Map<Reader, Turn>()
  #timer: NodeJS.Timeout | undefined
  #isScheduled = false
  #pauseMs = 0
  #reasons = 0
  #isTurning = false
  /** Since when whoever was read was late; Infinity: the last one was not. */
  #lateSinceMs = Infinity
  #isBehind = false
  /** Where some are read by others, the process itself sleeps between its looks at them. */
  #isSleeper = false
  #awakeUntilMs = -Infinity
  #looksLeft = LOOKS_AWAKE
  #sleptMs = 0
  #lookMs = 0
  #lastLookMs = 0

  /** Whether the process has not kept up with the calls that it has, for a while. */
  get isBehind(): boolean {
    return this.#isTurning && this.#isBehind
  }

  /** Time that the process has been asleep on purpose so far, ms. */
  get sleptMs(): number {
    return this.#sleptMs
  }

  /** What others read now has come since the process last looked: so long ago, ms. 0 unless it sleeps. */
  sinceLookMs(nowMs: number): number {
    return this.#isTurning && this.#isSleeper ? nowMs - this.#lastLookMs : 0
  }

  /** Runs the task when this turn of the event loop has read what there was. */
  endOfTurn(task: () => void): void {
    this.#tasks.push(task)
    this.#schedule()
  }

  /** From now on its turn comes once a pause while there are calls, until `leave`. */
  enter(reader: Reader): void {
    const turn = { reader, dueMs: performance.now() + this.#pauseMs, isPaced: false, isOver: false }
    this.#turns.set(reader, turn)
    if (!this.#isTurning) return
    this.#queue.push(turn)
    if (this.#queue.size === 1) this.#plan()
  }

  leave(reader: Reader): void {
    const turn = this.#turns.get(reader)
    if (turn !== undefined) turn.isOver = true
    this.#turns.delete(reader)
  }

  /** While anybody has begun and not ended, whoever has entered is read every `pauseMs`; 0: whenever something comes. */
  begin(pauseMs: number): void {
    this.#reasons++
    if (pauseMs === 0) return
    this.#pauseMs = pauseMs
    if (this.#isTurning) return
    this.#isTurning = true
    this.#isBehind = false
    this.#lateSinceMs = Infinity
    this.#lastLookMs = this.#lookMs = performance.now()
    for (const turn of this.#turns.values()) {
      turn.dueMs = this.#lookMs + pauseMs
      this.#queue.push(turn)
    }
    this.#plan()
    if (this.#isSleeper) this.#schedule()
  }

  end(): void {
    this.#reasons--
    if (this.#reasons > 0) return
    this.#isTurning = false
    clearTimeout(this.#timer)
    this.#queue.drain()
    for (const turn of this.#turns.values()) {
      if (turn.isPaced) turn.reader.setPaced(false)
      turn.isPaced = false
    }
  }

  /**
   * Somebody reads calls who cannot be told to wait. So that their frames come together all the same, the process sleeps for the pause,
   * and everything in it waits for one pause at most.
   */
  sleepBetweenLooks(): void {
    this.#isSleeper = true
  }

  /** Somebody connects, or is dialled: a process that sleeps looks often until the two have agreed. */
  lookAgain(): void {
    if (this.#isSleeper) this.#awakeUntilMs = performance.now() + AWAKE_MS
  }

  #plan(): void {
    clearTimeout(this.#timer)
    const next = this.#queue.peek()
    if (next !== undefined) this.#timer = setTimeout(() => this.#slice(), next.dueMs - performance.now())
  }

  /** Reads who is due, for a while. */
  #slice(): void {
    const beganMs = performance.now()
    const untilMs = beganMs + this.#pauseMs / this.#wakesPerPause
    for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
      if (!next.isOver && next.dueMs > untilMs) break
      this.#queue.shift()
      if (next.isOver) continue
      const nowMs = performance.now()
      this.#take(next, nowMs, beganMs + this.#pauseMs)
      if (nowMs - beganMs < SLICE_MS_MAX) continue
      setImmediate(() => this.#slice())
      return
    }
    this.#plan()
  }

  get #wakesPerPause(): number {
    const wakes = this.#queue.size / READERS_PER_WAKE
    return Math.min(WAKES_PER_PAUSE_MAX, Math.max(WAKES_PER_PAUSE_MIN, wakes))
  }

  /** No turn is later than a pause after the one before: who was read early, with others, is due with them again. */
  #take(turn: Turn, nowMs: number, nextMs: number): void {
    this.#noteLate(nowMs - turn.dueMs, nowMs)
    if (!turn.isPaced) turn.reader.setPaced(true)
    turn.isPaced = true
    turn.dueMs = nextMs
    this.#queue.push(turn)
    turn.reader.read()
  }

  #noteLate(lateMs: number, nowMs: number): void {
    if (lateMs < LATE_MS) this.#lateSinceMs = Infinity
    else this.#lateSinceMs = Math.min(this.#lateSinceMs, nowMs)
    this.#isBehind = nowMs - this.#lateSinceMs > LATE_MS
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    this.#isScheduled = false
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) task()
    if (!this.#isTurning || !this.#isSleeper) return
    this.#sleep()
    this.#schedule()
  }

  #sleep(): void {
    if (--this.#looksLeft > 0) return
    this.#looksLeft = LOOKS_AWAKE
    const nowMs = performance.now()
    const napMs = nowMs < this.#awakeUntilMs ? NAP_MS : Infinity
    const restMs = Math.min(napMs, this.#lookMs + this.#pauseMs - nowMs)
    if (restMs > 0) Atomics.wait(cell, 0, 0, restMs)
    this.#lastLookMs = this.#lookMs
    this.#lookMs = performance.now()
    if (restMs > 0) this.#sleptMs += this.#lookMs - nowMs
    this.#noteLate(this.#lookMs - this.#lastLookMs - this.#pauseMs, this.#lookMs)
  }
}

/** One per process, since it is the process that has the time. */
export const turns = new Turns()

/** Runs the task when this turn of the event loop has read what there was. */
export const endOfTurn = (task: () => void): void => turns.endOfTurn(task)
