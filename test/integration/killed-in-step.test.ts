// A process is killed in a payment step: what its recorder, and its recordings on disk, have of it. Calls of 8 s at ten times
// their pace, hold-back 600 ms, look-back 100 ms.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { dialects } from '../../proxy/dialects/index.js'
import { WAV_HEADER_BYTES } from '../../proxy/media/wav-header.js'
import { killableProxy } from '../support/killable-proxy.js'
import { calmCall, mulaw, playCall, tracksOf, until } from '../support/live-proxy.js'
import { dialectRecorder, heardOf } from '../support/recorders.js'
import { applied, firstDifference, meeting, postTo, SPEED, sample } from '../support/signal-table.js'

const KILLED_CALL_SECONDS = 8

/** What the embedded recorder has written of track 0 of its only call. */
const writtenOf = (directory: string): Int16Array => {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  const name = names.find((name) => name.endsWith('.wav.part'))
  const wav = name === undefined ? Buffer.alloc(0) : readFileSync(join(directory, name))
  return wav.length > WAV_HEADER_BYTES ? tracksOf(wav)[0]! : new Int16Array()
}

t.test('process killed in a step: its recorder, and its recordings on disk, have none of it', async (t) => {
  const folder = t.testdir({ recordings: {} })
  const recorder = await dialectRecorder(t, dialects.twilio)
  const twilio = { dialect: 'twilio', policy: 'quick' }
  const proxy = await killableProxy(t, {
    folder,
    forks: [
      { path: '/external', recorder: { url: recorder.url.href }, ...twilio },
      { path: '/embedded', recorder: 'embedded', ...twilio },
    ],
    policies: { quick: { holdBackMs: 600, payment: { lookBackMs: 100 } } },
  })
  const kept = [() => heardOf(recorder.events), () => writtenOf(join(folder, 'recordings'))]
  const pcm = calmCall(KILLED_CALL_SECONDS)
  const start = async (): Promise<void> => {
    for (const call of ['CA1', 'CA2'])
      t.match(
        await postTo(proxy.adminPort, `calls/${call}/payment`, { state: 'started', signalId: 'p1' }),
        applied(1.9),
      )
  }
  let isKilled = false
  const kill = async (): Promise<void> => {
    await until(() => kept.every((samples) => samples().length > sample(3)), 'what is silent is being kept')
    await proxy.kill()
    isKilled = true
  }
  const cues = [
    { atMs: 2000, run: meeting(2, start) },
    { atMs: 6000, run: meeting(2, kill) },
  ]
  // Whether the player sees its socket close before it has sent the rest is a matter of chance.
  await Promise.allSettled(
    proxy.forkUrls.map((url, i) => playCall(url, dialects.twilio, `CA${i + 1}`, pcm, { speed: SPEED, cues })),
  )
  t.ok(isKilled)
  for (const samples of kept.map((read) => read())) {
    const expected = pcm[0]!.map(mulaw).fill(0, sample(1.9))
    t.ok(samples.length > sample(3) && samples.length <= sample(6), `${samples.length} samples were kept`)
    t.equal(firstDifference(samples, expected), -1, 'heard up to the step, and silent in it')
  }
})
