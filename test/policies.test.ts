// The policies that are shipped to start from: each is in order as it stands, and does what docs/policies.md says of it.
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { inPackage } from '../proxy/base/package-file.js'
import { SAFE_POLICY } from '../proxy/config/schema.js'
import type { PolicyOptions } from '../proxy/policy/options.js'
import { configOf } from './support/config.js'

const folder = inPackage('deploy/policies/')
const env = {
  GENESYS_KEY: 'key-of-the-test',
  GENESYS_SECRET: 'c2VjcmV0IG9mIHRoZSB0ZXN0IGFuZCBsb25nIGVub3VnaA==',
  TWILIO_TOKEN: '0123456789abcdef0123456789abcdef',
  PBX_PASSWORD: 'a password of the test',
  RECOGNISER_TOKEN: 'a-token-of-the-test',
}

const policyOf = (file: string): PolicyOptions => {
  const text = readFileSync(new URL(file, folder), 'utf8')
  const { policies } = configOf(text, { env })
  const [policy, ...others] = Object.entries(policies).flatMap(([name, one]) =>
    name === SAFE_POLICY ? [] : [one],
  )
  if (policy === undefined || others.length > 0) throw new Error(`${file} must have one policy`)
  return policy
}

const page = readFileSync(inPackage('docs/policies.md'), 'utf8')

t.test('the page tells of every policy that is shipped, and of no other', async (t) => {
  const told = [...page.matchAll(/deploy\/policies\/([\w-]+\.yaml)/g)].map(([, name]) => name)
  t.same([...new Set(told)].sort(), readdirSync(folder).sort())
})

t.test('card payments: every number in a step, three outside, keys on both tracks', async (t) => {
  const { payment, dtmf, detectors, tracks } = policyOf('card-payments.yaml')
  t.equal(tracks, 'all')
  t.equal(payment.lookBackMs, 3000)
  t.equal(payment.endAfterExpirySeconds, null, 'a page that dies ends nothing')
  t.ok(dtmf.entryHoldMs > 0)
  t.match(detectors.speech, { digitsMin: 3, digitsMinArmed: 1, failOpen: false })
  t.not(detectors.speech.recognizers.embedded, null)
})

t.test('council: categories are silenced, safeguarding is noted, in English and Welsh', async (t) => {
  const { words, recognizers, failOpen } = policyOf('council-contact-centre.yaml').detectors.speech
  t.same(words.languages, ['en', 'cy'])
  const { children, ...others } = words.categories
  t.equal(children, 'mark')
  t.ok(Object.values(others).every((action) => action === 'silence'))
  t.equal(words.payment.window, 'all')
  t.not(recognizers.grpc, null)
  t.equal(failOpen, false)
})

t.test('consent first: silent until somebody agrees, and again when they withdraw', async (t) => {
  const { consent, schedule, whenSplit } = policyOf('consent-first.yaml')
  t.match(consent, { mode: 'opt-in', giveDigit: '1', withdrawDigit: '9', earlierAudio: 'erase' })
  t.equal(schedule?.outside, 'silent')
  t.equal(whenSplit, 'start-silent')
})
