import t from 'tap'
import { MESSAGE_BYTES_MAX } from '../../../proxy/base/limits.js'
import { base64Bytes, decodeBase64Into } from '../../../proxy/dialects/json-media/base64.js'
import {
  PAYLOAD_AT,
  PAYLOAD_BYTES_MAX,
  TEXT_AT,
  TEXT_BYTES_MAX,
} from '../../../proxy/dialects/json-media/media-layout.js'
import { type MediaMemory, mediaMemory } from '../../../proxy/dialects/json-media/media-memory.js'
import { PlainMediaReader } from '../../../proxy/dialects/json-media/plain-media.js'
import type { MediaLayout } from '../../../proxy/dialects/json-media/wire.js'
import { mediaMemories, wayOf } from '../../support/media-memories.js'
import { rng } from '../../support/rng.js'

const [vectors, bytes] = mediaMemories as [MediaMemory, MediaMemory]

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const layout: MediaLayout = {
  event: 'media',
  top: [
    { key: 'event', kind: 'event' },
    { key: 'sequence', kind: 'number' },
    { key: 'media', kind: 'body' },
    { key: 'id', kind: 'stream-id' },
  ],
  body: [
    { key: 'track', kind: 'track' },
    { key: 'chunk', kind: 'counter' },
    { key: 'timestamp', kind: 'timestamp', isOptional: true },
    { key: 'payload', kind: 'payload' },
  ],
}
const readerIn = (memory: MediaMemory): PlainMediaReader =>
  new PlainMediaReader(layout, 'MZ1', ['inbound', 'outbound'], null, memory)

/** Everything of a message's text and payload that the memory holds. */
const contentsOf = (memory: MediaMemory): Uint8Array => {
  const all = new Uint8Array(memory.found.buffer)
  t.ok(all.length >= PAYLOAD_AT + PAYLOAD_BYTES_MAX + 16)
  return all.subarray(TEXT_AT)
}
const isBlank = (memory: MediaMemory): boolean => contentsOf(memory).every((byte) => byte === 0)

t.test(
  'vectors do the work where the processor has them, and a message of any length has room',
  async (t) => {
    t.ok(mediaMemory.isVector)
    t.equal(TEXT_BYTES_MAX, MESSAGE_BYTES_MAX)
    t.equal(PAYLOAD_BYTES_MAX, (MESSAGE_BYTES_MAX / 4) * 3)
  },
)

