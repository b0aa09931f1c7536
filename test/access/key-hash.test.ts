import t from 'tap'
import { equalHashes, hashOf, KEY_BYTES, KEY_HASH_PATTERN, keyOf } from '../../proxy/access/key-hash.js'

t.test('hashOf() is SHA-256 in hexadecimal, behind its name (FIPS 180-4, "abc")', async (t) => {
  t.equal(hashOf('abc'), 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  t.match(hashOf('abc'), KEY_HASH_PATTERN)
})

t.test('keyOf() writes 32 bytes as 43 characters behind hf_', async (t) => {
  t.equal(
    keyOf(new Uint8Array(KEY_BYTES).fill(255)),
    'hf_//////////////////////////////////////////8'.replaceAll('/', '_'),
  )
})

t.test('equalHashes() is true for equal texts alone', async (t) => {
  t.ok(equalHashes(hashOf('a'), hashOf('a')))
  t.notOk(equalHashes(hashOf('a'), hashOf('b')))
  t.notOk(equalHashes(hashOf('a'), hashOf('a').slice(0, -1)))
})
