import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs'
import { lstat, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RedactError } from '../base/errors.js'
import type { RecordedCallOptions } from '../session/recorded-call.js'
import { WavRedaction, type WavSummary } from '../session/wav-redaction.js'

export interface RedactFileOptions extends RecordedCallOptions {
  /** Gives up: the output is removed. */
  readonly signal?: AbortSignal
  /** Bytes read since the last call. */
  readonly onProgress?: (bytes: number) => void
}

/** Bytes read at a time: 16 s of G.711. Larger pieces are no faster. */
const READ_BYTES = 128 * 1024

/**
 * Redacts one WAV, from a path or a stream to a path or a stream, in constant memory. A file is written beside its place
 * and renamed when it is whole, so that its name never stands for half a recording; a link,
 * a device or a pipe is written to directly. A stream handed in as output is not ended.
 * @throws RedactError REDACT_ERR_AUDIO_FILE for what cannot be redacted, or read and written in place; else the system's error
 */
export const redactFile = async (
  input: string | Readable,
  output: string | Writable,
  options: RedactFileOptions,
): Promise<WavSummary> => {
  if (typeof output !== 'string') return redactStream(sourceOf(input), leftOpen(output), options)
  if (typeof input === 'string' && (await isSameFile(input, output)))
    throw new RedactError('REDACT_ERR_AUDIO_FILE', 'input and output are the same file')
  if (!(await isReplaceable(output))) return redactStream(sourceOf(input), createWriteStream(output), options)
  const partial = join(dirname(output), `.${basename(output)}.${randomUUID()}.partial`)
  const target = createWriteStream(partial, { flags: 'wx' })
  try {
    const summary = await redactStream(sourceOf(input), target, options)
    await rename(partial, output)
    return summary
  } catch (error) {
    await closed(target)
    await rm(partial, { force: true })
    throw error
  }
}

/** Gives a file up, and waits for it: what is still being opened would be there after its removal. */
const closed = (file: WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (file.closed) return resolve()
    file.once('close', resolve).destroy()
  })

/** Whether both paths lead to the same file, by whatever links. */
export const isSameFile = async (a: string, b: string): Promise<boolean> => {
  const [one, other] = await Promise.all([a, b].map((path) => stat(path).catch(() => null)))
  return one != null && other != null && one.ino === other.ino && one.dev === other.dev
}

const sourceOf = (input: string | Readable): Readable =>
  typeof input === 'string' ? createReadStream(input, { highWaterMark: READ_BYTES }) : input

/**
 * A way into a stream that can be ended, and given up in the middle of a write, while the stream stays open. Errors come
 * back with the write; the listener only keeps them from being thrown at the process as well.
 */
const leftOpen = (stream: Writable): Writable => {
  const way = new Writable({ write: (piece, _encoding, done) => void stream.write(piece, done) })
  stream.once('error', (error) => way.destroy(error))
  return way
}

/** A plain file, or nothing yet. */
const isReplaceable = async (path: string): Promise<boolean> => {
  const found = await lstat(path).catch(() => null)
  return found === null || found.isFile()
}

/** The pipeline reads no faster than the output takes. */
const redactStream = async (
  source: Readable,
  target: Writable,
  { signal, onProgress, ...options }: RedactFileOptions,
): Promise<WavSummary> => {
  const redaction = new WavRedaction(options)
  const out: Uint8Array[] = []
  const taken = (): Buffer => {
    const bytes = Buffer.concat(out)
    out.length = 0
    return bytes
  }
  let summary: WavSummary | undefined
  await pipeline(
    source,
    async function* (pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        redaction.push(piece, out)
        onProgress?.(piece.length)
        yield taken()
      }
      summary = redaction.end(out)
      yield taken()
    },
    target,
    { ...(signal && { signal }) },
  )
  return summary!
}
