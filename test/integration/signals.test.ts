// Payment signals over HTTP while a call is under way: hold-back 500 ms, look-back 100 ms = 800 samples, pad after 500 ms.
// Calls of two hums at 8,000 Hz, played at four times their pace.
import t from 'tap'
import { policySchema } from '../../proxy/policy/options.js'
import {
  calmCall,
  isSilence,
  type LiveProxy,
  liveProxy,
  RATE_HZ,
  type Recording,
  until,
} from '../support/live-proxy.js'

const SPEED = 4

const kept = async (live: LiveProxy, callId: string): Promise<Recording> => {
  await until(() => live.recordings().has(callId), 'the recording is kept')
  return live.recordings().get(callId)!
}

const heardAround = (pcm: Int16Array, sample: number): readonly boolean[] => [
  !isSilence(pcm.subarray(sample - 200, sample)),
  !isSilence(pcm.subarray(sample, sample + 200)),
]

t.test(
  'the call is silent from the sample in the answer to a start to the one in the answer to its end',
  async (t) => {
    const live = await liveProxy(t)
    const answers: Record<string, unknown>[] = []
    const tell = (state: string) => async () => {
      const { status, body } = await live.pay('CA1', { state, signalId: 'page-1' })
      t.equal(status, 200)
      answers.push(body)
    }
    await live.play('CA1', calmCall(6), {
      speed: SPEED,
      cues: [
        { atMs: 2000, run: tell('started') },
        { atMs: 4000, run: tell('ended') },
      ],
    })
    t.match(answers, [
      { result: 'applied', callId: 'CA1', lateMs: 0, firstSilentAt: /^\d{4}-/, repeated: false },
      { result: 'applied', callId: 'CA1' },
    ])
    const [from, to] = [answers[0]!['firstSilentSample'] as number, answers[1]!['clearFromSample'] as number]
    t.equal(from, 1.9 * RATE_HZ, 'the look-back before what had arrived')
    t.equal(to, 4.5 * RATE_HZ, 'the pad behind what had arrived')
    const { pcm, sidecar } = await kept(live, 'CA1')
    t.strictSame(sidecar.spans, [{ track: null, startSample: from, endSample: to, reason: 'payment' }])
    for (const track of pcm) {
      t.ok(isSilence(track.subarray(from, to)))
      t.strictSame(heardAround(track, from), [true, false])
      t.strictSame(heardAround(track, to), [false, true])
      t.equal(track.length, 6 * RATE_HZ)
    }
  },
)

t.test(
  'a start whose look-back reaches beyond the hold-back is late, by the milliseconds that had left',
  async (t) => {
    const live = await liveProxy(t, {
      policy: policySchema.parse({ holdBackMs: 500, payment: { lookBackMs: 2000 } }),
    })
    let answer: Record<string, unknown> = {}
    await live.play('CA1', calmCall(6), {
      speed: SPEED,
      cues: [
        {
          atMs: 4000,
          run: async () => {
            answer = (await live.pay('CA1', { state: 'started', signalId: 'page-1' })).body
          },
        },
      ],
    })
    const { pcm, sidecar } = await kept(live, 'CA1')
    t.match(answer, { result: 'late', lateMs: Number })
    const from = answer['firstSilentSample'] as number
    t.equal((from - 2 * RATE_HZ) / 8, answer['lateMs'], 'all of it had left in the clear')
    t.strictSame(heardAround(pcm[0]!, 2 * RATE_HZ), [true, false], 'what had left is erased where it is kept')
    t.match(sidecar, { lateMs: answer['lateMs'] })
    t.equal(await live.figure('hushfork_late_redaction_seconds_total'), (answer['lateMs'] as number) / 1000)
  },
)

t.test('a start before the call is pending, and the call is silent from its first sample', async (t) => {
  const live = await liveProxy(t)
  const early = await live.pay('CA1', { state: 'started', signalId: 'page-1' })
  t.match(early, { status: 202, body: { result: 'pending' } })
  let end: Record<string, unknown> = {}
  await live.play('CA1', calmCall(4), {
    speed: SPEED,
    cues: [
      {
        atMs: 2000,
        run: async () => {
          end = (await live.pay('CA1', { state: 'ended', signalId: 'page-1' })).body
        },
      },
    ],
  })
  const { pcm } = await kept(live, 'CA1')
  const to = end['clearFromSample'] as number
  t.ok(isSilence(pcm[0]!.subarray(0, to)))
  t.strictSame(heardAround(pcm[0]!, to), [false, true])
})

t.test('a step that nobody ends lasts as long as its call', async (t) => {
  const live = await liveProxy(t)
  await live.play('CA1', calmCall(3), {
    speed: SPEED,
    cues: [
      { atMs: 1000, run: async () => void (await live.pay('CA1', { state: 'started', signalId: 'page-1' })) },
    ],
  })
  const { pcm } = await kept(live, 'CA1')
  t.ok(isSilence(pcm[0]!.subarray(RATE_HZ)))
  t.notOk(isSilence(pcm[0]!.subarray(0, RATE_HZ / 2)))
  t.match(await live.pay('CA1', { state: 'ended', signalId: 'page-1' }), {
    status: 404,
    body: { result: 'unknown' },
  })
})

t.test('a call whose party never agrees is silent as a whole, and its sidecar says so', async (t) => {
  const live = await liveProxy(t, {
    policy: policySchema.parse({ consent: { mode: 'opt-in', windowSeconds: 1 } }),
  })
  await live.play('CA1', calmCall(2), { speed: SPEED })
  const { pcm, sidecar } = await kept(live, 'CA1')
  t.match(sidecar, {
    consent: 'unanswered',
    spans: [{ track: null, startSample: 0, endSample: 2 * RATE_HZ, reason: 'consent' }],
  })
  for (const track of pcm) t.ok(isSilence(track))
})
