import t from 'tap'
import { holdBackNeeds, pauseMsWithin } from '../../proxy/config/hold-back.js'
import { policySchema } from '../../proxy/policy/options.js'

const policyOf = (options: object = {}) => policySchema.parse(options)
const neededMs = (options: object): number =>
  Math.max(...holdBackNeeds(policyOf(options)).map(({ ms }) => ms))

t.test('a hold-back waits for the longest of what it has to wait for', async (t) => {
  t.equal(neededMs({}), 2100, 'payment.lookBackMs 2000 + 100')
  t.equal(neededMs({ payment: { lookBackMs: 0 } }), 540, 'digitEvents.padBeforeMs 500 + 40')
  t.equal(
    neededMs({ payment: { lookBackMs: 0 }, consent: { mode: 'opt-in' } }),
    600,
    'keys that mean something',
  )
  t.equal(neededMs({ hold: { lookBackMs: 2200 } }), 2300)
})

t.test(
  'what can be done about it is said where speech is what takes long, and not where keys are',
  async (t) => {
    const remedyOf = (options: object) => holdBackNeeds(policyOf(options))[0]!.remedy
    t.equal(remedyOf({}), undefined)
    const listening = { detectors: { speech: { recognizers: { embedded: {} } } } }
    t.match(
      remedyOf(listening),
      /lower detectors\.speech\.waitMs .* detectors\.speech\.recognizers\.embedded: null$/,
    )
  },
)

t.test(
  'a pause takes three fifths of what the shortest hold-back has to spare, and none of too little',
  async (t) => {
    const [roomy, tight, full] = [{}, { holdBackMs: 2190 }, { holdBackMs: 2133 }].map(policyOf)
    t.equal(pauseMsWithin(500, [roomy!]), 500)
    t.equal(pauseMsWithin(1000, [roomy!]), 540, '(3000 - 2100) x 0.6')
    t.equal(pauseMsWithin(500, [roomy!, tight!]), 54)
    t.equal(pauseMsWithin(500, [roomy!, full!]), 0, 'shorter than a frame')
    t.equal(pauseMsWithin(0, [roomy!]), 0)
    t.equal(pauseMsWithin(10, [roomy!]), 0)
  },
)
