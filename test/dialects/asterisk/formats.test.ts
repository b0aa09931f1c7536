import t from 'tap'
import { formatNamed, linearNameAt, sampleCountOf } from '../../../proxy/dialects/asterisk/formats.js'

t.test(
  'every format that is understood has a codec, and lasts 20 ms at the bytes that Asterisk sends',
  async (t) => {
    // optimal_frame_size of chan_websocket, 20 ms each
    const bytes = {
      alaw: 160,
      g722: 160,
      slin: 320,
      slin12: 480,
      slin16: 640,
      slin24: 960,
      slin32: 1280,
      slin44: 1764,
      slin48: 1920,
      slin96: 3840,
      slin192: 7680,
      ulaw: 160,
    }
    for (const [name, size] of Object.entries(bytes)) {
      const format = formatNamed(name)!
      t.equal(sampleCountOf(new Uint8Array(size), format), format.clockRateHz / 50, name)
    }
    t.match(formatNamed('opus'), { codec: 'opus', clockRateHz: 48_000 })
    t.equal(sampleCountOf(Uint8Array.of(0xfb), formatNamed('opus')!), -1)
  },
)

t.test('what nothing here can listen to has none', async (t) => {
  for (const name of ['', 'g729', 'gsm', 'speex', 'ULAW', 'constructor'])
    t.equal(formatNamed(name), undefined)
})

t.test('signed linear has a name per rate', async (t) => {
  t.equal(linearNameAt(8000), 'slin')
  t.equal(linearNameAt(16_000), 'slin16')
  t.equal(linearNameAt(11_025), undefined)
})