t.test('messages of a shape, mutated, are the same messages in both ways', async (t) => {
  const random = rng(11)
  const below = (n: number): number => Math.floor(random() * n)
  const base64 = (length: number): string =>
    Buffer.from(Uint8Array.from({ length }, () => below(256))).toString('base64')
  const digits = (): string => {
    const number = '123456789012345'.slice(0, 1 + below(below(4) === 0 ? 15 : 6))
    return below(9) === 0 ? `0${number}` : number
  }
  const quote = ['"', '', '"']
  const message = (style: number): string => {
    const mark = quote[style % 3]!
    const space = style > 3 ? ' '.repeat(40) : ''
    const time = style === 2 ? '' : `"timestamp":${mark}${digits()}${mark},`
    const body = `{"track":"${style % 2 === 0 ? 'in' : 'out'}bound",${time}"payload":"${base64(below(4) === 0 ? below(700) : 160)}","chunk":${mark}${digits()}${mark}}`
    return `{"event":"media",${space}"sequence":"${digits()}","media":${body},"id":"MZ1"}`
  }
  const strange = ['"', '\\', '=', '0', '7', '}', ' ', '/', '+', '-', '\u0000', 'é', '"}']
  const mutated = (text: string): string => {
    const at = below(text.length + 1)
    const other = strange[below(strange.length)]!
    switch (below(8)) {
      case 0:
        return text.slice(0, at) + other + text.slice(at + 1)
      case 1:
        return text.slice(0, at) + other + text.slice(at)
      case 2:
        return text.slice(0, at)
      case 3:
        return text + other
      case 4:
        return text.slice(0, at) + text.slice(at + 1 + below(5))
      case 5:
        return text.replace(/"payload":"./, `"payload":"${other}`)
      default:
        return text
    }
  }
  const outcome = (reader: PlainMediaReader, memory: MediaMemory, message: Uint8Array): string => {
    if (!reader.read(message)) return 'not plain'
    const { track, timestampMs, counter, payloadStart, payloadEnd } = reader
    const payload = memory.decode(message, payloadStart, payloadEnd)
    const said = payload === null ? 'no base64' : Buffer.from(payload).toString('hex')
    memory.overwrite()
    return [track, timestampMs, counter, payloadStart, payloadEnd, said].join(' ')
  }
  const seen = { 'not plain': 0, 'no base64': 0, read: 0 }
  for (let call = 0; call < 60; call++) {
    const readers = [readerIn(vectors), readerIn(bytes)] as const
    const styles = [below(7), below(7)]
    for (let n = 0; n < 300; n++) {
      const text = Buffer.from(mutated(message(styles[n % 2]!)))
      const expected = outcome(readers[1], bytes, text)
      seen[expected === 'not plain' ? expected : expected.endsWith('no base64') ? 'no base64' : 'read']++
      if (outcome(readers[0], vectors, text) !== expected) t.fail(`${text}: ${expected}`)
    }
  }
  t.ok(Math.min(...Object.values(seen)) > 300, JSON.stringify(seen))
})

t.test('a stale byte behind a message decides nothing', async (t) => {
  const text = '{"event":"media","media":{"chunk":1,"track":"inbound","payload":"AAAA"},"id":"MZ1"}'
  for (let end = 0; end <= text.length; end++) {
    const reader = readerIn(vectors)
    t.ok(reader.read(Buffer.from(text)), 'its text lies there from now on')
    const isWhole = end === text.length
    if (reader.read(Buffer.from(text.slice(0, end))) !== isWhole) t.fail(`cut at ${end}`)
  }
})

/** The oracle's answer. */
const decodedByByte = (source: Uint8Array, start: number, end: number): Uint8Array | null => {
  const target = new Uint8Array(Math.max(0, base64Bytes(source, start, end)))
  return decodeBase64Into(source, start, end, target) ? target : null
}
const sameIn = (memory: MediaMemory, source: Uint8Array, start: number, end: number): boolean => {
  const [got, expected] = [memory.decode(source, start, end), decodedByByte(source, start, end)]
  return got === null || expected === null ? got === expected : Buffer.compare(got, expected) === 0
}

for (const memory of mediaMemories)
  t.test(`base64 ${wayOf(memory)} is what base64.ts says`, async (t) => {
    const random = rng(5)
    for (let length = 0; length <= 720; length++) {
      const chars = Array.from({ length }, () => ALPHABET[Math.floor(random() * 64)]!)
      for (const padding of [0, 1, 2, 3]) {
        if (padding > 0 && padding <= length) chars[length - padding] = '='
        const source = Buffer.from(`"${chars.join('')}"`)
        if (!sameIn(memory, source, 1, length + 1)) t.fail(`${length} characters, ${padding} of them padding`)
      }
    }
    for (const length of [4, 16, 20, 36])
      for (let at = 0; at < length; at++)
        for (let byte = 0; byte < 256; byte++) {
          const source = Buffer.from('/'.repeat(length))
          source[at] = byte
          if (!sameIn(memory, source, 0, length)) t.fail(`byte ${byte} at ${at} of ${length}`)
        }
    const whole = Buffer.from('AAAAAAAA')
    for (const [start, end] of [
      [0, 12],
      [-4, 4],
      [8, 4],
      [0, 6],
    ] as const)
      t.equal(memory.decode(whole, start, end), null, `${start} to ${end} of 8`)
    t.same([...memory.decode(whole, 8, 8)!], [])
    t.same([...memory.decode(Buffer.from('AA=='), 4, 4)!], [], 'nothing, behind padding')
  })

for (const memory of mediaMemories)
  t.test(`nothing of a message is left ${wayOf(memory)}, whatever became of it`, async (t) => {
    const reader = readerIn(memory)
    const said = (payload: string, tail = ''): Buffer =>
      Buffer.from(
        `{"event":"media","media":{"track":"inbound","chunk":1,"payload":"${payload}"},"id":"MZ1"}${tail}`,
      )
    const read = (message: Buffer): boolean => reader.read(message)
    memory.overwrite()
    t.ok(read(said('AAAA')) && isBlank(memory), 'key by key')
    const long = said('/'.repeat(1_000))
    t.ok(read(long))
    t.ok(memory.decode(long, reader.payloadStart, reader.payloadEnd)?.every((byte) => byte === 0xff))
    const short = said('////')
    t.ok(read(short) && memory.decode(short, reader.payloadStart, reader.payloadEnd)?.length === 3)
    memory.overwrite()
    t.ok(isBlank(memory), 'heard, a short one after a long one')
    t.notOk(read(said('////', '!')))
    t.ok(isBlank(memory), 'of no shape')
    const bad = said('///*')
    t.ok(read(bad))
    t.equal(memory.decode(bad, reader.payloadStart, reader.payloadEnd), null)
    t.ok(isBlank(memory), 'no base64')
  })

t.test('a text is decoded as it is by then, and not as it was when it was read', async (t) => {
  const message = Buffer.from('AAAA')
  t.same([...vectors.decode(message, 0, 4)!], [0, 0, 0])
  message.fill('/')
  t.same([...vectors.decode(message, 0, 4)!], [0xff, 0xff, 0xff])
})

t.test('what has no room is read byte by byte', async (t) => {
  const reader = readerIn(vectors)
  const padded = (spaces: number, payload: string): Buffer =>
    Buffer.from(
      `{"event":"media",${' '.repeat(spaces)}"media":{"track":"inbound","chunk":1,"payload":"${payload}"},"id":"MZ1"}`,
    )
  const said = (message: Buffer): string | null => {
    if (!reader.read(message)) return null
    const payload = vectors.decode(message, reader.payloadStart, reader.payloadEnd)
    return payload === null ? null : Buffer.from(payload).toString('base64')
  }
  for (const spaces of [4_000, 4_096, 5_000, MESSAGE_BYTES_MAX])
    for (const payload of ['AAEC', 'AwQF', 'BgcI']) t.equal(said(padded(spaces, payload)), payload)
  const longest = '/'.repeat(MESSAGE_BYTES_MAX)
  for (const payload of ['AAEC', longest, 'AwQF']) t.ok(said(padded(0, payload)) === payload)
  t.equal(said(padded(0, `${longest}////`)), null)
  vectors.overwrite()
  t.ok(isBlank(vectors))
})
