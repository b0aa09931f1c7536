import t from 'tap'
import { modAudioStreamSchema } from '../../../proxy/dialects/mod-audio-stream/options.js'

t.test('defaults: no credentials, mono at 8,000 Hz, text scrubbed, nothing back', async (t) => {
  t.same(modAudioStreamSchema.parse({}), {
    auth: 'none',
    recorderAuth: 'none',
    options: {
      sampleRate: 8000,
      mixType: 'mono',
      digitMask: '*',
      textAfterMetadata: 'scrub',
      allowFromRecorder: [],
    },
  })
  t.notOk(modAudioStreamSchema.safeParse({ options: { subprotocol: 'x' } }).success)
})
