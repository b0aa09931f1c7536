import t from 'tap'
import { googleOptionsSchema } from '../../../../../proxy/detectors/speech/recognizers/google/options.js'
import {
  endpointOf,
  firstRequest,
} from '../../../../../proxy/detectors/speech/recognizers/google/requests.js'

const options = (changes: object = {}) => googleOptionsSchema.parse({ project: 'acme-1', ...changes })

t.test('the first request names the recogniser and everything it is to do', async (t) => {
  const asked = options({
    location: 'eu',
    language: 'en-GB',
    endpointing: 'supershort',
    phrases: ['sort code'],
    boost: 5,
  })
  t.same(firstRequest(asked, 16_000), {
    recognizer: 'projects/acme-1/locations/eu/recognizers/_',
    streamingConfig: {
      config: {
        explicitDecodingConfig: { encoding: 'LINEAR16', sampleRateHertz: 16_000, audioChannelCount: 1 },
        model: 'telephony',
        languageCodes: ['en-GB'],
        features: { enableWordTimeOffsets: true, maxAlternatives: 1 },
        adaptation: { phraseSets: [{ inlinePhraseSet: { phrases: [{ value: 'sort code', boost: 5 }] } }] },
      },
      streamingFeatures: {
        interimResults: true,
        endpointingSensitivity: 'ENDPOINTING_SENSITIVITY_SUPERSHORT',
      },
    },
  })
  t.notOk('adaptation' in firstRequest(options({ phrases: [] }), 8_000).streamingConfig.config)
})

t.test('a location is asked at its own endpoint', async (t) => {
  t.equal(endpointOf(options()).href, 'https://speech.googleapis.com/')
  t.equal(endpointOf(options({ location: 'europe-west4' })).host, 'europe-west4-speech.googleapis.com')
  t.equal(endpointOf(options({ endpoint: 'https://speech.example:8443' })).host, 'speech.example:8443')
})

t.test('audio goes nowhere unencrypted but to this machine', async (t) => {
  for (const endpoint of ['http://127.0.0.1:9000', 'http://[::1]:9000', 'http://localhost:9000'])
    t.equal(googleOptionsSchema.safeParse({ project: 'acme-1', endpoint }).success, true, endpoint)
  for (const endpoint of [
    'http://speech.example:80',
    'http://127.0.0.1.example:80',
    'speech.example',
    'https://a@b',
  ])
    t.equal(googleOptionsSchema.safeParse({ project: 'acme-1', endpoint }).success, false, endpoint)
})
