// Audio that has left before it was known to be sensitive: hold-back 100 ms, look-back 1 s.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { policySchema } from '../../proxy/policy/options.js'
import { linesIn } from '../support/ledger-folder.js'
import { calmCall, isSilence, liveProxy, quickPolicy, RATE_HZ, until } from '../support/live-proxy.js'

const shortHold = policySchema.parse({ holdBackMs: 100, payment: { lookBackMs: 1000 } })

t.test(
  'what had left is silent in the embedded recording, told as erased, and asked back elsewhere',
  async (t) => {
    const asked: Record<string, unknown>[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        asked.push(JSON.parse(body))
        response.writeHead(200).end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => server.close())
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const live = await liveProxy(t, { policy: shortHold, erasure: { url, key: '0123456789abcdef' } })
    await live.play('CA1', calmCall(4), {
      speed: 4,
      cues: [
        {
          atMs: 2000,
          run: async () =>
            void t.match(await live.pay('CA1', { state: 'started', signalId: 'p' }), {
              body: { result: 'late' },
            }),
        },
        { atMs: 2500, run: async () => void (await live.pay('CA1', { state: 'ended', signalId: 'p' })) },
      ],
    })
    await until(
      () => live.recordings().has('CA1') && asked.length === 1,
      'the recording is kept, the erasure asked',
    )
    await live.proxy.drain(0)

    const { pcm, sidecar } = live.recordings().get('CA1')!
    const entries = linesIn(live.ledgerDirectory).map((line) => JSON.parse(line))
    const late = entries.find(({ kind }) => kind === 'late')
    t.match(late, { reason: 'payment', tracks: [0, 1] })
    t.ok(late.endSample - late.startSample > 0.5 * RATE_HZ)
    for (const track of pcm) {
      t.ok(isSilence(track.subarray(late.startSample, late.endSample)), 'silent where it had left')
      t.notOk(isSilence(track.subarray(late.startSample - 400, late.startSample - 160)), 'heard before')
      t.equal(track.length, 4 * RATE_HZ)
    }
    t.match(sidecar, { erased: [{ reason: 'payment', tracks: [0, 1] }] })
    t.match(asked[0], {
      callId: 'CA1',
      reason: 'payment',
      startSample: late.startSample,
      endSample: late.endSample,
      sampleRate: RATE_HZ,
    })
    t.same(
      entries
        .filter(({ kind }) => kind === 'erasure')
        .map(({ state }) => state)
        .sort(),
      ['asked', 'asked', 'confirmed', 'confirmed'],
    )
  },
)

t.test(
  'consent is withdrawn: what was recorded until then is silent as well, where the policy says so',
  async (t) => {
    const consent = { ...quickPolicy.consent, mode: 'opt-out' as const }
    for (const earlierAudio of ['keep', 'erase'] as const) {
      const live = await liveProxy(t, { policy: { ...quickPolicy, consent: { ...consent, earlierAudio } } })
      const withdraw = () =>
        fetch(`http://127.0.0.1:${live.proxy.adminPort}/v1/calls/CA1/consent`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ state: 'withdrawn', signalId: 'c1' }),
        })
      await live.play('CA1', calmCall(3), {
        speed: 4,
        cues: [
          {
            atMs: 2000,
            run: async () => void t.match(await (await withdraw()).json(), { result: 'applied' }),
          },
        ],
      })
      await until(() => live.recordings().has('CA1'), 'the recording is kept')
      await live.proxy.drain(0)
      const { pcm, sidecar } = live.recordings().get('CA1')!
      for (const track of pcm) {
        t.equal(track.length, 3 * RATE_HZ)
        t.equal(isSilence(track.subarray(0, 1.4 * RATE_HZ)), earlierAudio === 'erase', earlierAudio)
        t.ok(isSilence(track.subarray(2.1 * RATE_HZ)))
      }
      const told = linesIn(live.ledgerDirectory).filter((line) => line.includes('"kind":"recalled"'))
      t.equal(told.length, earlierAudio === 'erase' ? 1 : 0)
      t.match(sidecar, earlierAudio === 'erase' ? { erased: [{ reason: 'consent', startSample: 0 }] } : {})
      const late = linesIn(live.ledgerDirectory).filter((line) => line.includes('"kind":"late"'))
      t.equal(late.length, 0, 'what left by agreement is not late')
    }
  },
)
