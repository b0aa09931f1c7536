/**
 * What a frame costs between the dialect's receive and the recorder's send: whole calls through the real session, without
 * sockets, of one call and of a thousand in turn; by stage, in allocations, in collections of garbage and in memory. Times are the process's CPU, so that other work on the machine counts little.
 *
 *     node --expose-gc --min-semi-space-size=64 --max-semi-space-size=64 dist/bench/micro/call-path.bench.js [wire ...]
 *
 * Stages are measured by leaving them out: "detector" is what a session costs more with the DTMF masker than with a detector
 * that vouches for everything at once; "decode" and "dialect" are those parts alone. "session" is what is left: timeline,
 * gate, judgement, accounts. "together" is the whole for frames that are read together and settled once, as after a pause of the
 * edge. "silenced" is what a frame costs more while a payment step covers it.
 */
import { cpus } from 'node:os'
import { PerformanceObserver } from 'node:perf_hooks'
import type { Detector } from '../../proxy/detectors/detector.js'
import type {
  Dialect,
  DialectConnection,
  ForkEvent,
  RecorderEvent,
  RecorderHandshake,
} from '../../proxy/dialects/dialect.js'
import { type DialectName, dialects } from '../../proxy/dialects/index.js'
import { systemClock as clock } from '../../proxy/edge/system-clock.js'
import type { MediaFrame } from '../../proxy/media/frame.js'
import type { WireMessage } from '../../proxy/media/wire.js'
import { ProxyMetrics } from '../../proxy/metrics/metrics.js'
import { policySchema } from '../../proxy/policy/options.js'
import { CallSession } from '../../proxy/session/call-session.js'
import { detectorsOf } from '../../proxy/session/detector-set.js'
import { Lane } from '../../proxy/session/lane.js'
import type { SessionParts, SessionSink } from '../../proxy/session/session-parts.js'
import { randomOf, toPcm, voiceLike } from '../dtmf/key-set.js'

const CALLS = 1_000
const HOLD_BACK_MS = 3_000
const FRAME_MS = 20
/** Frames of speech that are played over and over, in messages of the wire's own making. */
const LOOP_FRAMES = 100
const ROUNDS = 5
const ROUND_FRAMES = 100_000
/** Frames of a call that are read together: after a pause of 200 ms, and of a second. */
const TOGETHER = [10, 50] as const
const WIRES = {
  audiohook: 'AudioHook, stereo mu-law, 320 bytes',
  mod_audio_fork: 'mod_audio_fork, stereo L16, 640 bytes',
  twilio: 'Twilio, one track of mu-law a message, JSON',
} as const satisfies Partial<Record<DialectName, string>>
type Wire = keyof typeof WIRES

/** Speech off: what it costs is measured by `npm run bench -- speech`. */
const policy = policySchema.parse({
  holdBackMs: HOLD_BACK_MS,
  detectors: { speech: { recognizers: { embedded: null } } },
})

/** The messages of one wire: those that open a call, and a loop of media. */
interface Script {
  readonly handshake: RecorderHandshake
  readonly opening: readonly WireMessage[]
  readonly media: readonly WireMessage[]
  /** Messages in 20 ms of the call. */
  readonly messagesPerFrame: number
}

const scriptOf = (wire: Wire): Script => {
  const dialect = dialects[wire] as Dialect
  const auth = {
    epochMs: Date.now(),
    rememberNonce: () => true,
    randomBytes: (n: number) => new Uint8Array(n),
  }
  const pbx = dialect.simulate({
    callId: '6f1fbe1a-6d8f-4d0c-9a3d-0123456789ab',
    roles: ['caller', 'agent'],
    sampleRateHz: 8000,
    metadata: {},
    credentials: null,
    url: new URL('ws://127.0.0.1/'),
    auth,
  })
  const said: WireMessage[] = []
  const { handshake } = pbx
  pbx.opened(0, said)
  const opening = said.splice(0)
  opened(wire, { handshake, opening }, (message) => pbx.receive(message, 0, []))
  const voices = [1, 2].map((seed) => toPcm(voiceLike(LOOP_FRAMES * FRAME_MS, 8000, randomOf(seed))))
  const frameSamples = FRAME_MS * 8
  for (let n = 0; n < LOOP_FRAMES; n++)
    pbx.audio(
      voices.map((pcm) => pcm.slice(n * frameSamples, (n + 1) * frameSamples)),
      0,
      said,
    )
  return { handshake, opening, media: said, messagesPerFrame: said.length / LOOP_FRAMES }
}

/** A connection whose recorder has answered: nothing but audio is left to be said. */
const opened = (
  wire: Wire,
  { handshake, opening }: Pick<Script, 'handshake' | 'opening'>,
  toPbx: (message: WireMessage) => void = () => {},
): DialectConnection => {
  const connection = connect(wire, handshake)
  const recorder = (dialects[wire] as Dialect).record(optionsOf(dialects[wire] as Dialect))
  const events: ForkEvent[] = []
  connection.recorderOpened(0, events)
  for (const message of opening) connection.receive(copyOf(message), 0, events)
  for (let event = events.shift(); event !== undefined; event = events.shift()) {
    if (event.kind === 'to-pbx') toPbx(event.message)
    if (!('held' in event) || event.held === null) continue
    const heard: RecorderEvent[] = []
    recorder.receive(connection.encodeMessage(event.held), 0, heard)
    for (const reply of heard)
      if (reply.kind === 'reply') connection.receiveFromRecorder(reply.message, 0, events)
  }
  return connection
}

