/** Text in fields of Protocol Buffers, without its secrets, in place. */
import { scrubNamedSecrets } from '../scrub/named.js'
import { scrubCardNumbers } from '../scrub/pan.js'
import type { ProtoMessage } from './protobuf.js'
import { scrubText } from './text.js'

const noKeys: ReadonlySet<string> = new Set()

/** A number alone is no document of JSON here, in which it would have to stay a number. */
export const scrubValue = (text: string): string =>
  /^\d+$/.test(text) ? scrubCardNumbers(text) : scrubText(text, noKeys)

/** A name and its value, of two fields: each for itself, and the value as what its name says that it is. */
export const scrubPair = (message: ProtoMessage, name: number, value: number): void => {
  message.scrub(name, scrubValue)
  const label = `${message.text(name)}: `
  message.scrub(value, (text) => scrubNamedSecrets(label + scrubValue(text)).slice(label.length))
}
