import t from 'tap'
import { Unwritten } from '../../proxy/edge/unwritten.js'
import { textMessage } from '../../proxy/media/wire.js'

t.test('what was written is overwritten, what was not is handed back as it was sent, once', async (t) => {
  const unwritten = new Unwritten()
  const copies = ['a', 'b', 'c'].map((text) => {
    const borrowed = textMessage(text)
    const copy = unwritten.copyOf(borrowed)!
    borrowed.data.fill(0x3f)
    return copy
  })
  unwritten.written()
  t.same(copies[0]!.data, [0])
  t.same(
    unwritten.takeBack().map(({ data, isBinary }) => ({ text: Buffer.from(data).toString(), isBinary })),
    [
      { text: 'b', isBinary: false },
      { text: 'c', isBinary: false },
    ],
  )
  t.same(unwritten.takeBack(), [])
  unwritten.written()
})
