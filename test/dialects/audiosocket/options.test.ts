import t from 'tap'
import { audioSocketSchema } from '../../../proxy/dialects/audiosocket/options.js'

t.test('without configuration the recorder can do nothing, and nobody is said to be heard', async (t) => {
  t.same(audioSocketSchema.parse({}), {
    auth: 'none',
    recorderAuth: 'none',
    options: { role: 'mixed', allowFromRecorder: [] },
  })
})

t.test('unknown and unfit configuration is refused', async (t) => {
  for (const bad of [
    { auth: 'basic' },
    { options: { role: 'both' } },
    { options: { allowFromRecorder: ['dtmf'] } },
  ])
    t.equal(audioSocketSchema.safeParse(bad).success, false)
})
