import t from 'tap'
import { modAudioForkSchema } from '../../../proxy/dialects/mod-audio-fork/options.js'

t.test('defaults: no credentials, mono at 8,000 Hz, no text behind the metadata, nothing back', async (t) => {
  t.same(modAudioForkSchema.parse({}), {
    auth: 'none',
    recorderAuth: 'none',
    options: {
      sampleRate: 8000,
      mixType: 'mono',
      textAfterMetadata: 'drop',
      digitMask: '*',
      allowFromRecorder: [],
      subprotocol: 'audio.drachtio.org',
    },
  })
})

t.test('rates are multiples of 8,000 Hz up to 64,000', async (t) => {
  const isFit = (sampleRate: number): boolean =>
    modAudioForkSchema.safeParse({ options: { sampleRate } }).success
  for (const rate of [8000, 16_000, 24_000, 32_000, 48_000, 64_000]) t.ok(isFit(rate))
  for (const rate of [0, 4000, 11_025, 44_100, 72_000]) t.notOk(isFit(rate))
})
