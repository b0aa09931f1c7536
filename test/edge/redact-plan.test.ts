import t from 'tap'
import {
  FRAME_MS,
  makeFolderOf,
  parseInterval,
  planOf,
  type RedactPlan,
} from '../../proxy/edge/redact-plan.js'

const wav = 'RIFF'

t.test('an interval is FROM-TO in seconds, minutes or hours, exact to the microsecond', async (t) => {
  const seconds = (start: number, end: number) => ({ startUs: start * 1e6, endUs: end * 1e6 })
  t.strictSame(parseInterval('12.5-31'), seconds(12.5, 31))
  t.strictSame(parseInterval('0-0.000001'), { startUs: 0, endUs: 1 })
  t.strictSame(parseInterval('1.1-2.2'), { startUs: 1_100_000, endUs: 2_200_000 })
  t.strictSame(parseInterval('1:02.5-1:40'), seconds(62.5, 100))
  t.strictSame(parseInterval('90:00-1:30:00.25'), seconds(5400, 5400.25))
  t.strictSame(parseInterval(' 75 - 80 '), seconds(75, 80))
  for (const text of [
    '',
    '-',
    '5',
    '5-',
    '-5',
    '5-5',
    '6-5',
    '1-2-3',
    'a-b',
    '1:60-3:00',
    '1:60:00-3:00:00',
    '1.0000001-2',
    '1,5-2',
    '1e3-2e3',
    '1.-2',
  ])
    t.equal(parseInterval(text), null, text)
})

t.test('a file is one job, with the safe policy unless one is named', async (t) => {
  const folder = t.testdir({ 'in.wav': wav, 'cards.yaml': 'payment: {padAfterMs: 700}' })
  const plan = (await planOf({ input: `${folder}/in.wav`, output: `${folder}/out.wav` })) as RedactPlan
  t.match(plan, { isFolder: false, frameMs: FRAME_MS, payments: [], policy: { name: 'safe' } })
  t.strictSame(plan.jobs, [
    {
      input: `${folder}/in.wav`,
      output: `${folder}/out.wav`,
      names: { input: 'in.wav', output: 'out.wav' },
      bytes: 4,
    },
  ])
  const other = await planOf({
    input: '-',
    output: '-',
    policy: `${folder}/cards.yaml`,
    payment: ['1-2', '3-4'],
    frameMs: '60',
  })
  t.match(other, {
    frameMs: 60,
    payments: { length: 2 },
    policy: { name: 'cards', options: { payment: { padAfterMs: 700 } } },
    jobs: [{ names: { input: '-', output: '-' }, bytes: 0 }],
  })
})

t.test('a folder is a job for every .wav below it, in order, under the same names', async (t) => {
  const folder = t.testdir({
    in: {
      'b.wav': wav,
      'a.WAV': wav,
      'notes.txt': '',
      'x.wav': { 'deep.wav': wav },
      'link.wav': t.fixture('symlink', 'b.wav'),
    },
  })
  const plan = (await planOf({ input: `${folder}/in`, output: `${folder}/out` })) as RedactPlan
  t.ok(plan.isFolder)
  t.strictSame(
    plan.jobs.map(({ names }) => names.input),
    ['a.WAV', 'b.wav', 'link.wav', 'x.wav/deep.wav'],
  )
  t.equal(plan.jobs[3]!.output, `${folder}/out/x.wav/deep.wav`)
  await makeFolderOf(plan.jobs[3]!)
  await makeFolderOf(plan.jobs[3]!)
})

t.test('a file whose folder is not there is not begun', async (t) => {
  const folder = t.testdir({ 'in.wav': wav })
  const output = `${folder}/none/out.wav`
  t.same(await planOf({ input: `${folder}/in.wav`, output }), [
    `${output}: the folder for it is not there; make it first`,
  ])
})

