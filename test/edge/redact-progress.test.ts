import { PassThrough } from 'node:stream'
import t from 'tap'
import { barProgress, plainProgress } from '../../proxy/edge/redact-progress.js'

const terminal = () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80, cursorTo() {}, clearLine() {} })
  return { stream, text: () => String(stream.read() ?? '') }
}

t.test('lines are lines', async (t) => {
  const { stream, text } = terminal()
  const progress = plainProgress(stream, false)
  progress.advance(1000)
  progress.tell('a.wav: done')
  progress.complain('b.wav: broken')
  progress.stop()
  t.equal(text(), 'a.wav: done\nhushfork redact: b.wav: broken\n')
})

t.test('quiet means: complaints only', async (t) => {
  const { stream, text } = terminal()
  const progress = plainProgress(stream, true)
  progress.tell('a.wav: done')
  progress.complain('b.wav: broken')
  t.equal(text(), 'hushfork redact: b.wav: broken\n')
})

t.test('a name cannot move the cursor', async (t) => {
  const { stream, text } = terminal()
  plainProgress(stream, false).tell('a\u001b[2J\nb.wav: done')
  t.equal(text(), 'a?[2J?b.wav: done\n')
})

t.test('a bar keeps its lines above it, and goes away', async (t) => {
  const { stream, text } = terminal()
  const progress = barProgress(stream, 2_000_000)
  t.match(text(), '0% of 2.0 MB')
  progress.advance(1_000_000)
  progress.tell('a.wav: done')
  progress.complain('b.wav: broken')
  progress.stop()
  t.match(text(), '\r\u001b[Ka.wav: done\n\r\u001b[Khushfork redact: b.wav: broken\n')
})
