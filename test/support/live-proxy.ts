import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Clock } from '../../proxy/base/clock.js'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'
import type { DialectOptions } from '../../proxy/config/load.js'
import { adminSchema } from '../../proxy/config/schema.js'
import type { Dialect, DialectPbx } from '../../proxy/dialects/dialect.js'
import { type DialectName, dialects } from '../../proxy/dialects/index.js'
import { transportOf } from '../../proxy/dialects/transport.js'
import { authContext } from '../../proxy/edge/auth-context.js'
import type { Fork } from '../../proxy/edge/fork-connection.js'
import { createLog, type Log } from '../../proxy/edge/log.js'
import { type Cue, playFork } from '../../proxy/edge/pbx-client.js'
import { type ProxyOptions, type RunningProxy, startProxy } from '../../proxy/edge/proxy.js'
import { systemClock } from '../../proxy/edge/system-clock.js'
import { loadUws } from '../../proxy/edge/ws/uws.js'
import { type LedgerOptions, ledgerSchema } from '../../proxy/ledger/options.js'
import type { WireMessage } from '../../proxy/media/wire.js'
import { policySchema } from '../../proxy/policy/options.js'
import { hummed } from './wav-bytes.js'

export const RATE_HZ = 8000

/** The safe policy with a hold-back of 500 ms, so that calls of a few seconds show everything. */
export const quickPolicy = policySchema.parse({ holdBackMs: 500, payment: { lookBackMs: 100 } })

export interface LiveOptions {
  /** By name, or one of the test's own. */
  readonly dialect?: DialectName | Dialect
  readonly dialectOptions?: object
  readonly recorder?: URL
  readonly redialSeconds?: number
  /** The recorder's dialect, where it is another than the fork's. */
  readonly recorderDialect?: DialectName
  readonly recorderCodec?: string
  readonly policy?: Fork['policy']
  readonly callsMax?: number
  readonly tls?: ProxyOptions['listen']['tls']
  /** Left out: the process looks at its sockets whenever something comes. */
  readonly pauseMs?: number
  /** Who reads forks on WebSocket; left out: Node. */
  readonly engine?: 'node' | 'uws'
  /** Where its lines go; left out: nowhere. */
  readonly log?: Log
  /** Keys of `admin` in the configuration, but its address. */
  readonly admin?: object
  readonly nats?: ProxyOptions['nats']
  /** Of the directory; left out: two seconds. */
  readonly beatMs?: number
  readonly ledger?: Partial<LedgerOptions>
  readonly erasure?: Fork['erasure']
  readonly allowFrom?: readonly string[]
  /** Whose calls the fork brings; left out: `default`. */
  readonly tenant?: string
  /** Left out: the machine's. */
  readonly clock?: Clock
  readonly leakCheck?: ProxyOptions['leakCheck']
}

export interface LiveProxy {
  readonly proxy: RunningProxy
  readonly url: URL
  readonly directory: string
  readonly ledgerDirectory: string
  /** Plays a call of this dialect to the proxy, both tracks of `pcm`. */
  play(callId: string, pcm: readonly Int16Array[], parts?: PlayParts): Promise<number>
  /** A payment signal over HTTP. */
  pay(callId: string, body: object): Promise<{ status: number; body: Record<string, unknown> }>
  /** One figure of the metrics page; 0 when it is not there. */
  figure(name: string): Promise<number>
  /** The recordings kept so far, by call id. */
  recordings(): Map<string, Recording>
}

export interface PlayParts {
  readonly speed?: number
  readonly cues?: readonly Cue[]
  readonly metadata?: Readonly<Record<string, string>>
  /** Keys that the PBX tells out of band, where its dialect does. */
  readonly digits?: readonly { readonly atMs: number; readonly digit: string }[]
}

export interface Recording {
  /** One array per track. */
  readonly pcm: readonly Int16Array[]
  readonly sidecar: { samples: number; lostSamples: number; endReason: string; spans: Span[] }
  readonly text: string
}

export interface Span {
  readonly track: number | null
  readonly startSample: number
  readonly endSample: number
  readonly reason: string
}

/** Another uWebSockets.js than the package, for systems where that does not load. */
const uwsModule = process.env['UWS_MODULE']

/** Why forks cannot be read by uWebSockets.js here; false: they can. */
export const uwsMissing = (): string | false => {
  const uws = loadUws(uwsModule)
  return 'App' in uws ? false : uws.why
}

