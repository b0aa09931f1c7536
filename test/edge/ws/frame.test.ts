import t from 'tap'
import { applyMask, isCloseCode, wordsOf } from '../../../proxy/edge/ws/frame.js'

t.test(
  'a payload of any length at any place is masked as RFC 6455, section 5.3 says, and nothing beside it',
  async (t) => {
    const key = [0x37, 0xfa, 0x21, 0x3d]
    for (let keyStart = 0; keyStart < 9; keyStart++)
      for (const length of [0, 1, 5, 31, 32, 33, 34, 35, 36, 160, 321]) {
        const payload = Array.from({ length }, (_, i) => (i * 7) & 0xff)
        const plain = [...Array(keyStart).fill(9), ...key, ...payload, 9, 9, 9, 9]
        const masked = payload.map((byte, i) => byte ^ key[i & 3]!)
        for (const offset of [0, 1, 3, 4]) {
          const bytes = new Uint8Array(offset + plain.length).subarray(offset)
          bytes.set(plain)
          applyMask(bytes, wordsOf(bytes), keyStart, length)
          t.same([...bytes], [...Array(keyStart).fill(9), ...key, ...masked, 9, 9, 9, 9])
        }
      }
  },
)

t.test("the RFC's own example (section 5.7) says Hello", async (t) => {
  const bytes = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58)
  applyMask(bytes, wordsOf(bytes), 0, 5)
  t.equal(Buffer.from(bytes.subarray(4)).toString(), 'Hello')
})

t.test('codes that stand for what was never sent may not be sent', async (t) => {
  t.same(
    [999, 1000, 1003, 1004, 1005, 1006, 1007, 1014, 1015, 2999, 3000, 4999, 5000].filter(isCloseCode),
    [1000, 1003, 1007, 1014, 3000, 4999],
  )
})