const copyOf = (message: WireMessage): WireMessage => ({ ...message, data: Buffer.from(message.data) })

const optionsOf = (dialect: Dialect): unknown => dialect.schema.parse({})

const connect = (wire: Wire, { headers, subprotocols }: RecorderHandshake): DialectConnection => {
  const dialect = dialects[wire] as Dialect
  return dialect.connect(optionsOf(dialect), {
    handshake: { target: '/', headers, subprotocols },
    randomUuid: () => '6f1fbe1a-6d8f-4d0c-9a3d-0123456789ab',
  })
}

/** Hears nothing and vouches for everything. */
const deaf: Detector = {
  name: 'dtmf',
  health: 'ok',
  watermarkSample: () => Number.MAX_SAFE_INTEGER,
  push() {},
  skip() {},
  setAlertness() {},
  drain() {},
  finish() {},
  close() {},
}

let sentBytes = 0

class Call {
  readonly session: CallSession
  #next = 0
  #nowMs = 0

  constructor(
    wire: Wire,
    private readonly script: Script,
    isDeaf: boolean,
    metrics: SessionParts['metrics'],
  ) {
    const dialect = dialects[wire] as Dialect
    const recorder = dialect.record(optionsOf(dialect))
    const replies: RecorderEvent[] = []
    let isOpening = true
    const sink: SessionSink = {
      toRecorder(message) {
        sentBytes += message.data.length
        if (isOpening) recorder.receive(message, 0, replies)
      },
      toPbx() {},
      close() {},
      started() {},
      signalled() {},
      audit() {},
      ended() {},
    }
    const parts = isDeaf
      ? { createDetectors: () => [{ detector: deaf, isFailOpen: false }], detectorLagMs: 45 }
      : detectorsOf(policy)
    this.session = new CallSession(
      { dialectName: wire, dialect: connect(wire, script.handshake), policy, metrics, clock, ...parts },
      sink,
    )
    this.session.recorderOpened(0)
    for (const message of script.opening) {
      this.session.receive(copyOf(message), 0)
      for (const event of replies.splice(0))
        if (event.kind === 'reply') this.session.receiveFromRecorder(event.message, 0)
    }
    isOpening = false
  }

