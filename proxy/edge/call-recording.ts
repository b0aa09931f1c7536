/**
 * One recorded call on disk: a WAV of 16-bit PCM with a channel per track, and a JSON sidecar that says which of it is
 * silent and why. Only judged audio comes here. Either file is written as NAME.part and takes its name when it is whole.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CallStart, MediaFrame } from '../media/frame.js'
import type { CallSummary } from '../session/call-session.js'
import { SideBySide } from '../session/side-by-side.js'
import { WavFile } from './wav-file.js'

export interface SidecarFacts {
  readonly dialect: string
  readonly policy: string
  /** ISO 8601. */
  readonly startedAt: string
}

export class CallRecording {
  readonly #tracks: SideBySide
  readonly #file: WavFile

  /** Opens PATH.wav.part for a call; `path` has no ending. Its folder exists. */
  constructor(
    private readonly call: CallStart,
    private readonly path: string,
    private readonly facts: SidecarFacts,
  ) {
    this.#tracks = new SideBySide(call, (tracks) => this.#file.write(tracks))
    this.#file = new WavFile(`${path}.wav`, call.tracks.length, this.#tracks.sampleRateHz)
  }

  /** Bytes that wait for the disk. */
  get queuedBytes(): number {
    return this.#file.queuedBytes
  }

  /** Disk full, or not writable: nothing more can be kept. */
  get hasFailed(): boolean {
    return this.#file.hasFailed
  }

  write(frame: MediaFrame): void {
    this.#tracks.write(frame)
  }

  /** Writes what is left, completes the header, names the file and writes the sidecar. Returns the WAV's path. */
  async finish(summary: CallSummary, endedAt: string): Promise<string> {
    this.#tracks.end()
    const wavPath = await this.#file.finish()
    const sidecar = `${JSON.stringify(this.#sidecar(summary, endedAt), null, 2)}\n`
    await writeFile(`${this.path}.json.part`, sidecar, { mode: 0o600 })
    await rename(`${this.path}.json.part`, `${this.path}.json`)
    return wavPath
  }

  #sidecar(summary: CallSummary, endedAt: string): unknown {
    const { call } = this
    const ratio = this.#tracks.clockRatio
    return {
      callId: call.callId,
      streamId: call.streamId,
      ...this.facts,
      endedAt,
      endReason: summary.endReason,
      ...(summary.consent !== 'not-asked' && { consent: summary.consent }),
      sampleRate: this.#tracks.sampleRateHz,
      channels: call.tracks.map(({ role }) => role),
      samples: this.#tracks.samples,
      frames: { in: summary.framesIn, out: summary.framesOut, redacted: summary.framesRedacted },
      lateMs: summary.lateMs,
      unjudgedSilencedMs: summary.unjudgedSilencedMs,
      unjudgedPassedMs: summary.unjudgedPassedMs,
      lostSamples: summary.lostSamples,
      spans: summary.runs.map(({ track, startSample, endSample, reason }) => ({
        track,
        startSample: Math.round(startSample / ratio),
        endSample: Math.round(endSample / ratio),
        reason,
      })),
    }
  }
}

/** Where a call's recording goes: a folder per day, and a name made of ids with everything unusual replaced. */
export const recordingPath = async (
  directory: string,
  call: CallStart,
  epochMs: number,
  connection: string,
): Promise<string> => {
  const stamp = new Date(epochMs).toISOString()
  const id = (text: string): string => text.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 80)
  const name = `${stamp.slice(11, 19).replaceAll(':', '')}-${id(call.callId)}-${id(call.streamId)}-${connection}`
  const path = join(directory, stamp.slice(0, 10), name)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  return path
}
