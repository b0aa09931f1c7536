// The embedded recorder behind the link's interface, with a dialect's endpoint that the test speaks for: PCMU, 8,000 Hz.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { RecorderEvent } from '../../proxy/dialects/dialect.js'
import { EmbeddedRecorder } from '../../proxy/edge/embedded-recorder.js'
import type { CallStart } from '../../proxy/media/frame.js'
import { textMessage } from '../../proxy/media/wire.js'
import { tracksOf, until } from '../support/live-proxy.js'
import { callStart, frame, sessionCall } from '../support/session-call.js'

/** 0x20 in mu-law. */
const PCM = -7_932

const recorder = (t: Test, directory = t.testdir({})) => {
  const told: string[] = []
  let meaning: readonly RecorderEvent[] = []
  const link = new EmbeddedRecorder({
    connection: 'c0ffee00',
    directory,
    dialect: 'toy',
    policy: 'safe',
    clock: { nowMs: () => 0, epochMs: () => Date.UTC(2026, 0, 2, 3, 4, 5) },
    endpoint: { receive: (_message, _nowMs, out) => void out.push(...meaning) },
    handler: {
      opened: () => void told.push('opened'),
      message: ({ data }) => void told.push(`message ${Buffer.from(data)}`),
      gone: () => void told.push('gone'),
      gap: (samples) => void told.push(`gap ${samples}`),
      kept: (path) => void told.push(path === null ? 'not kept' : 'kept'),
    },
  })
  const hear = (samples: number, ...events: readonly RecorderEvent[]): void => {
    meaning = events
    link.send(textMessage(''), samples)
  }
  return {
    link,
    told,
    directory,
    hear,
    begin: (call: CallStart = callStart(2)) => hear(0, { kind: 'started', call }),
    media: (n: number, stream: number, fill = 0x20) =>
      hear(160, { kind: 'media', frame: frame(n, fill, { stream }) }),
    async finish(call: CallStart | null = callStart(2)) {
      const { session } = sessionCall()
      await link.finish({
        ...session.summary(),
        call,
        runs: [{ track: null, startSample: 160, endSample: 320, reason: 'dtmf' }],
      })
      link.close()
      await until(() => told.at(-1) === 'gone', 'gone')
    },
    files: () => readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort(),
  }
}

const FOLDER = '2026-01-02'
const NAME = `${FOLDER}/030405-call-1-stream-1-c0ffee00`
const wavOf = (directory: string): Int16Array[] => tracksOf(readFileSync(join(directory, `${NAME}.wav`)))
const levels = (samples: Int16Array): number[] =>
  Array.from({ length: samples.length / 160 }, (_, i) => samples[i * 160]!)

t.test(
  'a call is a WAV of its tracks side by side and a sidecar, both named when they are whole',
  async (t) => {
    const { told, begin, media, finish, files, directory } = recorder(t)
    begin()
    for (const n of [0, 1, 2]) for (const stream of [0, 1]) media(n, stream, stream === 0 ? 0x20 : 0xff)
    await until(() => files().includes(`${NAME}.wav.part`), 'open')
    await finish()
    t.same(files(), [FOLDER, `${NAME}.json`, `${NAME}.wav`])
    t.same(wavOf(directory).map(levels), [
      [PCM, PCM, PCM],
      [0, 0, 0],
    ])
    t.same(told, ['opened', 'kept', 'gone'])
    const sidecar = JSON.parse(readFileSync(join(directory, `${NAME}.json`), 'utf8'))
    t.match(sidecar, {
      callId: 'call-1',
      dialect: 'toy',
      policy: 'safe',
      startedAt: '2026-01-02T03:04:05.000Z',
      sampleRate: 8000,
      channels: ['caller', 'agent'],
      samples: 480,
      spans: [{ track: null, startSample: 160, endSample: 320, reason: 'dtmf' }],
    })
  },
)

t.test('tracks of different pace and holes are laid where they belong', async (t) => {
  const { begin, media, finish, directory } = recorder(t)
  begin()
  media(0, 0)
  media(1, 0)
  media(0, 1)
  media(4, 0)
  media(3, 1)
  await finish()
  t.same(wavOf(directory).map(levels), [
    [PCM, PCM, 0, 0, PCM],
    [PCM, 0, 0, PCM, 0],
  ])
})

t.test(
  'a track that stays away holds nothing up for longer than 3 s, and what it says then is in its place',
  async (t) => {
    const { begin, media, finish, directory } = recorder(t)
    begin()
    for (let n = 0; n < 200; n++) media(n, 0)
    media(199, 1)
    await finish()
    const [caller, agent] = wavOf(directory).map(levels)
    t.same(caller, new Array(200).fill(PCM))
    t.same(agent, [...new Array(199).fill(0), PCM])
  },
)

t.test('a probe writes nothing', async (t) => {
  const { told, begin, media, finish, files } = recorder(t)
  begin({ ...callStart(1), isProbe: true })
  media(0, 0)
  await finish()
  t.same(files(), [])
  t.same(told, ['gone'])
})

t.test(
  'a call that its recorder never heard of, and that had no audio, is not one that was lost',
  async (t) => {
    const { told, finish, files } = recorder(t)
    await finish()
    t.same(files(), [])
    t.notOk(told.includes('not kept'))
  },
)

t.test('ids that are no file names stay in the folder', async (t) => {
  const { begin, finish, files } = recorder(t)
  const call = { ...callStart(1), callId: '../../etc/x', streamId: `${'s'.repeat(200)}\0` }
  begin(call)
  await finish(call)
  t.same(files().slice(1), [
    `${FOLDER}/030405-______etc_x-${'s'.repeat(80)}-c0ffee00.json`,
    `${FOLDER}/030405-______etc_x-${'s'.repeat(80)}-c0ffee00.wav`,
  ])
})

t.test('a folder that cannot be written costs every sample, and each is counted', async (t) => {
  const directory = join(t.testdir({ file: '' }), 'file')
  const { told, begin, media, finish } = recorder(t, directory)
  begin()
  media(0, 0)
  await until(() => told.includes('gap 160'), 'what came early')
  for (const n of [1, 2, 3]) media(n, 0)
  await finish()
  t.same(told, ['opened', 'gap 160', 'gap 160', 'gap 160', 'gap 160', 'not kept', 'gone'])
})

t.test('it answers as a peer does: later, and not from within send()', async (t) => {
  const { told, hear, finish } = recorder(t)
  hear(0, { kind: 'reply', message: textMessage('opened') })
  t.same(told, [])
  await until(() => told.length === 2, 'told')
  t.same(told, ['opened', 'message opened'])
  await finish(null)
})

t.test('audio behind its close is a gap', async (t) => {
  const { link, told, media, begin, finish } = recorder(t)
  begin()
  link.close()
  media(0, 0)
  t.same(told, ['gap 160'])
  await finish()
})
