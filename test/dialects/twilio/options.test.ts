import t from 'tap'
import { twilioSchema } from '../../../proxy/dialects/twilio/options.js'

t.test(
  'defaults: no credentials asked, the signature forwarded, a fork, keys masked, parameters scrubbed',
  async (t) => {
    t.same(twilioSchema.parse({}), {
      auth: 'none',
      recorderAuth: 'forward',
      options: { direction: 'fork', digitMask: '*', customParameters: 'scrub' },
    })
  },
)

t.test('everything that may be configured', async (t) => {
  const full = {
    auth: { type: 'twilio-signature', authToken: 't', publicUrl: ['wss://a.example/x', 'https://b.example'] },
    recorderAuth: { type: 'bearer', token: 't' },
    options: { direction: 'connect', digitMask: '0', customParameters: { allow: ['agent'] } },
  }
  t.same(twilioSchema.parse(full), full)
})
