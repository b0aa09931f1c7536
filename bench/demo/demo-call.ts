import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { inPackage } from '../../proxy/base/package-file.js'
import { codecNamed } from '../../proxy/codecs/index.js'
import { type WavPart, WavScanner } from '../../proxy/media/wav.js'

/** Samples [startSample, endSample) of one track. */
export interface Stretch {
  /** Index into CallTruth.tracks. */
  readonly track: number
  readonly startSample: number
  readonly endSample: number
}

export type SecretKind =
  | 'expiry date'
  | 'security code'
  | 'read back'
  /** What comes back from the caller's line into the agent's track. */
  | 'echo of a key'
  | 'echo of speech'

/** What a payment page tells the proxy, and when: ms of the call. */
export interface Signal {
  readonly atMs: number
  readonly signalId: string
  readonly state: 'started' | 'ended'
  readonly note: string
}

/** What is sensitive in the call, known from its making: fixtures/audio/demo-call.json. */
export interface CallTruth {
  readonly sampleRateHz: number
  /** Per track. */
  readonly samples: number
  readonly tracks: readonly ('caller' | 'agent')[]
  /** Every key pressed, from the first sample of its tone to its last. */
  readonly keys: readonly Stretch[]
  /** Everything else that nobody may hear. */
  readonly secrets: readonly (Stretch & { readonly kind: SecretKind })[]
  /** Where nothing on any track is sensitive, nor near to anything that is: a policy that silences here goes too far. */
  readonly calm: readonly Omit<Stretch, 'track'>[]
  readonly signals: readonly Signal[]
}

export interface Audio {
  readonly sampleRateHz: number
  /** One array per channel, equally long. */
  readonly tracks: readonly Int16Array[]
}

export interface DemoCall extends CallTruth {
  readonly audio: Audio
}

/** Where the call that is played lies, for people to listen to. */
export const demoCallPath = (): string => fileURLToPath(inPackage('fixtures/audio/demo-call.wav'))

export const readDemoCall = async (): Promise<DemoCall> => {
  const truth = await readFile(inPackage('fixtures/audio/demo-call.json'), 'utf8')
  return { ...(JSON.parse(truth) as CallTruth), audio: await readWav(demoCallPath()) }
}

/** A whole WAV, decoded. @throws RedactError REDACT_ERR_AUDIO_FILE for a file that is none, or of another format */
export const readWav = async (path: string | URL): Promise<Audio> => {
  const scanner = new WavScanner()
  const parts: WavPart[] = []
  scanner.push(await readFile(path), parts)
  scanner.end()
  const format = scanner.format!
  const encoded = Buffer.concat(parts.flatMap(({ kind, bytes }) => (kind === 'samples' ? [bytes] : [])))
  const decoder = codecNamed(format.codec)!.createDecoder(format)
  const pcm = new Int16Array((encoded.length / format.blockBytes) * format.channelCount)
  const count = decoder.decodeInto(encoded, pcm)
  decoder.close()
  const channel = (c: number): Int16Array =>
    Int16Array.from({ length: count }, (_, i) => pcm[i * format.channelCount + c]!)
  return {
    sampleRateHz: format.clockRateHz,
    tracks: Array.from({ length: format.channelCount }, (_, c) => channel(c)),
  }
}
