import t from 'tap'
import { AudioSocketPbx, type Quirks } from '../../../proxy/dialects/audiosocket/pbx.js'
import type { WireMessage } from '../../../proxy/media/wire.js'
import { script } from '../../support/dialect-call.js'

const hexOf = (speak: (out: WireMessage[]) => void): string[] => {
  const out: WireMessage[] = []
  speak(out)
  return out.map(({ data }) => Buffer.from(data).toString('hex'))
}
const pbxOf = (quirks: Quirks = {}, sampleRateHz = 8000) =>
  new AudioSocketPbx({ ...script, sampleRateHz }, quirks)

t.test('the UUID first, then audio of both parties mixed, 20 ms a unit, the rest at the end', async (t) => {
  const pbx = pbxOf({ saysHangup: true }, 16_000)
  t.same(
    hexOf((out) => pbx.opened(0, out)),
    [`010010${script.callId.replaceAll('-', '')}`],
  )
  const parties = [new Int16Array(321).fill(1), new Int16Array(321).fill(2)]
  t.same(
    hexOf((out) => pbx.audio(parties, 0, out)),
    [`120280${'0300'.repeat(320)}`],
  )
  t.same(
    hexOf((out) => pbx.digit(0, '7', 100, 0, out)),
    ['03000137'],
  )
  t.same(
    hexOf((out) => pbx.hangUp(0, out)),
    ['1200020300', '000000'],
  )
  t.ok(pbx.isDone)
})

t.test('Asterisk says nothing when it hangs up', async (t) => {
  t.same(
    hexOf((out) => pbxOf().hangUp(0, out)),
    [],
  )
})
