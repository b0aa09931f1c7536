// RingCX end to end, with a PBX and a receiver that are plain gRPC stubs of the file in proto/ and know nothing of the proxy.
import {
  credentials,
  loadPackageDefinition,
  Metadata,
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServiceClientConstructor,
  status,
} from '@grpc/grpc-js'
import t, { type Test } from 'tap'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'
import { isSilence, keyedCall, keyTimes, liveProxy, RATE_HZ, until } from '../support/live-proxy.js'
import { ringcxService } from '../support/ringcx.js'

const CHUNK = 800

type Event = Record<string, Record<string, unknown>>

/** A receiver as partners write it: collects events, asks for a token, answers at the end. */
const receiver = async (t: Test, token?: string) => {
  const calls: Event[][] = []
  const server = new Server()
  server.addService(ringcxService, {
    Stream(
      call: ServerReadableStream<Event, object>,
      callback: (error: object | null, value?: object) => void,
    ) {
      if (token !== undefined && call.metadata.get('authorization')[0] !== token) {
        callback({ code: status.UNAUTHENTICATED, details: 'Invalid token' })
        return
      }
      const events: Event[] = []
      calls.push(events)
      call.on('data', (event: Event) => events.push(event))
      call.on('end', () => callback(null, {}))
    },
  })
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  t.teardown(() => server.forceShutdown())
  return { url: new URL(`grpc://127.0.0.1:${port}`), calls }
}

const Streaming = loadPackageDefinition({ Streaming: ringcxService })['Streaming'] as ServiceClientConstructor

interface StreamingClient {
  close(): void
  Stream(
    metadata: Metadata,
    callback: (error: { code: number } | null) => void,
  ): { write(event: object): void; end(): void }
}

/** Streams a call of two parties, and says how it was answered. */
const stream = (t: Test, url: URL, pcm: readonly Int16Array[], token?: string): Promise<{ code: number }> => {
  const client = new Streaming(url.host, credentials.createInsecure()) as unknown as StreamingClient
  t.teardown(() => client.close())
  const metadata = new Metadata()
  if (token !== undefined) metadata.set('authorization', token)
  return new Promise((resolve) => {
    const call = client.Stream(metadata, (error) => resolve(error ?? { code: status.OK }))
    const say = (event: object): void => void call.write({ session_id: 'S', ...event })
    say({ dialog_init: { dialog: { id: 'D', attributes: { note: '4111 1111 1111 1111' } } } })
    for (const [id, type] of [
      ['c', 1],
      ['a', 2],
    ])
      say({ segment_start: { segment_id: id, participant: { id, type } } })
    const payloads = pcm.map((samples) => pcmu.encode(samples))
    for (let at = 0; at < payloads[0]!.length; at += CHUNK)
      for (const [track, id] of ['c', 'a'].entries()) {
        const payload = payloads[track]!.subarray(at, at + CHUNK)
        say({
          segment_media: { segment_id: id, audio_content: { payload, seq: at / CHUNK + 1, duration: 100 } },
        })
      }
    for (const id of ['c', 'a']) say({ segment_stop: { segment_id: id } })
    call.end()
  })
}

/** A party's audio as the receiver got it. */
const audioOf = (events: readonly Event[], id: string): Uint8Array =>
  Buffer.concat(
    events.flatMap(({ segment_media: media }) =>
      media?.['segment_id'] === id ? [(media['audio_content'] as { payload: Buffer }).payload] : [],
    ),
  )

t.test(
  'a receiver gets the events that were sent, silent where there is a key, and its answer is the answer',
  async (t) => {
    const { url, calls } = await receiver(t, 'own')
    const live = await liveProxy(t, {
      dialect: 'ringcx',
      recorder: url,
      dialectOptions: {
        auth: { type: 'token', token: 'secret' },
        recorderAuth: { type: 'token', token: 'own' },
      },
    })
    const pcm = keyedCall()
    t.equal((await stream(t, live.url, pcm, 'secret')).code, status.OK)
    const [events] = calls
    t.equal(events!.length, 3 + 160 + 2)
    t.notMatch(JSON.stringify(events![0]), '1111 1111')
    for (const [track, id] of ['c', 'a'].entries()) {
      const [sent, kept] = [pcmu.encode(pcm[track]!), audioOf(events!, id)]
      t.equal(kept.length, sent.length)
      const changed = [...kept.keys()].filter((i) => kept[i] !== sent[i])
      t.ok(
        changed.length > 0 && changed.every((i) => kept[i] === 0xff),
        'changed to silence, and to nothing else',
      )
      for (const [from, to] of keyTimes)
        t.ok(
          kept.subarray(from * RATE_HZ, to * RATE_HZ).every((byte) => byte === 0xff),
          `silent at ${from} s`,
        )
    }
  },
)

t.test('the embedded recorder keeps the call, and RingCX is answered when its files are whole', async (t) => {
  const live = await liveProxy(t, { dialect: 'ringcx' })
  const pcm = keyedCall()
  t.equal((await stream(t, live.url, pcm)).code, status.OK)
  const { pcm: kept, sidecar } = live.recordings().get('D')!
  t.match(sidecar, { endReason: 'hangup', samples: pcm[0]!.length })
  for (const [from, to] of keyTimes) t.ok(isSilence(kept[0]!.subarray(from * RATE_HZ, to * RATE_HZ)))
})

t.test('a receiver that refuses us, or dies, is UNAVAILABLE for RingCX', async (t) => {
  const { url, calls } = await receiver(t, 'own')
  const live = await liveProxy(t, { dialect: 'ringcx', recorder: url })
  t.equal((await stream(t, live.url, keyedCall())).code, status.UNAVAILABLE)
  t.same(calls, [])
  await until(async () => (await live.figure('hushfork_recorder_lost_seconds_total')) > 0, 'counted as lost')
})

t.test('RingCX without its token is UNAUTHENTICATED', async (t) => {
  const { url, calls } = await receiver(t)
  const live = await liveProxy(t, {
    dialect: 'ringcx',
    recorder: url,
    dialectOptions: { auth: { type: 'token', token: 'secret' } },
  })
  for (const token of [undefined, 'wrong', 'Bearer secret'])
    t.equal((await stream(t, live.url, keyedCall(1), token)).code, status.UNAUTHENTICATED)
  t.same(calls, [])
})
