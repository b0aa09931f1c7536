import { type Clock, stoppedClock } from '../base/clock.js'
import type { Track } from '../media/frame.js'

/** What a detector noticed: a fact about a half-open sample range, not yet a decision. Carries no digit and no word. */
export interface Finding {
  /** Key of the detectors registry. */
  readonly detector: string
  /** What it is, in the detector's own closed vocabulary ('key', ...). */
  readonly label: string
  readonly track: number
  /** Positions at the call's clock rate. */
  readonly startSample: number
  readonly endSample: number
  /** False when this continues the detector's previous finding on the track (a key still held), true when it begins one. */
  readonly isOnset: boolean
}

/** A recognised digit, for consent and star codes. Handed to the policy and forgotten: never stored, logged or counted by value. */
export interface DigitReport {
  readonly track: number
  readonly digit: string
  readonly startSample: number
}

export type DetectorHealth = 'ok' | 'failed'

/** How alert the call is: `armed` while payment mode is on, when a detector may trade speech lost for keys found. */
export type Alertness = 'calm' | 'armed'

export interface DetectorSetup {
  readonly tracks: readonly Track[]
  /** Clock rate of positions, Hz. */
  readonly clockRateHz: number
  /** Rate of the PCM that will be pushed, Hz, by track index. */
  readonly sampleRateHz: readonly number[]
}

/** How the audio comes: as it is spoken, or from a file, as fast as the machine can and with nobody to wait for an answer. */
export type Pace = 'live' | 'recorded'

/** What a detector tells of its work beside its findings, none of it content. */
export interface DetectorMonitor {
  /** Audio of `audioMs` took `busyMs` of a thread, or of somebody else's service. */
  worked(worker: string, audioMs: number, busyMs: number): void
  /** Something went wrong; `reason` is of the worker's own closed vocabulary ('worker-lost', 'quota', ...). */
  faulted(worker: string, reason: string): void
  /** Words that the worker heard have opened a window in which single numbers are silenced. */
  windowOpened(worker: string): void
}

/** What a detector may use of the world. */
export interface DetectorServices {
  readonly pace: Pace
  readonly clock: Clock
  readonly monitor: DetectorMonitor
}

/** For recordings, and whoever counts nothing. */
export const recordedServices: DetectorServices = {
  pace: 'recorded',
  clock: stoppedClock,
  monitor: { worked() {}, faulted() {}, windowOpened() {} },
}

/** An entry of the detectors registry. */
export interface DetectorKind<O> {
  /** Options with defaults filled in; throws nothing: they have passed the kind's schema. `services` left out: recordedServices. */
  create(setup: DetectorSetup, options: O, services?: DetectorServices): Detector
  /** Whether the options ask for it at all. */
  isOn(options: O): boolean
  /** Its findings are whole: pads and echoes are in them, and the policy adds none. */
  readonly isPadded: boolean
  /** How far behind the newest sample the watermark may lie in normal work, ms; hold-back must exceed it. */
  lagMs(options: O): number
}

/** Watches every track of one call. It throws for nothing that audio can contain; if it does throw, the session counts it failed. */
export interface Detector {
  readonly name: string
  readonly health: DetectorHealth
  /** Promise: no later finding on this track starts before this position. Never decreases; Infinity after finish(). Hot. */
  watermarkSample(track: number): number
  /**
   * Audio of one track: pcm is borrowed until return, signed 16-bit at the track's PCM rate. startSample is never below
   * where the track's last push or skip ended; a gap between them counts as digital silence. Hot.
   */
  push(track: number, pcm: Int16Array, startSample: number): void
  /** The track has no audio before this position (loss, DTX, a party that sends nothing): treat it as digital silence. */
  skip(track: number, toSample: number): void
  setAlertness(alertness: Alertness): void
  /** Appends every finding not yet handed out. Called before any watermark is read. */
  drain(out: Finding[], digits: DigitReport[]): void
  /** The call has ended: judge what is left; afterwards drain() once more, then watermarks are Infinity. */
  finish(): void
  close(): void
}
