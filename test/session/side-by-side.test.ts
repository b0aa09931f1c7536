import t from 'tap'
import { SideBySide } from '../../proxy/session/side-by-side.js'
import { callStart, frame } from '../support/session-call.js'

const taken = (trackCount: 1 | 2) => {
  const pieces: number[][] = []
  const tracks = new SideBySide(callStart(trackCount), (pcm) => {
    pieces.push(pcm.map(({ length }) => length))
  })
  return { tracks, pieces }
}

t.test('tracks are handed on together, up to the slower one', async (t) => {
  const { tracks, pieces } = taken(2)
  tracks.write(frame(0, 0x20, { stream: 0 }))
  t.strictSame(pieces, [])
  tracks.write(frame(0, 0x20, { stream: 1 }))
  t.strictSame(pieces, [[160, 160]])
  tracks.write(frame(1, 0x20, { stream: 0 }))
  tracks.end()
  t.strictSame(pieces.at(-1), [160, 160], 'what never came is silence')
  t.equal(tracks.samples, 320)
})

t.test('a track that lags more than 3 s behind is silence from there on', async (t) => {
  const { tracks } = taken(2)
  for (let n = 0; n < 200; n++) tracks.write(frame(n, 0x20, { stream: 0 }))
  t.equal(tracks.samples, 200 * 160 - 24_000)
})

t.test('an hour on hold is filled in pieces, and a broken position is not filled at all', async (t) => {
  const { tracks, pieces } = taken(1)
  tracks.write(frame(150_000, 0x20))
  t.equal(tracks.samples, 150_001 * 160)
  t.ok(pieces.every(([count]) => count! <= 80_000))
  tracks.write(frame(1_000_000_000, 0x20))
  t.equal(tracks.samples, 150_001 * 160)
})
