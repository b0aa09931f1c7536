import t from 'tap'
import { HeldMedia } from '../../proxy/timeline/held.js'
import { frame } from '../support/session-call.js'

t.test('what holds a frame says all that the frame says, and shares its payload', async (t) => {
  const message = { data: new Uint8Array(160), isBinary: true }
  const said = { ...frame(3, 0x20), payloadStart: 1, payloadEnd: 9, envelope: 'its own', message }
  const held = new HeldMedia().hold(said, 'undecodable-audio')
  t.strictSame({ ...held.frame }, { ...said, kind: 'media', unjudgeable: 'undecodable-audio' })
  t.equal(held.frame.payload, said.payload)
})

t.test(
  'let go, it reaches nothing of the frame; used again, it says nothing of the one before',
  async (t) => {
    const held = new HeldMedia().hold({ ...frame(3, 0x20), envelope: 'its own' }, 'overlapping-audio')
    held.letGo()
    t.match(held.frame, { payload: { length: 0 }, envelope: null, message: undefined })
    t.strictSame(
      { ...held.hold(frame(4, 0x21), null).frame },
      {
        ...frame(4, 0x21),
        payloadStart: 0,
        payloadEnd: 0,
        message: undefined,
        kind: 'media',
        unjudgeable: null,
      },
    )
  },
)
