import t from 'tap'
import { vonageSchema } from '../../../proxy/dialects/vonage/options.js'

t.test('defaults: no credentials, all headers scrubbed, keys masked, nothing back', async (t) => {
  t.same(vonageSchema.parse({}), {
    auth: 'none',
    recorderAuth: 'none',
    options: {
      callIdHeader: 'uuid',
      headers: 'scrub',
      digitEvents: 'mask',
      digitMask: '*',
      allowFromRecorder: [],
    },
  })
})

t.test('what does not fit is refused', async (t) => {
  for (const options of [
    { auth: { type: 'vonage-jwt' } },
    { auth: { type: 'vonage-jwt', signatureSecret: '' } },
    { recorderAuth: { type: 'vonage-jwt', signatureSecret: 's' } },
    { options: { headers: 'pass' } },
    { options: { digitMask: '**' } },
    { options: { allowFromRecorder: ['hangup'] } },
  ])
    t.notOk(vonageSchema.safeParse(options).success)
})
