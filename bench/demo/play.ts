/** Plays the demo's call, as one dialect's PBX forks it, through a proxy of its own on loopback. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { adminSchema } from '../../proxy/config/schema.js'
import type { Dialect } from '../../proxy/dialects/dialect.js'
import { type DialectName, dialects } from '../../proxy/dialects/index.js'
import { transportOf } from '../../proxy/dialects/transport.js'
import { authContext } from '../../proxy/edge/auth-context.js'
import { createLog } from '../../proxy/edge/log.js'
import { playFork } from '../../proxy/edge/pbx-client.js'
import { type RunningProxy, startProxy } from '../../proxy/edge/proxy.js'
import { systemClock } from '../../proxy/edge/system-clock.js'
import type { Histogram } from '../../proxy/metrics/histogram.js'
import type { FrameStage } from '../../proxy/metrics/metrics.js'
import { policySchema } from '../../proxy/policy/options.js'
import type { DemoCall, Signal } from './demo-call.js'

export interface PlayOptions {
  readonly dialect: DialectName
  readonly call: DemoCall
  /** 1 is real time. */
  readonly speed: number
  /** Exists; DIALECT.wav and DIALECT.json are written there. */
  readonly directory: string
  progress?(playedMs: number, totalMs: number): void
}

/** What the proxy said to a payment signal. */
export interface PaymentAnswer extends Signal {
  /** `applied`, `pending`, `late`, `ambiguous`, `unknown`. */
  readonly result: string
  /** Sensitive audio that had left when a start came, ms; null where the answer says nothing of it. */
  readonly lateMs: number | null
  /** From here on the call is silent (a start), ms of the call. */
  readonly silentFromMs: number | null
  /** From here on it is heard again (an end), ms of the call. */
  readonly clearFromMs: number | null
}

/** What the embedded recorder wrote beside the WAV, as far as the demo reads it. Samples are at `sampleRate`. */
export interface Sidecar {
  readonly sampleRate: number
  readonly samples: number
  readonly frames: { readonly in: number; readonly out: number; readonly redacted: number }
  readonly lateMs: number
  readonly unjudgedPassedMs: number
  readonly spans: readonly {
    /** Channel, or null for all of them. */
    readonly track: number | null
    readonly startSample: number
    readonly endSample: number
    readonly reason: string
  }[]
}

export interface Played {
  readonly dialect: DialectName
  /** Messages that the PBX sent. */
  readonly messageCount: number
  readonly answers: readonly PaymentAnswer[]
  /** The proxy's work on one message, from its arrival until all that may leave for it has been handed on, ms. */
  readonly workMs: { readonly p50: number; readonly p99: number }
  readonly elapsedMs: number
  readonly sidecar: Sidecar
  readonly wavPath: string
  readonly sidecarPath: string
}

/** How the name of the folder begins in which a call is being recorded; one is left when the process is killed. */
export const UNFINISHED = '.recording-'

const HOST = '127.0.0.1'
/** What the recorder may need for its files once the call is over, ms. */
const DRAIN_MS_MAX = 10_000
const PTIME_MS = 20

/** Rejects when the call could not be played, or was not recorded. */
export const playDemoCall = async (options: PlayOptions): Promise<Played> => {
  const recordingsDirectory = await mkdtemp(join(options.directory, UNFINISHED))
  try {
    const startedMs = systemClock.nowMs()
    const proxy = await startDemoProxy(options.dialect, recordingsDirectory)
    const answers: PaymentAnswer[] = []
    let messageCount: number
    try {
      messageCount = await playThrough(proxy, options, answers)
    } finally {
      await proxy.drain(DRAIN_MS_MAX)
    }
    return {
      dialect: options.dialect,
      messageCount,
      answers,
      workMs: workOf(proxy),
      elapsedMs: systemClock.nowMs() - startedMs,
      ...(await takeRecording(recordingsDirectory, options)),
    }
  } finally {
    await rm(recordingsDirectory, { recursive: true, force: true })
  }
}

/** Nobody listens for spoken numbers: the call is played much faster than threads beside the media loop answer. */
const policy = policySchema.parse({ detectors: { speech: { recognizers: { embedded: null } } } })