  /** The next 20 ms, or several times as much that have come together. */
  play(frames = 1): void {
    const { media, messagesPerFrame } = this.script
    this.#nowMs += FRAME_MS * frames
    for (let i = 0; i < messagesPerFrame * frames; i++) {
      this.session.take(media[this.#next]!, this.#nowMs)
      if (frames === 1) this.session.settle(this.#nowMs)
      this.#next = (this.#next + 1) % media.length
    }
    if (frames > 1) this.session.settle(this.#nowMs)
  }

  pay(): void {
    const step = { signalId: 'bench', ttlMs: Infinity, actor: null, issuedAtMs: null, mayEnd: 'own' } as const
    this.session.signal({ ...step, kind: 'payment', state: 'started', origin: 'api' }, this.#nowMs)
  }
}

/** As the edge does: the socket's buffer is gone when its callback returns. */
const handOver = ({ data, isBinary }: WireMessage): WireMessage => ({ data: Buffer.from(data), isBinary })

const collect = (globalThis as { gc?: () => void }).gc
let gcMs = 0
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) gcMs += entry.duration
}).observe({ entryTypes: ['gc'] })
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

/** Nanoseconds of CPU per turn, median; and of them in collections of garbage. */
const measure = async (
  turn: (i: number) => void,
  count = ROUND_FRAMES,
): Promise<{ ns: number; gcNs: number }> => {
  const rounds: { ns: number; gcNs: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await settled()
    gcMs = 0
    const before = process.cpuUsage()
    for (let i = 0; i < count; i++) turn(i)
    const { user, system } = process.cpuUsage(before)
    const ns = ((user + system) * 1e3) / count
    await settled()
    rounds.push({ ns, gcNs: (gcMs * 1e6) / count })
  }
  return { ns: median(rounds.map(({ ns }) => ns)), gcNs: median(rounds.map(({ gcNs }) => gcNs)) }
}

const usedBytes = (): { heap: number; buffers: number } => {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return { heap: heapUsed, buffers: arrayBuffers }
}

/** Bytes per turn that a stretch without a collection allocates, on the heap and outside. */
const allocated = (turn: (i: number) => void, count = 5_000): { heap: number; buffers: number } => {
  collect?.()
  const before = usedBytes()
  for (let i = 0; i < count; i++) turn(i)
  const after = usedBytes()
  return { heap: (after.heap - before.heap) / count, buffers: (after.buffers - before.buffers) / count }
}

const frameOf = (events: readonly ForkEvent[]): MediaFrame =>
  (events.at(-1) as Extract<ForkEvent, { kind: 'media' }>).frame

/** Receive and encode, per 20 ms. */
const dialectTurn = (wire: Wire, script: Script): (() => void) => {
  const { media, messagesPerFrame } = script
  const connection = opened(wire, script)
  const events: ForkEvent[] = []
  let next = 0
  return () => {
    for (let i = 0; i < messagesPerFrame; i++) {
      events.length = 0
      connection.receive(handOver(media[next]!), 0, events)
      sentBytes += connection.encodeMedia(frameOf(events), false).data.length
      next = (next + 1) % media.length
    }
  }
}

/** Decoding alone, per 20 ms. */
const decodeTurn = (wire: Wire, script: Script): (() => void) => {
  const { media, messagesPerFrame } = script
  const events: ForkEvent[] = []
  const connection = opened(wire, script)
  connection.receive(copyOf(media[0]!), 0, events)
  const frame = frameOf(events)
  const isMono = messagesPerFrame > 1
  const format = {
    codec: wire === 'mod_audio_fork' ? 'l16' : 'pcmu',
    clockRateHz: 8000,
    channelCount: isMono ? (1 as const) : (2 as const),
  }
  const lane = new Lane({ format, tracks: isMono ? [0] : [0, 1] })
  return () => {
    for (let i = 0; i < messagesPerFrame; i++) lane.forget(lane.decode(frame))
  }
}

const callsOf = (wire: Wire, script: Script, isDeaf: boolean, count: number): Call[] => {
  const metrics = new ProxyMetrics()
  const calls = Array.from({ length: count }, () => new Call(wire, script, isDeaf, metrics))
  for (let n = 0; n <= HOLD_BACK_MS / FRAME_MS; n++) for (const call of calls) call.play()
  return calls
}

const turnOf =
  (calls: readonly Call[], frames = 1) =>
  (i: number) =>
    calls[i % calls.length]!.play(frames)

const show = (what: string, value: number, unit: string): void =>
  console.log(`  ${what.padEnd(34)}${value.toFixed(0).padStart(8)} ${unit}`)

async function bench(wire: Wire): Promise<void> {
  const script = scriptOf(wire)
  console.log(`\n${WIRES[wire]} (${script.messagesPerFrame} messages a frame)`)
  const handed = await measure(() => {
    for (let i = 0; i < script.messagesPerFrame; i++) sentBytes += handOver(script.media[i]!).data.length
  })
  const dialect = await measure(dialectTurn(wire, script))
  const decode = await measure(decodeTurn(wire, script))
  for (const count of [1, CALLS]) {
    console.log(` ${count} ${count === 1 ? 'call' : 'calls in turn'}, ns per frame of two tracks`)
    const deafNs = await measure(turnOf(callsOf(wire, script, true, count)))
    collect?.()
    const before = usedBytes()
    const calls = callsOf(wire, script, false, count)
    collect?.()
    const after = usedBytes()
    const turn = turnOf(calls)
    const whole = await measure(turn)
    const bytes = allocated(turn)
    const together: string[] = []
    for (const frames of TOGETHER) {
      const { ns } = await measure(turnOf(calls, frames), ROUND_FRAMES / frames)
      together.push(`${frames}: ${(ns / frames).toFixed(0)}`)
    }
    for (const call of calls) call.pay()
    for (let n = 0; n <= HOLD_BACK_MS / FRAME_MS; n++) for (const call of calls) call.play()
    const silenced = await measure(turn)
    show('whole', whole.ns, 'ns')
    show('  of it handing over', handed.ns, 'ns')
    show('  dialect: receive and encode', dialect.ns - handed.ns, 'ns')
    show('  decode', decode.ns, 'ns')
    show('  detector', whole.ns - deafNs.ns, 'ns')
    show('  session', deafNs.ns - dialect.ns - decode.ns, 'ns')
    show('  collecting garbage, of the whole', whole.gcNs, 'ns')
    console.log(`  whole, so many together ${together.join(', ')} ns`)
    show('more when silenced', silenced.ns - whole.ns, 'ns')
    show('allocated on the heap', bytes.heap, 'bytes')
    show('allocated outside', bytes.buffers, 'bytes')
    const perCall = (after.heap + after.buffers - before.heap - before.buffers) / count
    if (count > 1) show('memory of a call', perCall / 1024, 'KiB')
  }
}

if (collect === undefined) throw new Error('run with --expose-gc: see the head of this file')
console.log(
  `${cpus()[0]?.model}, Node ${process.version}, ${ROUNDS} rounds of ${ROUND_FRAMES} frames, medians`,
)
const asked = process.argv.slice(2) as Wire[]
for (const wire of asked.length > 0 ? asked : (Object.keys(WIRES) as Wire[])) await bench(wire)
if (sentBytes === 0) throw new Error('nothing was sent')
