import { readFileSync } from 'node:fs'
import { inPackage } from '../../proxy/base/package-file.js'
import { G722Decoder } from '../../proxy/codecs/g722/decoder.js'

const folder = inPackage('fixtures/g722/')

/** What fixtures/g722/manifest.json says of speech.g722. */
export const g722Manifest = (): Record<'sha256' | 'decodedSha256' | 'encodedAgainSha256', string> =>
  JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')).files['speech.g722']

/** A fresh copy of 3 s of speech, mono: a byte for two samples of 16 kHz. */
export const g722Speech = (): Uint8Array => Uint8Array.from(readFileSync(new URL('speech.g722', folder)))

/** The same as frames of 20 ms; in stereo the second channel is half a second ahead. */
export const g722Frames = (channelCount: 1 | 2): Uint8Array[] => {
  const speech = g722Speech()
  const bytes =
    channelCount === 1
      ? speech
      : Uint8Array.from(
          { length: 2 * (speech.length - 4_000) },
          (_, i) => speech[(i >> 1) + (i & 1) * 4_000]!,
        )
  return Array.from({ length: bytes.length / (160 * channelCount) }, (_, i) =>
    bytes.slice(160 * channelCount * i, 160 * channelCount * (i + 1)),
  )
}

/** What a decoder that begins here hears, mono, at 16 kHz. */
export const g722Heard = (bytes: Uint8Array): Int16Array => {
  const pcm = new Int16Array(2 * bytes.length)
  new G722Decoder({ codec: 'g722', clockRateHz: 16_000, channelCount: 1 }).decodeInto(bytes, pcm)
  return pcm
}
