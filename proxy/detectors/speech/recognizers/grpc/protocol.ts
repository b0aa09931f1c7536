import type { StreamWord } from '../remote/speech-stream.js'
import { wordsOf } from '../remote/word-text.js'

/** Where something was said. What is 0 or false is not on the wire, and missing here. */
interface Said {
  readonly text?: string
  readonly start_sample?: number
  readonly end_sample?: number
}

/** A response of recognizer.proto, as the library reads it: fields may be missing or of any value, types are as in the file. */
export interface ListenResponse {
  readonly words?: readonly (Said & { readonly final?: boolean })[]
  readonly watermark_sample?: number
  readonly spots?: readonly (Said & { readonly certainty?: number; readonly suspected?: boolean })[]
}

/** Bytes of one response: 1,000 words. */
export const RESPONSE_BYTES_MAX = 64 * 1024

/** The words of a response. */
export const wordsIn = ({ words = [] }: ListenResponse): StreamWord[] =>
  words.flatMap((word) => apart(word).map((one) => ({ ...one, isFinal: word.final ?? false })))

/** What a response says was spotted. */
export const spotsIn = ({ spots = [] }: ListenResponse): StreamWord[] =>
  spots.flatMap((spot) =>
    apart(spot).map((one) => ({
      ...one,
      isFinal: !(spot.suspected ?? false),
      isSpot: true as const,
      certainty: certaintyOf(spot.certainty),
    })),
  )

/** A text of several words is taken apart: in one place they would pass for one. */
const apart = ({
  text = '',
  start_sample = 0,
  end_sample = 0,
}: Said): Pick<StreamWord, 'text' | 'startSample' | 'endSample'>[] => {
  const texts = wordsOf(text)
  const step = Math.max(0, end_sample - start_sample) / texts.length
  return texts.map((text, i) => ({
    text,
    startSample: start_sample + i * step,
    endSample: start_sample + (i + 1) * step,
  }))
}

/** A certainty that is none, left out or out of range, counts in full: a number was said. */
const certaintyOf = (told = 1): number => (told >= 0 && told <= 1 ? told : 1)
