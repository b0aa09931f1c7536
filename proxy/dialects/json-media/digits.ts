/** Messages about pressed keys: what they say to the policy, and what of them the recorder may hear. */
import { type JsonMessage, type JsonObject, objectAt, scalarText } from '../json-object.js'
import { isDigit } from '../text.js'
import { instant, isSame, numeral } from './text.js'
import { fieldOf, type JsonMediaWire } from './wire.js'

export interface PressedKeys {
  readonly digits: readonly string[]
  /** The track as the message names it. */
  readonly trackName: string
  /** 0 when unknown. */
  readonly durationMs: number
  /** False when there is no key in it, or something else than keys. */
  readonly isWellFormed: boolean
}

export function digitsOf(value: JsonObject, { digits: layout }: JsonMediaWire): PressedKeys {
  if (layout === null) return { digits: [], trackName: '', durationMs: 0, isWellFormed: false }
  const body = objectAt(value, layout.body)
  const chars = [...scalarText(body[layout.digit])]
  const digits = chars.filter(isDigit)
  return {
    digits,
    trackName: layout.track === null ? '' : scalarText(body[layout.track]),
    durationMs: layout.duration === null ? 0 : Number(numeral(body[layout.duration]) ?? 0),
    isWellFormed: chars.length > 0 && digits.length === chars.length,
  }
}

/**
 * The text as it came around the masked digit, where it is spelled as the PBX does; written anew from known keys where not.
 * The message stays, so that the sequence has no hole.
 */
export function maskedDigits(parsed: JsonMessage, wire: JsonMediaWire, streamId: string): string {
  const layout = wire.digits!
  const body = objectAt(parsed.value, layout.body)
  const digit = body[layout.digit]
  const known = knownKeys(parsed.value, wire, streamId)
  const beside = besideDigit(body, wire)
  const isPlain =
    parsed.isFaithful &&
    isSame(parsed.value, { ...known, [layout.body]: body }) &&
    isSame(body, { ...beside, [layout.digit]: digit })
  const plainDigit = new RegExp(`("${layout.digit}"\\s*:\\s*")[0-9A-Da-d*#]"`)
  const masked = isPlain
    ? parsed.text.replace(plainDigit, (_, key: string) => `${key}${wire.digitMask}"`)
    : null
  return masked !== null && objectAt(JSON.parse(masked), layout.body)[layout.digit] === wire.digitMask
    ? masked
    : JSON.stringify({ ...known, [layout.body]: { ...beside, [layout.digit]: wire.digitMask } })
}

/** The keys around the body that may be sent on, as far as the message has them in order. */
function knownKeys(value: JsonObject, wire: JsonMediaWire, streamId: string): Record<string, unknown> {
  const known: Record<string, unknown> = { [wire.eventKey]: value[wire.eventKey] }
  const keep = (key: string, kept: unknown): void => {
    if (kept !== undefined) known[key] = kept
  }
  for (const { key, kind } of wire.media.top)
    if (kind === 'number' || kind === 'counter') keep(key, numeral(value[key]))
  for (const key of wire.digits!.instants) keep(key, instant(value[key]))
  const idKey = fieldOf(wire.media, 'stream-id')?.key
  if (idKey !== undefined && Object.hasOwn(value, idKey)) known[idKey] = streamId
  return known
}

/** What may stand beside the digit: the track by a name that the wire has, and how long the key was down. */
function besideDigit(body: JsonObject, { digits }: JsonMediaWire): Record<string, unknown> {
  const beside: Record<string, unknown> = {}
  const { track, duration } = digits!
  if (track !== null && /^(in|out)bound(_track)?$/.test(scalarText(body[track]))) beside[track] = body[track]
  const ms = duration === null ? undefined : numeral(body[duration])
  if (duration !== null && ms !== undefined) beside[duration] = ms
  return beside
}
