import t, { type Test } from 'tap'
import { builtInPolicy, readPolicyFile } from '../../proxy/edge/policy-file.js'
import { safePolicy } from '../../proxy/policy/options.js'

const problemsOf = async (t: Test, yaml: string | Buffer): Promise<string> => {
  const folder = t.testdir({ 'p.yaml': yaml })
  const error: unknown = await readPolicyFile(`${folder}/p.yaml`).then(
    () => new Error('accepted'),
    (failure: unknown) => failure,
  )
  t.match(error, { code: 'REDACT_ERR_CONFIG_INVALID' })
  return (error as Error).message
}

t.test('the built-in policy is the safe one', async (t) => {
  t.match(builtInPolicy(), { name: 'safe', hash: /^[0-9a-f]{64}$/ })
  t.equal(builtInPolicy().options, safePolicy)
})

t.test('a file is named after itself, and its keys are filled up with defaults', async (t) => {
  const folder = t.testdir({
    'strict.v2.yaml': 'payment:\n  padAfterMs: 900\n',
    'same.yaml': 'detectors: {speech: {recognizers: {embedded: {}}}}\n',
    'empty.yaml': '',
  })
  const policy = await readPolicyFile(`${folder}/strict.v2.yaml`)
  t.equal(policy.name, 'strict.v2')
  t.equal(policy.options.payment.padAfterMs, 900)
  t.equal(policy.options.holdBackMs, safePolicy.holdBackMs)
  t.not(policy.hash, builtInPolicy().hash)
  t.equal((await readPolicyFile(`${folder}/same.yaml`)).hash, builtInPolicy().hash, 'the same is in force')
  t.equal((await readPolicyFile(`${folder}/empty.yaml`)).options.detectors.speech.recognizers.embedded, null)
})

t.test('tells every problem, and quotes no value', async (t) => {
  const message = await problemsOf(t, 'tracks: 4111\npayment: {lookBack: 1, padAfterMs: 5}\n')
  t.equal(message.split('\n').length, 3)
  t.match(message, /^tracks: must be `all` or `own`/m)
  t.match(message, /^payment\.lookBack: is not a known key; did you mean `lookBackMs`\?/m)
  t.match(message, /^payment\.padAfterMs: must be at least 20/m)
  t.notMatch(message, '4111')
})

t.test('refuses what the proxy would refuse: a hold-back too short for what it waits for', async (t) => {
  t.match(await problemsOf(t, 'holdBackMs: 2000\n'), /^holdBackMs: is 2000 ms and must be at least/)
})

t.test('refuses what is no YAML mapping, or cannot be read', async (t) => {
  t.match(await problemsOf(t, 'a: [1\n'), /^line 2: /)
  t.match(await problemsOf(t, '- a\n'), /must be a mapping/)
  await t.rejects(readPolicyFile(`${t.testdir({})}/none.yaml`), {
    code: 'REDACT_ERR_CONFIG_INVALID',
    message: '--policy: the file cannot be read (ENOENT)',
  })
})