/** A proxy with one fork on loopback, drained when the test is over. */
export const liveProxy = async (t: Test, options: LiveOptions = {}): Promise<LiveProxy> => {
  const { dialect: given = 'twilio' } = options
  const dialect: Dialect = typeof given === 'string' ? dialects[given] : given
  // Not t.testdir() alone: two proxies of one test would write into one folder.
  const folder = mkdtempSync(join(tmpdir(), 'hushfork-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const directory = join(folder, 'recordings')
  const ledgerDirectory = join(folder, 'ledger')
  const proxy = await startProxy({
    listen: {
      host: '127.0.0.1',
      port: 0,
      tls: options.tls ?? null,
      pauseMs: options.pauseMs ?? 0,
      engine: options.engine ?? 'node',
      ...(uwsModule !== undefined && { uwsModule }),
    },
    admin: adminSchema.parse({ port: 0, ...options.admin }),
    forks: [
      {
        ...(transportOf(dialect).kind === 'websocket' ? { path: '/fork' } : { host: '127.0.0.1', port: 0 }),
        dialect,
        dialectOptions: dialect.schema.parse(options.dialectOptions ?? {}),
        recorder:
          options.recorder === undefined
            ? 'embedded'
            : {
                url: options.recorder,
                redialSeconds: options.redialSeconds ?? 60,
                bridge:
                  options.recorderDialect === undefined
                    ? null
                    : bridgeTo(dialects[options.recorderDialect], options.recorderCodec),
              },
        policyName: 'quick',
        policy: options.policy ?? quickPolicy,
        tenant: options.tenant ?? 'default',
        ...(options.erasure !== undefined && { erasure: options.erasure }),
        ...(options.allowFrom !== undefined && { allowFrom: options.allowFrom }),
      },
    ],
    callsMax: options.callsMax ?? 10,
    recordingsDirectory: directory,
    leakCheck: options.leakCheck ?? { everyNthCall: 1, text: true },
    ledger: {
      ...ledgerSchema.parse({ directory: ledgerDirectory, fsync: 'never', ...options.ledger }),
      configHash: '0'.repeat(64),
      privileged: [],
    },
    log: options.log ?? createLog('silent'),
    ...(options.clock !== undefined && { clock: options.clock }),
    nats: options.nats,
    beatMs: options.beatMs,
  })
  t.teardown(() => proxy.drain(0))
  const url = proxy.forkUrls[0]!
  const admin = `http://127.0.0.1:${proxy.adminPort}`
  return {
    proxy,
    url,
    directory,
    ledgerDirectory,
    play: (callId, pcm, parts) => playCall(url, dialect, callId, pcm, parts),
    async pay(callId, body) {
      const response = await fetch(`${admin}/v1/calls/${callId}/payment`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    },
    async figure(figure) {
      const page = await (await fetch(`${admin}/metrics`)).text()
      const line = page.split('\n').find((line) => line.startsWith(`${figure} `))
      return line === undefined ? 0 : Number(line.slice(figure.length + 1))
    },
    recordings: () => recordingsIn(directory),
  }
}

/** Plays a call of a dialect to a fork, both tracks of `pcm`. */
export const playCall = (
  url: URL,
  dialect: Dialect,
  callId: string,
  pcm: readonly Int16Array[],
  { speed = 20, cues = [], metadata = {}, digits = [] }: PlayParts = {},
): Promise<number> => {
  const pbx = simulatedPbx(dialect, url, callId, metadata)
  const presses = digits.map(({ atMs, digit }) => ({
    atMs,
    run: (out: WireMessage[]) => pbx.digit(0, digit, 100, performance.now(), out),
  }))
  return playFork({
    transport: transportOf(dialect),
    url,
    pbx,
    pcm,
    sampleRateHz: RATE_HZ,
    ptimeMs: 20,
    speed,
    cues: [...cues, ...presses],
  })
}

const bridgeTo = (dialect: Dialect, codec = dialect.recording!.codecs[0]!) => ({
  dialect,
  dialectOptions: dialect.schema.parse({}) as DialectOptions,
  codec,
})

/** By call; of one that was forked twice, the recording that was kept last. */
export const recordingsIn = (directory: string): Map<string, Recording> => {
  const keptMs = (path: string) => statSync(join(directory, path)).mtimeMs
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .sort((a, b) => keptMs(a) - keptMs(b))
  return new Map(
    paths.map((path) => {
      const text = readFileSync(join(directory, path), 'utf8')
      const sidecar = JSON.parse(text) as Recording['sidecar'] & { callId: string }
      const wav = readFileSync(join(directory, path.replace(/json$/, 'wav')))
      return [sidecar.callId, { pcm: tracksOf(wav), sidecar, text }]
    }),
  )
}

/** The tracks of a canonical WAV: 44 bytes of header, 16-bit PCM. */
export const tracksOf = (wav: Buffer): Int16Array[] => deinterleaved(wav.subarray(44), wav.readUInt16LE(22))

export const deinterleaved = (bytes: Buffer, channels: number): Int16Array[] =>
  Array.from({ length: channels }, (_, channel) =>
    Int16Array.from({ length: bytes.length / 2 / channels }, (_, i) =>
      bytes.readInt16LE(2 * (i * channels + channel)),
    ),
  )

/** Generous, and less where the source has been damaged and most will never hold (bench/damage), ms. */
const PATIENCE_MS = Number(process.env['PATIENCE_MS'] ?? 20_000)

/** Waits until something holds; the bound is the only thing that fails. */
export const until = async (
  isSo: () => boolean | Promise<boolean>,
  what: string,
  ms = PATIENCE_MS,
): Promise<void> => {
  const endMs = performance.now() + ms
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`not in ${ms} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** A PBX with two parties and no credentials, for whoever moves its messages. */
export const simulatedPbx = (
  dialect: Dialect,
  url: URL,
  callId: string,
  metadata: Readonly<Record<string, string>> = {},
): DialectPbx =>
  dialect.simulate({
    callId,
    roles: ['caller', 'agent'],
    sampleRateHz: RATE_HZ,
    metadata,
    credentials: null,
    url,
    auth: authContext(systemClock),
  })

/** The keys pressed in `keyedCall`, seconds on the caller's track. */
export const keyTimes: readonly (readonly [start: number, end: number])[] = [
  [1, 1.1],
  [1.25, 1.35],
  [2.8, 2.9],
]

/** A call of two hums, with keys on the caller's track. */
export const keyedCall = (seconds = 8): Int16Array[] => {
  const keys = keyTimes.map(([startSeconds, endSeconds]) => ({ channel: 0, startSeconds, endSeconds }))
  return [
    hummed({ channels: 1, rateHz: RATE_HZ }, seconds, keys),
    hummed({ channels: 1, rateHz: RATE_HZ }, seconds, []),
  ]
}

/** A call of two hums and nothing to hide. */
export const calmCall = (seconds: number): Int16Array[] => {
  const hum = hummed({ channels: 1, rateHz: RATE_HZ }, seconds, [])
  return [hum, hum]
}

export const decodedMulaw = (payload: Uint8Array): Int16Array => {
  const pcm = new Int16Array(payload.length)
  pcmu.createDecoder({ codec: 'pcmu', clockRateHz: RATE_HZ, channelCount: 1 })!.decodeInto(payload, pcm)
  return pcm
}

/** What is left of a sample after mu-law and back. */
export const mulaw = (() => {
  const all = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768)
  const decoded = decodedMulaw(pcmu.encode(all))
  return (sample: number): number => decoded[sample + 32_768]!
})()

/** L16 leaves every sample as it is. */
export const linear = (sample: number): number => sample

/**
 * Holds what was recorded against what was forked: as many samples, each one as it was sent or silent, those outside the
 * spans as sent, the keys silent. `asSent` is what the dialect's codec makes of a sample.
 */
export const checkKept = (
  t: Test,
  sent: readonly Int16Array[],
  kept: readonly Int16Array[],
  asSent: (sample: number) => number,
): void => {
  for (const [track, samples] of sent.entries()) {
    const recorded = kept[track]!
    t.equal(recorded.length, samples.length, `track ${track} has as many samples`)
    let changed = 0
    for (const [i, sample] of samples.entries())
      if (recorded[i] !== 0 && recorded[i] !== asSent(sample)) changed++
    t.equal(changed, 0, `track ${track}: every sample is as it was sent, or silent`)
    for (const [from, to] of keyTimes)
      t.ok(
        isSilence(recorded.subarray(from * RATE_HZ, to * RATE_HZ)),
        `track ${track} is silent at ${from} s`,
      )
    for (const [from, to] of [
      [0.1, 0.4],
      [7, 8],
    ] as const)
      t.notOk(
        isSilence(recorded.subarray(from * RATE_HZ, to * RATE_HZ)),
        `track ${track} is heard at ${from} s`,
      )
  }
}

export const isSilence = (samples: Int16Array): boolean => samples.every((sample) => sample === 0)
