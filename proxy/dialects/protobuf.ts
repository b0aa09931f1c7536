/**
 * Protocol Buffers' wire format (protobuf.dev, "Encoding"), as far as a man in the middle needs it: where each field lies
 * in the bytes, so that audio and text can be overwritten where they are and everything else stays bit for bit.
 *
 * Fail closed: a field that its type does not know, or of another wire type, is foreign and must not pass, because nobody
 * has looked into it. A singular field that comes twice means something else to each reader: that message is malformed.
 */

/** What a message may hold, by field number. `number`: a varint; up to 2^53 exactly. */
export interface MessageType {
  readonly [fieldNumber: number]: FieldType
}

export type FieldType = 'number' | 'text' | 'bytes' | NestedType

export interface NestedType {
  readonly message: MessageType
  /** Comes any number of times; entries of a map do. */
  readonly isRepeated?: true
}

/** Fields of one message, unknown ones included. What is documented has seven; attributes may be many. */
const FIELDS_MAX = 1024

const VARINT = 0
const FIXED_64 = 1
const DELIMITED = 2
const FIXED_32 = 5

/** One field in the bytes of its message. */
export interface Field {
  readonly fieldNumber: number
  /** Where it begins, tag included. */
  readonly fieldStart: number
  /** Of a delimited field the content, of any other the value. */
  readonly start: number
  readonly end: number
  /** Of a varint. */
  readonly value: number
  readonly nested: ProtoMessage | null
  /** Its type does not know it. */
  readonly isForeign: boolean
}

/** A serialized message, taken apart. Views the bytes that it was read from; whoever changes them changes it. */
export class ProtoMessage {
  constructor(
    readonly bytes: Uint8Array,
    private readonly fields: readonly Field[],
  ) {}

  /** Whether anything in it, at any depth, is unknown. */
  get isForeign(): boolean {
    return this.fields.some(({ isForeign, nested }) => isForeign || nested?.isForeign === true)
  }

  /** The field; the first one of those that are repeated. Undefined when it is not there. */
  field(fieldNumber: number): Field | undefined {
    return this.fields.find((field) => field.fieldNumber === fieldNumber && !field.isForeign)
  }

  has(fieldNumber: number): boolean {
    return this.field(fieldNumber) !== undefined
  }

  /** 0 when it is not there, as in proto3. */
  number(fieldNumber: number): number {
    return this.field(fieldNumber)?.value ?? 0
  }

  /** Empty when it is not there, as in proto3. */
  text(fieldNumber: number): string {
    const field = this.field(fieldNumber)
    return field === undefined ? '' : decoder.decode(this.bytes.subarray(field.start, field.end))
  }

  message(fieldNumber: number): ProtoMessage | null {
    return this.field(fieldNumber)?.nested ?? null
  }

  /** Every message of a repeated field, in order. */
  messages(fieldNumber: number): ProtoMessage[] {
    return this.fields.flatMap((field) =>
      field.fieldNumber === fieldNumber && field.nested !== null ? [field.nested] : [],
    )
  }

  /** Serialized anew, with those fields alone for which `keeps` holds at every depth; the rest byte for byte. */
  rebuilt(keeps: (field: Field, owner: ProtoMessage) => boolean): Uint8Array {
    const parts: Uint8Array[] = []
    for (const field of this.fields) {
      if (!keeps(field, this)) continue
      if (field.nested === null) parts.push(this.bytes.subarray(field.fieldStart, field.end))
      else parts.push(encodeField(field.fieldNumber, field.nested.rebuilt(keeps)))
    }
    return concatenated(parts)
  }

  /** Serialized anew without what is foreign. */
  withoutForeign(): Uint8Array {
    return this.rebuilt(({ isForeign }) => !isForeign)
  }

  /**
   * Overwrites a text in place with what `scrub` makes of it, which must have the same length in UTF-8; one that has not
   * becomes asterisks. A text that is not there stays so.
   */
  scrub(fieldNumber: number, scrub: (text: string) => string): void {
    const field = this.field(fieldNumber)
    if (field === undefined) return
    const place = this.bytes.subarray(field.start, field.end)
    const text = decoder.decode(place)
    const scrubbed = scrub(text)
    if (scrubbed === text) return
    const bytes = encoder.encode(scrubbed)
    if (bytes.length === place.length) place.set(bytes)
    else place.fill(ASTERISK)
  }
}

