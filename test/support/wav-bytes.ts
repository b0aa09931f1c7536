import { pcma } from '../../proxy/codecs/pcma/pcma.js'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'

/** WAV files byte by byte, for tests of what reads them. */

export interface WavFields {
  readonly tag: number
  readonly channels: number
  readonly rateHz: number
  readonly bits: number
}

export const u16 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff]
export const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(Math.floor(value / 65536))]
export const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0))

/** Id, size, content, and the padding byte of an odd size. `size` overrides what the header says. */
export const chunk = (id: string, content: ArrayLike<number>, size = content.length): number[] => [
  ...ascii(id),
  ...u32(size),
  ...Array.from(content),
  ...(content.length % 2 === 1 ? [0] : []),
]

export const fmt = ({ tag, channels, rateHz, bits }: WavFields): number[] => {
  const blockBytes = (channels * bits) / 8
  return [
    ...u16(tag),
    ...u16(channels),
    ...u32(rateHz),
    ...u32(rateHz * blockBytes),
    ...u16(blockBytes),
    ...u16(bits),
  ]
}

/** The fields of WAVE_FORMAT_EXTENSIBLE around a format tag. */
export const extensible = (fields: WavFields): number[] => [
  ...fmt({ ...fields, tag: 0xfffe }),
  ...u16(22),
  ...u16(fields.bits),
  ...u32(0),
  ...u16(fields.tag),
  ...[0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71],
]

/** 'RIFF' size 'WAVE' around chunks. */
export const riff = (...chunks: readonly number[][]): Uint8Array => {
  const body = chunks.flat()
  return Uint8Array.from([...ascii('RIFF'), ...u32(body.length + 4), ...ascii('WAVE'), ...body])
}

export const join = (pieces: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces))

const encoders: Readonly<Record<number, (pcm: Int16Array) => Uint8Array>> = {
  1: (pcm) => new Uint8Array(pcm.buffer.slice(0)),
  6: pcma.encode,
  7: pcmu.encode,
}

/** The bytes of a silent sample. */
export const SILENCE: Readonly<Record<number, number>> = { 1: 0, 6: 0xd5, 7: 0xff }

/** Interleaved samples as a WAV of the given encoding. */
export const wavOf = (fields: WavFields, pcm: Int16Array, ...trailing: readonly number[][]): Uint8Array =>
  riff(chunk('fmt ', fmt(fields)), chunk('data', encoders[fields.tag]!(pcm)), ...trailing)

export interface Key {
  readonly channel: number
  readonly startSeconds: number
  readonly endSeconds: number
}

/** A steady hum on every channel, and key "1" (697 + 1209 Hz) over it where it is pressed. */
export const hummed = (
  { channels, rateHz }: Pick<WavFields, 'channels' | 'rateHz'>,
  seconds: number,
  keys: readonly Key[],
): Int16Array => {
  const pcm = new Int16Array(Math.round(seconds * rateHz) * channels)
  const sine = (hz: number, i: number): number => Math.sin((2 * Math.PI * hz * i) / rateHz)
  for (let i = 0; i < pcm.length / channels; i++)
    for (let channel = 0; channel < channels; channel++) {
      const isPressed = keys.some(
        (key) => key.channel === channel && i >= key.startSeconds * rateHz && i < key.endSeconds * rateHz,
      )
      const key = isPressed ? 6000 * (sine(697, i) + sine(1209, i)) : 0
      pcm[i * channels + channel] = 300 * sine(180, i) + 200 + key
    }
  return pcm
}
