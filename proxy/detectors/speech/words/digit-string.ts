/**
 * The digits of elements in their order, corrections applied. A correction takes back what was said last: the group before it
 * when what follows begins as that group did ("one two three four, sorry, one two three five"), else its last digit ("four two,
 * no, sorry, five").
 */
import type { Element } from './number-reader.js'
import { gapSamples } from './pieces.js'

/** A pause that ends a group, ms: between digits of one group people pause for less than this. */
const GROUP_PAUSE_MS = 600

/** Secret: for checks, and for nothing that outlives them. */
export const digitStringOf = (elements: readonly Element[], clockRateHz: number): string => {
  const pauseSamples = (GROUP_PAUSE_MS * clockRateHz) / 1000
  let text = ''
  let groupFrom = 0
  let isCorrected = false
  elements.forEach((element, i) => {
    if (element.kind === 'correction') {
      isCorrected = text !== ''
      return
    }
    if (element.digits === '') return
    const before = elements[i - 1]
    if (isCorrected) text = taken(text, groupFrom, replacementAt(elements, i, pauseSamples))
    else if (before !== undefined && gapSamples(before, element) > pauseSamples) groupFrom = text.length
    groupFrom = Math.min(groupFrom, text.length)
    text += element.digits
    isCorrected = false
  })
  return text
}

/** What is left when a correction is followed by `replacement`. */
const taken = (text: string, groupFrom: number, replacement: string): string => {
  const group = text.slice(groupFrom)
  const isAnew = group.length > 1 && replacement.length >= group.length && replacement[0] === group[0]
  return isAnew ? text.slice(0, groupFrom) : text.slice(0, -1)
}

/** The digits from an element on, up to a pause or another correction. */
const replacementAt = (elements: readonly Element[], from: number, pauseSamples: number): string => {
  let text = ''
  for (let i = from; i < elements.length; i++) {
    const element = elements[i]!
    if (element.kind === 'correction') break
    if (i > from && gapSamples(elements[i - 1]!, element) > pauseSamples) break
    text += element.digits
  }
  return text
}
