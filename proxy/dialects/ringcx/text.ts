/** What leaves of RingCX' text: ids as they are, everything else without its secrets, in place. */
import type { Field, ProtoMessage } from '../protobuf.js'
import { scrubPair, scrubValue } from '../scrubbed-fields.js'
import { attribute, dialog, dialogInit, fields, participant, segmentInfo, segmentStart } from './messages.js'

/** Scrubs every text of an event that could hold a secret. */
export const scrubEvent = (event: ProtoMessage): void => {
  const caller = event.message(fields.dialogInit)?.message(dialogInit.dialog)
  for (const number of [dialog.ani, dialog.dnis, dialog.language]) caller?.scrub(number, scrubValue)
  for (const entry of caller?.messages(dialog.attributes) ?? [])
    scrubPair(entry, attribute.key, attribute.value)
  event.message(fields.segmentStart)?.message(segmentStart.participant)?.scrub(participant.name, scrubValue)
  const info = event.message(fields.segmentInfo)
  if (info !== null) scrubPair(info, segmentInfo.event, segmentInfo.data)
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
