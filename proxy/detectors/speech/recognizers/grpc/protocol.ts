import type { StreamWord } from '../remote/speech-stream.js'
import { wordsOf } from '../remote/word-text.js'

/** A response of recognizer.proto, as the library reads it: fields may be missing or of any value, types are as in the file. */
export interface ListenResponse {
  readonly words?: readonly {
    readonly text: string
    readonly start_sample: number
    readonly end_sample: number
    readonly final: boolean
  }[]
  readonly watermark_sample?: number
}

/** Bytes of one response: 1,000 words. */
export const RESPONSE_BYTES_MAX = 64 * 1024

/** The words of a response. A text of several words is taken apart: in one place they would pass for one. */
export const wordsIn = ({ words = [] }: ListenResponse): StreamWord[] =>
  words.flatMap(({ text, start_sample, end_sample, final }) => {
    const texts = wordsOf(text)
    const step = Math.max(0, end_sample - start_sample) / texts.length
    return texts.map((text, i) => ({
      text,
      startSample: start_sample + i * step,
      endSample: start_sample + (i + 1) * step,
      isFinal: final,
    }))
  })