/** The proxy as `npm start` runs it with no configuration, but for that: embedded recorder, no credentials. */
const startDemoProxy = (name: DialectName, recordingsDirectory: string): Promise<RunningProxy> => {
  const dialect: Dialect = dialects[name]
  return startProxy({
    listen: { host: HOST, port: 0, tls: null },
    admin: adminSchema.parse({ host: HOST, port: 0 }),
    forks: [
      {
        ...(transportOf(dialect).kind === 'websocket' ? { path: '/' } : { host: HOST, port: 0 }),
        dialect,
        dialectOptions: dialect.schema.parse({}),
        recorder: 'embedded',
        policyName: 'demo',
        policy,
        tenant: 'default',
      },
    ],
    callsMax: 1,
    recordingsDirectory,
    log: createLog('silent'),
  })
}

/** Returns how many messages the PBX sent. */
const playThrough = (
  proxy: RunningProxy,
  { dialect, call, speed, progress }: PlayOptions,
  answers: PaymentAnswer[],
): Promise<number> => {
  const url = proxy.forkUrls[0]!
  const callId = randomUUID()
  const pbx = dialects[dialect].simulate({
    callId,
    roles: call.tracks,
    sampleRateHz: call.sampleRateHz,
    metadata: {},
    credentials: null,
    url,
    auth: authContext(systemClock),
  })
  const signalUrl = `http://${HOST}:${proxy.adminPort}/v1/calls/${callId}/payment`
  return playFork({
    transport: transportOf(dialects[dialect]),
    url,
    pbx,
    pcm: call.audio.tracks,
    sampleRateHz: call.sampleRateHz,
    ptimeMs: PTIME_MS,
    speed,
    heardCount: () => stageOf(proxy, 'ingest')?.count ?? 0,
    cues: call.signals.map((signal) => ({
      atMs: signal.atMs,
      run: async () => void answers.push(await sendSignal(signalUrl, signal, call.sampleRateHz)),
    })),
    ...(progress && { progress }),
  })
}

/** One HTTP call, as a payment page makes it. */
const sendSignal = async (url: string, signal: Signal, sampleRateHz: number): Promise<PaymentAnswer> => {
  const { state, signalId } = signal
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state, signalId }),
  })
  const answer = (await response.json()) as Partial<Record<string, unknown>>
  const numberAt = (key: string): number | null => (typeof answer[key] === 'number' ? answer[key] : null)
  const msAt = (key: string): number | null => {
    const sample = numberAt(key)
    return sample === null ? null : (sample * 1000) / sampleRateHz
  }
  return {
    ...signal,
    result: typeof answer['result'] === 'string' ? answer['result'] : `HTTP ${response.status}`,
    lateMs: numberAt('lateMs'),
    silentFromMs: msAt('firstSilentSample'),
    clearFromMs: msAt('clearFromSample'),
  }
}

const stageOf = ({ metrics }: RunningProxy, stage: FrameStage): Histogram | undefined =>
  metrics.histograms.hushfork_frame_latency_seconds.read().find(({ labels }) => labels[0] === stage)?.value

const workOf = (proxy: RunningProxy): Played['workMs'] => {
  const ingest = stageOf(proxy, 'ingest')!
  return { p50: ingest.quantile(0.5), p99: ingest.quantile(0.99) }
}

/** Gives the recorder's two files the dialect's name. */
const takeRecording = async (recordings: string, { directory, dialect }: PlayOptions) => {
  const files = await readdir(recordings, { recursive: true })
  const wav = files.find((name) => name.endsWith('.wav'))
  if (wav === undefined) throw new Error(`the ${dialect} call was not recorded`)
  const wavPath = join(directory, `${dialect}.wav`)
  const sidecarPath = join(directory, `${dialect}.json`)
  await rename(join(recordings, wav), wavPath)
  await rename(join(recordings, wav.replace(/\.wav$/, '.json')), sidecarPath)
  return { wavPath, sidecarPath, sidecar: JSON.parse(await readFile(sidecarPath, 'utf8')) as Sidecar }
}
