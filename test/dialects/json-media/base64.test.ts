import t from 'tap'
import {
  base64Bytes,
  base64Length,
  decodeBase64Into,
  encodeBase64Into,
} from '../../../proxy/dialects/json-media/base64.js'
import { MediaMemory } from '../../../proxy/dialects/json-media/media-memory.js'
import { rng } from '../../support/rng.js'

const vectors = new MediaMemory(true)

const decodeRange = (bytes: Uint8Array, start: number, end: number): Uint8Array | null => {
  const target = new Uint8Array(Math.max(0, base64Bytes(bytes, start, end)) + 1).fill(0x21)
  const isBase64 = decodeBase64Into(bytes, start, end, target)
  t.same(vectors.decode(bytes, start, end), isBase64 ? target.subarray(0, -1) : null, 'the same in vectors')
  if (!isBase64) return null
  t.equal(target.at(-1), 0x21, 'nothing behind its end is written')
  return target.subarray(0, -1)
}
const decode = (text: string): Uint8Array | null => {
  const bytes = Buffer.from(text)
  return decodeRange(bytes, 0, bytes.length)
}

t.test('RFC 4648 section 10: the test vectors both ways', async (t) => {
  const vectors = {
    '': '',
    f: 'Zg==',
    fo: 'Zm8=',
    foo: 'Zm9v',
    foob: 'Zm9vYg==',
    fooba: 'Zm9vYmE=',
    foobar: 'Zm9vYmFy',
  }
  for (const [plain, base64] of Object.entries(vectors)) {
    t.equal(Buffer.from(decode(base64)!).toString(), plain)
    const target = Buffer.alloc(base64Length(plain.length))
    encodeBase64Into(Buffer.from(plain), target, 0)
    t.equal(target.toString(), base64)
  }
})

t.test('160 bytes of mu-law silence are 213 slashes and w==', async (t) => {
  const target = Buffer.alloc(216)
  encodeBase64Into(new Uint8Array(160).fill(0xff), target, 0)
  t.equal(target.toString(), `${'/'.repeat(213)}w==`)
})

t.test('any bytes come back, and nothing beside the range is read or written', async (t) => {
  const random = rng(3)
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, () => random() * 256)
    const target = new Uint8Array(base64Length(length) + 2).fill(0x21)
    encodeBase64Into(bytes, target, 1)
    t.equal(Buffer.from(target).toString(), `!${Buffer.from(bytes).toString('base64')}!`)
    t.same([...decodeRange(target, 1, target.length - 1)!], [...bytes])
  }
})

t.test('what is no padded base64 of the standard alphabet is refused', async (t) => {
  for (const text of [
    'Z',
    'Zg',
    'Zg=',
    'Zm9',
    'Zm=v',
    '====',
    'Z===',
    'Zm 9',
    'Zm9-',
    'Zm9_',
    'Zm\\/',
    'Zg==Zg==',
    'Zmé',
  ])
    t.equal(decode(text), null)
})
