import t from 'tap'
import { audiocodesSchema } from '../../../proxy/dialects/audiocodes/options.js'

t.test('defaults: two participants, every format, no bot gets its way', async (t) => {
  t.same(audiocodesSchema.parse({}), {
    auth: 'none',
    recorderAuth: 'none',
    options: {
      participants: ['caller', 'agent'],
      mediaFormats: ['raw/lpcm16', 'raw/lpcm16_24', 'raw/mulaw'],
      recordingActivities: 'ignore',
      digitMask: '*',
      allowFromRecorder: [],
    },
  })
  for (const options of [
    { participants: [] },
    { participants: ['a', 'b', 'c'] },
    { mediaFormats: ['wav/lpcm16'] },
    { mediaFormats: [] },
    { allowFromRecorder: ['hangup'] },
  ])
    t.notOk(audiocodesSchema.safeParse({ options }).success)
})
