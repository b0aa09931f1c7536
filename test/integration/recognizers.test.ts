// A call through the proxy with a recogniser behind a network: what the recorder has of it when the recogniser works, and when it
// is killed, frozen, late, or refuses.
import { status } from '@grpc/grpc-js'
import t, { type Test } from 'tap'
import { closeClients } from '../../proxy/detectors/speech/recognizers/google/client.io.js'
import { closeConnections } from '../../proxy/detectors/speech/recognizers/grpc/connection.io.js'
import { policySchema } from '../../proxy/policy/options.js'
import { GoogleSpeechServer } from '../support/google-speech.js'
import { liveProxy, RATE_HZ, until } from '../support/live-proxy.js'
import { RecognizerServer } from '../support/recognizer-server.js'
import { type Spoken, sentence } from '../support/remote-call.js'
import { speak } from '../support/tone-speech.js'

t.teardown(() => {
  closeClients()
  closeConnections()
})
// They wait for the call most of the time.
t.jobs = 2

/** Times as fast as it is spoken; slower where answers have to be in time. */
const speedOf = ({ heard }: Case): number => (heard.length > 0 ? 4 : 10)
const CALL_MS = 13_000

const greeting = sentence(['hello', 'please', 'hello'], 1_000)
const card = sentence(['four', 'nine', 'two', 'nine', 'one', 'seven', 'zero', 'eight', 'one', 'three'], 4_500)
const farewell = sentence(['please', 'hello', 'please'], 10_500)
const spoken = [...greeting, ...card, ...farewell]

const said = (words: readonly Spoken[]): Int16Array => {
  const pcm = new Int16Array((CALL_MS * RATE_HZ) / 1000)
  for (const { word, startMs, endMs } of words) speak(pcm, RATE_HZ, word, startMs, endMs)
  return pcm
}

interface Service {
  stop(): void
}

interface Case {
  readonly title: string
  start(t: Test): Promise<{ service: Service; recognizers: object }>
  /** Happens while the card is read out. */
  readonly meanwhile?: (service: Service) => void
  /** What the recorder hears, and everything else that was said is silent. */
  readonly heard: readonly Spoken[]
}

const google =
  (behaviour: Partial<GoogleSpeechServer['behaviour']> = {}): Case['start'] =>
  async () => {
    const service = await GoogleSpeechServer.start()
    Object.assign(service.behaviour, behaviour)
    return { service, recognizers: { google: { project: 'acme-1', endpoint: service.endpoint } } }
  }

const own =
  (changes: Partial<RecognizerServer> = {}): Case['start'] =>
  async () => {
    const service = Object.assign(await RecognizerServer.start(), changes)
    return { service, recognizers: { grpc: { url: `grpc://127.0.0.1:${service.port}`, answerMs: 1_500 } } }
  }

const asked = [...greeting, ...farewell]

const cases: readonly Case[] = [
  { title: 'Google hears the card: it is silent, and nothing else is', start: google(), heard: asked },
  { title: 'Google freezes: nothing that is said passes', start: google({ isFrozen: true }), heard: [] },
  {
    title: 'Google does not know us: nothing passes',
    start: google({ refusal: status.PERMISSION_DENIED }),
    heard: [],
  },
  {
    title: 'Google has no quota left: nothing that is said passes',
    start: google({ refusal: status.RESOURCE_EXHAUSTED }),
    heard: [],
  },
  {
    title: 'Google is too late: nothing that is said passes',
    start: google({ delayMs: 10_000 }),
    heard: [],
  },
  {
    title: 'Google is killed while the card is read out',
    start: google(),
    meanwhile: (service) => service.stop(),
    heard: greeting,
  },
  {
    title: 'a server of one’s own hears the card: it is silent, and nothing else is',
    start: own(),
    heard: asked,
  },
  {
    title: 'a server of one’s own freezes: nothing that is said passes',
    start: own({ isFrozen: true }),
    heard: [],
  },
  {
    title: 'a server of one’s own is killed while the card is read out',
    start: own(),
    meanwhile: (service) => service.stop(),
    heard: greeting,
  },
]

for (const example of cases)
  t.test(example.title, { buffered: true }, async (t) => {
    const { start, meanwhile, heard } = example
    const speed = speedOf(example)
    await import('@google-cloud/speech')
    const { service, recognizers } = await start(t)
    t.teardown(() => service.stop())
    const policy = policySchema.parse({
      holdBackMs: 8_000,
      flushMs: heard.length > 0 ? 3_000 : 500,
      detectors: { speech: { recognizers } },
    })
    const proxy = await liveProxy(t, { policy, leakCheck: { everyNthCall: 0, text: false } })
    if (meanwhile !== undefined) setTimeout(() => meanwhile(service), 6_500 / speed)
    await proxy.play('call-1', [said(spoken), new Int16Array((CALL_MS * RATE_HZ) / 1000)], { speed })
    await until(() => proxy.recordings().has('call-1'), 'a recording')
    const [caller] = proxy.recordings().get('call-1')!.pcm
    t.equal(caller!.length, (CALL_MS * RATE_HZ) / 1000)
    for (const word of spoken) {
      const loudness = loudest(caller!, word)
      if (heard.includes(word)) t.ok(loudness > 7_000, `${word.word} at ${word.startMs} ms is heard`)
      else t.ok(loudness < 10, `${word.word} at ${word.startMs} ms is silent`)
    }
    t.equal(await proxy.figure('hushfork_unjudged_passed_seconds_total'), 0)
  })

const loudest = (pcm: Int16Array, { startMs, endMs }: Spoken): number =>
  pcm
    .subarray((startMs * RATE_HZ) / 1000, (endMs * RATE_HZ) / 1000)
    .reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
