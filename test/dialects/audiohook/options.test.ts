import t from 'tap'
import { audiohookSchema } from '../../../proxy/dialects/audiohook/options.js'

const key = { apiKey: 'a2V5', secret: 'c2VjcmV0' }

t.test('nothing need be configured', async (t) => {
  t.same(audiohookSchema.parse({}), {
    auth: 'none',
    recorderAuth: 'none',
    options: { whenRecorderFails: 'disconnect', text: 'scrub', digitMask: '*' },
  })
})

t.test('both hops have keys of their own', async (t) => {
  const configured = {
    auth: { type: 'signature', keys: [key] },
    recorderAuth: { type: 'signature', ...key },
    options: { whenRecorderFails: 'open-without-media', text: 'withhold', digitMask: '0' },
  }
  t.same(audiohookSchema.parse(configured), configured)
})

t.test('what cannot work is refused', async (t) => {
  for (const configured of [
    { auth: 'signature' },
    { auth: { type: 'signature', keys: [] } },
    { auth: { type: 'signature', keys: [{ ...key, secret: '' }] } },
    { auth: { type: 'signature', keys: [{ ...key, secret: 'not base64!' }] } },
    { auth: { type: 'signature', keys: [{ secret: key.secret }] } },
    { recorderAuth: { type: 'signature', apiKey: 'a2V5' } },
    { recorderAuth: 'signed' },
    { options: { digitMask: '**' } },
    { options: { digitMask: '"' } },
    { options: { whenRecorderFails: 'pass' } },
    { options: { unknown: 1 } },
    { unknown: 1 },
  ])
    t.equal(audiohookSchema.safeParse(configured).success, false, JSON.stringify(configured))
})
