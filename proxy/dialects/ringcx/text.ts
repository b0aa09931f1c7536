/** What leaves of RingCX' text: ids as they are, everything else without its secrets, in place. */
import { scrubNamedSecrets } from '../../scrub/named.js'
import { scrubCardNumbers } from '../../scrub/pan.js'
import type { Field, ProtoMessage } from '../protobuf.js'
import { scrubText } from '../text.js'
import { attribute, dialog, dialogInit, fields, participant, segmentInfo, segmentStart } from './messages.js'

const noKeys: ReadonlySet<string> = new Set()

/** A number alone is no document of JSON here, in which it would have to stay a number. */
const scrub = (text: string): string =>
  /^\d+$/.test(text) ? scrubCardNumbers(text) : scrubText(text, noKeys)

/** Scrubs every text of an event that could hold a secret. */
export const scrubEvent = (event: ProtoMessage): void => {
  const caller = event.message(fields.dialogInit)?.message(dialogInit.dialog)
  for (const number of [dialog.ani, dialog.dnis, dialog.language]) caller?.scrub(number, scrub)
  for (const entry of caller?.messages(dialog.attributes) ?? [])
    scrubPair(entry, attribute.key, attribute.value)
  event.message(fields.segmentStart)?.message(segmentStart.participant)?.scrub(participant.name, scrub)
  const info = event.message(fields.segmentInfo)
  if (info !== null) scrubPair(info, segmentInfo.event, segmentInfo.data)
}

/** A name and its value: the value alone, and then as what its name says that it is. */
const scrubPair = (message: ProtoMessage, name: number, value: number): void => {
  message.scrub(name, scrub)
  const label = `${message.text(name)}: `
  message.scrub(value, (text) => scrubNamedSecrets(label + scrub(text)).slice(label.length))
}

const withheld = (
  event: ProtoMessage,
): readonly (readonly [owner: ProtoMessage | null, fieldNumber: number])[] => {
  const caller = event.message(fields.dialogInit)?.message(dialogInit.dialog) ?? null
  return [
    [caller, dialog.ani],
    [caller, dialog.dnis],
    [caller, dialog.attributes],
    [event.message(fields.segmentStart)?.message(segmentStart.participant) ?? null, participant.name],
    [event.message(fields.segmentInfo), segmentInfo.data],
  ]
}

/** The event without numbers, names, attributes and data. */
export const withoutPersons = (event: ProtoMessage): Uint8Array => {
  const places = withheld(event)
  const isWithheld = ({ fieldNumber }: Field, owner: ProtoMessage): boolean =>
    places.some(([message, number]) => message === owner && number === fieldNumber)
  return event.rebuilt((field, owner) => !isWithheld(field, owner))
}