const ASTERISK = 0x2a
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** The message that `bytes` are, or null when they are none: cut, nested wrongly, a text that is not UTF-8. Never throws. */
export const readMessage = (bytes: Uint8Array, type: MessageType): ProtoMessage | null =>
  readFields(bytes, 0, bytes.length, type)

const readFields = (
  bytes: Uint8Array,
  start: number,
  end: number,
  type: MessageType,
): ProtoMessage | null => {
  const fields: Field[] = []
  for (let at = start; at < end; ) {
    const field = readField(bytes, at, end, type)
    if (field === null || fields.length === FIELDS_MAX) return null
    if (!field.isForeign && !isRepeated(type[field.fieldNumber]) && has(fields, field.fieldNumber))
      return null
    fields.push(field)
    at = field.end
  }
  return new ProtoMessage(bytes, fields)
}

const has = (fields: readonly Field[], fieldNumber: number): boolean =>
  fields.some((field) => field.fieldNumber === fieldNumber)

const isRepeated = (type: FieldType | undefined): boolean =>
  typeof type === 'object' && type.isRepeated === true

const readField = (bytes: Uint8Array, fieldStart: number, end: number, type: MessageType): Field | null => {
  const tag = readVarint(bytes, fieldStart, end)
  if (tag === null || tag.value > 0xffff_ffff) return null
  const fieldNumber = Math.floor(tag.value / 8)
  const place = placeOf(bytes, tag.end, end, tag.value % 8)
  if (fieldNumber === 0 || place === null) return null
  const fieldType = Object.hasOwn(type, fieldNumber) ? type[fieldNumber] : undefined
  const isForeign =
    fieldType === undefined || place.wireType !== (fieldType === 'number' ? VARINT : DELIMITED)
  const field = { fieldNumber, fieldStart, start: place.start, end: place.end, value: place.value }
  if (isForeign) return { ...field, nested: null, isForeign }
  if (fieldType === 'text' && !isText(bytes, place.start, place.end)) return null
  if (typeof fieldType !== 'object') return { ...field, nested: null, isForeign }
  const nested = readFields(bytes, place.start, place.end, fieldType.message)
  return nested && { ...field, nested, isForeign }
}

interface Place {
  readonly wireType: number
  readonly start: number
  readonly end: number
  readonly value: number
}

/** Where the value behind a tag lies; null when it does not fit, or for groups, which nobody writes any more. */
const placeOf = (bytes: Uint8Array, start: number, end: number, wireType: number): Place | null => {
  if (wireType === VARINT) {
    const varint = readVarint(bytes, start, end)
    return varint && { wireType, start, ...varint }
  }
  const length = wireType === DELIMITED ? readVarint(bytes, start, end) : null
  const contentStart = length === null ? start : length.end
  const size = { [FIXED_64]: 8, [DELIMITED]: length?.value, [FIXED_32]: 4 }[wireType]
  if (size === undefined || contentStart + size > end) return null
  return { wireType, start: contentStart, end: contentStart + size, value: 0 }
}

/** A base-128 varint of ten bytes at most; null when it is cut or longer. */
const readVarint = (
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly value: number; readonly end: number } | null => {
  let value = 0
  let scale = 1
  for (let at = start; at < Math.min(end, start + 10); at++) {
    const byte = bytes[at]!
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return { value, end: at + 1 }
    scale *= 0x80
  }
  return null
}

const isText = (bytes: Uint8Array, start: number, end: number): boolean => {
  try {
    strictDecoder.decode(bytes.subarray(start, end))
    return true
  } catch {
    return false
  }
}

/** One field, serialized: a number as varint, text and bytes with their length. For what we say ourselves. */
export const encodeField = (fieldNumber: number, value: number | string | Uint8Array): Uint8Array => {
  if (typeof value === 'number') return concatenated([varint(fieldNumber * 8 + VARINT), varint(value)])
  const content = typeof value === 'string' ? encoder.encode(value) : value
  return concatenated([varint(fieldNumber * 8 + DELIMITED), varint(content.length), content])
}

/** Fields, serialized one behind the other: a message. */
export const encodeFields = (
  ...fields: readonly (readonly [fieldNumber: number, value: number | string | Uint8Array])[]
): Uint8Array => concatenated(fields.map(([fieldNumber, value]) => encodeField(fieldNumber, value)))

const varint = (value: number): Uint8Array => {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

const concatenated = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
