import type { DialectConnection, HeldMessage } from '../../proxy/dialects/dialect.js'
import type { CallStart } from '../../proxy/media/frame.js'
import type { WireMessage } from '../../proxy/media/wire.js'

export const FRAME_SAMPLES = 160
const HEAD_BYTES = 6

/** How a toy call is forked: its two tracks in one payload or in two, in a codec that needs no state. */
export interface ToyFormat {
  readonly isInterleaved: boolean
  readonly codec: 'pcmu' | 'pcma' | 'l16'
  /** It says all the time that it pauses, whatever it sends. */
  readonly isPaused?: boolean
}

/** How many bytes a sample of one channel takes. */
export const bytesPerSample = ({ codec }: ToyFormat): number => (codec === 'l16' ? 2 : 1)

const callOf = ({ isInterleaved, codec }: ToyFormat): CallStart => {
  const format = { codec, clockRateHz: 8000, channelCount: isInterleaved ? 2 : 1 } as const
  return {
    callId: 'toy',
    streamId: 'toy-1',
    tracks: [
      { index: 0, role: 'caller' },
      { index: 1, role: 'agent' },
    ],
    streams: isInterleaved
      ? [{ format, tracks: [0, 1] }]
      : [
          { format, tracks: [0] },
          { format, tracks: [1] },
        ],
    metadata: {},
    isProbe: false,
  }
}

/**
 * A stand-in wire protocol. Byte 0 is the kind: S started, P/Q payment opened/closed, X other, E ended, M media.
 * Media: [M, stream, serial high, serial low, position / 160 high, low, audio...]; interleaved, the audio of tracks 0 and 1
 * alternates sample by sample.
 */
export const toyDialect = (format: ToyFormat): DialectConnection => {
  const bytesPerInstant = bytesPerSample(format) * (format.isInterleaved ? 2 : 1)
  const hold = (message: WireMessage): HeldMessage => ({ envelope: message, heldBytes: message.data.length })
  return {
    isPaused: format.isPaused === true,
    receive(message, nowMs, out) {
      const { data } = message
      const kind = String.fromCharCode(data[0]!)
      if (kind === 'S') out.push({ kind: 'started', call: callOf(format), held: hold(message) })
      else if (kind === 'P') out.push({ kind: 'payment', state: 'started', held: hold(message) })
      else if (kind === 'Q') out.push({ kind: 'payment', state: 'ended', held: hold(message) })
      else if (kind === 'E') out.push({ kind: 'ended', reason: 'hangup', held: hold(message) })
      else if (kind === 'X') out.push({ kind: 'message', held: hold(message) })
      else {
        const payload = data.subarray(HEAD_BYTES)
        const frame = {
          stream: data[1]!,
          startSample: ((data[4]! << 8) | data[5]!) * FRAME_SAMPLES,
          sampleCount: payload.length / bytesPerInstant,
          payload,
          envelope: message,
          receivedAtMs: nowMs,
          heldBytes: data.length,
          message,
        }
        out.push({ kind: 'media', frame })
      }
    },
    receiveFromRecorder() {},
    recorderOpened() {},
    recorderClosed() {},
    pbxClosed() {},
    drained() {},
    tick() {},
    encodeMedia: (frame) => frame.envelope as WireMessage,
    encodeMessage: (held) => held.envelope as WireMessage,
    preamble: () => null,
  }
}

export const plain = (kind: 'S' | 'P' | 'Q' | 'X' | 'E'): WireMessage => ({
  data: Uint8Array.of(kind.charCodeAt(0)),
  isBinary: true,
})

/** A frame of FRAME_SAMPLES samples of each channel; a sample's bytes all have the value that is given for it. */
export const media = (
  format: ToyFormat,
  stream: number,
  serial: number,
  frameIndex: number,
  channels: readonly Uint8Array[],
): WireMessage => {
  const width = bytesPerSample(format)
  const data = new Uint8Array(HEAD_BYTES + FRAME_SAMPLES * channels.length * width)
  data.set([77, stream, serial >> 8, serial & 0xff, frameIndex >> 8, frameIndex & 0xff])
  let at = HEAD_BYTES
  for (let i = 0; i < FRAME_SAMPLES; i++)
    for (let channel = 0; channel < channels.length; channel++)
      for (let byte = 0; byte < width; byte++) data[at++] = channels[channel]![i]!
  return { data, isBinary: true }
}

export const serialOf = (message: WireMessage): number =>
  message.data[0] === 77 ? (message.data[2]! << 8) | message.data[3]! : -1
export const audioOf = (message: WireMessage): Uint8Array => message.data.subarray(HEAD_BYTES)
