/**
 * One recorded call on disk: a WAV of 16-bit PCM with a channel per track, and a JSON sidecar that says which of it is
 * silent and why. Only judged audio comes here. Either file is written as NAME.part and takes its name when it is whole.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CallStart, MediaFrame } from '../media/frame.js'
import { samplesOf } from '../media/time.js'
import type { TrackRange } from '../policy/audit.js'
import type { CallSummary } from '../session/call-summary.js'
import { SideBySide } from '../session/side-by-side.js'
import { WavFile } from './wav-file.js'

/** Opus looks 6.5 ms ahead, G.722 1.4 ms: what was said is heard that much later. */
const ERASE_PAD_MS = 20
/** Erased ranges that the sidecar names; the ledger names all. */
const ERASED_MAX = 1000

export interface SidecarFacts {
  readonly dialect: string
  readonly policy: string
  /** ISO 8601. */
  readonly startedAt: string
}

export class CallRecording {
  readonly #tracks: SideBySide
  readonly #file: WavFile
  readonly #erased: (TrackRange & { readonly reason: string })[] = []

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

  /**
   * Silences a range of the call that has been recorded, in memory and on disk; samples are the call's. It is a little
   * longer than was asked: decoders look ahead.
   */
  async erase({ tracks, startSample, endSample }: TrackRange, reason: string): Promise<void> {
    const { clockRatio, sampleRateHz } = this.#tracks
    const pad = samplesOf(ERASE_PAD_MS, sampleRateHz)
    const start = Math.max(0, Math.floor(startSample / clockRatio) - pad)
    const end = Math.ceil(endSample / clockRatio) + pad
    for (const track of tracks) this.#tracks.erase(track, start, end)
    if (this.#erased.length < ERASED_MAX)
      this.#erased.push({ tracks, startSample: start, endSample: end, reason })
    await this.#file.erase(tracks, start, end)
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
      ...(this.#erased.length > 0 && { erased: this.#erased }),
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