t.test('tells everything that is wrong at once, and quotes nothing of the policy', async (t) => {
  const folder = t.testdir({
    'in.wav': wav,
    'bad.yaml': 'holdBackMs: 1\nsecrets: 4111\ndtmf: {echoMs: long}',
  })
  const problems = (await planOf({
    input: `${folder}/in.wav`,
    output: `${folder}/in.wav`,
    policy: `${folder}/bad.yaml`,
    report: `${folder}/in.wav`,
    payment: ['5-4', '1-2'],
    frameMs: '9',
  })) as readonly string[]
  t.match(problems.join('\n'), /^holdBackMs: /m)
  t.match(problems.join('\n'), /^secrets: is not a known key/m)
  t.match(problems.join('\n'), /^dtmf\.echoMs: /m)
  t.match(problems.join('\n'), /^--payment 5-4: must be FROM-TO/m)
  t.match(problems.join('\n'), /^--frame-ms 9: must be a whole number from 10 to 60/m)
  t.match(problems.join('\n'), /input and output are the same file/)
  t.match(problems.join('\n'), /--report .* would overwrite the audio/)
  t.notMatch(problems.join('\n'), '4111')
  t.equal(problems.length, 7)
})

t.test('refuses what would mix input and output', async (t) => {
  const folder = t.testdir({
    in: { 'a.wav': wav, sub: {} },
    out: {},
    empty: {},
    'a.wav': wav,
    link: t.fixture('symlink', 'in'),
  })
  const problems = async (input: string, output: string, more = {}): Promise<string> =>
    (
      (await planOf({ input: `${folder}/${input}`, output: `${folder}/${output}`, ...more })) as string[]
    ).join()
  t.match(await problems('in', 'in'), /must lie outside/)
  t.match(await problems('in', 'link'), /must lie outside/)
  t.match(await problems('in', 'in/sub/new/deep'), /must lie outside/)
  t.match(await problems('in/sub', 'in'), /must lie outside/)
  t.match(await problems('in', 'a.wav'), /must be a folder/)
  t.match(await problems('a.wav', 'out'), /is a folder; name the file in it/)
  t.match(await problems('empty', 'out'), /no \.wav file in this folder/)
  t.match(await problems('in', 'out', { payment: ['1-2'] }), /--payment: names a place in one recording/)
  t.match(await problems('a.wav', 'b.wav', { report: `${folder}/out` }), /--report .* is a folder/)
  t.match(await problems('a.wav', 'b.wav', { report: `${folder}/./b.wav` }), /would overwrite the audio/)
  t.match(
    await planOf({ input: `${folder}/in`, output: `${folder}/inner` }),
    { isFolder: true },
    'a like name',
  )
})

t.test('frames are whole milliseconds from 10 to 60', async (t) => {
  for (const frameMs of ['9', '61', '20.5', 'x', '', '-20'])
    t.match(await planOf({ input: '-', output: '-', frameMs }), [/--frame-ms/])
  for (const frameMs of ['10', '60'])
    t.match(await planOf({ input: '-', output: '-', frameMs }), { jobs: {} })
})

t.test('who cannot listen to a file is refused, and it says what can be done', async (t) => {
  const folder = t.testdir({
    'in.wav': wav,
    'both.yaml':
      'holdBackMs: 8000\ndetectors: {speech: {failOpen: true, recognizers: {embedded: {}, google: {project: acme}, ' +
      "grpc: {url: 'grpc://127.0.0.1:9'}}}}",
    'embedded.yaml': 'detectors: {speech: {recognizers: {embedded: {}}}}',
  })
  const plan = (policy: string) =>
    planOf({ input: `${folder}/in.wav`, output: `${folder}/out.wav`, policy: `${folder}/${policy}` })
  const problems = (await plan('both.yaml')) as readonly string[]
  t.match(problems, [
    /^detectors\.speech\.recognizers\.google: .* null .* `embedded: \{\}` .* `hushfork simulate`/,
    /^detectors\.speech\.recognizers\.grpc: /,
  ])
  t.equal(problems.length, 2)
  t.ok('jobs' in (await plan('embedded.yaml')))
})
