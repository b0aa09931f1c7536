/**
 * Many calls at once through the real proxy: AudioHook, stereo G.711, 20 ms, paced in real time with the calls' phases spread.
 * The proxy is a process of its own; this one plays both its PBXs and its recorder, and times every frame.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import WebSocket, { WebSocketServer } from 'ws'
import type { RecorderEvent } from '../../proxy/dialects/dialect.js'
import { dialects } from '../../proxy/dialects/index.js'
import { authContext } from '../../proxy/edge/auth-context.js'
import { systemClock } from '../../proxy/edge/system-clock.js'
import type { WireMessage } from '../../proxy/media/wire.js'
import { Histogram } from '../../proxy/metrics/histogram.js'

const PTIME_MS = 20
/** 160 samples of two interleaved channels. */
const FRAME_BYTES = 320
const HOLD_BACK_MS = 2500

export interface LoadResult {
  readonly calls: number
  readonly seconds: number
  readonly framesSent: number
  readonly framesReceived: number
  /** Beyond the intended hold-back, ms. */
  readonly p50AddedMs: number
  readonly p99AddedMs: number
  readonly maxAddedMs: number
  /** CPU of the proxy process per frame that went through, microseconds. */
  readonly cpuMicrosPerFrame: number
  readonly coreShare: number
  readonly rssMb: number
}

/** Plays `calls` calls of `seconds` each and says what came out. */
export const playLoad = async (calls: number, seconds: number): Promise<LoadResult> => {
  const frames = Math.round((seconds * 1000) / PTIME_MS)
  const sink = new Sink()
  const folder = mkdtempSync(join(tmpdir(), 'hushfork-load-'))
  const proxy = await startProxyProcess(folder, await sink.listen())
  try {
    const players = await Promise.all(
      Array.from({ length: calls }, (_, i) => Player.connect(proxy.port, i, sink)),
    )
    const cpuBefore = cpuSecondsOf(proxy.process)
    const beganMs = performance.now()
    await pace(players, frames, calls)
    await sleep(HOLD_BACK_MS + 500)
    const cpu = cpuSecondsOf(proxy.process) - cpuBefore
    const elapsed = (performance.now() - beganMs) / 1000
    const rssMb = rssMbOf(proxy.process)
    for (const player of players) player.hangUp()
    await sleep(500)
    return {
      calls,
      seconds,
      framesSent: calls * frames,
      framesReceived: sink.framesReceived,
      p50AddedMs: sink.added.quantile(0.5),
      p99AddedMs: sink.added.quantile(0.99),
      maxAddedMs: sink.maxAddedMs,
      cpuMicrosPerFrame: (cpu * 1e6) / Math.max(1, sink.framesReceived),
      coreShare: cpu / elapsed,
      rssMb,
    }
  } finally {
    proxy.process.kill('SIGKILL')
    sink.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Sends every call its frame every 20 ms, the calls spread over the 20 ms; a late timer catches up. */
const pace = async (players: readonly Player[], frames: number, calls: number): Promise<void> => {
  const beganMs = performance.now()
  let sent = 0
  while (sent < frames * calls) {
    const due = Math.min(frames * calls, Math.floor(((performance.now() - beganMs) / PTIME_MS) * calls))
    for (; sent < due; sent++) players[sent % calls]!.sendFrame()
    await sleep(1)
  }
}

class Player {
  #serial = 0

  private constructor(
    private readonly socket: WebSocket,
    private readonly index: number,
    private readonly sink: Sink,
    private readonly end: () => readonly WireMessage[],
  ) {}

  static async connect(port: number, index: number, sink: Sink): Promise<Player> {
    const url = new URL(`ws://127.0.0.1:${port}/load`)
    const hex = index.toString(16).padStart(12, '0')
    const pbx = dialects.audiohook.simulate({
      callId: `00000000-0000-4000-8000-${hex}`,
      roles: ['caller', 'agent'],
      sampleRateHz: 8000,
      metadata: {},
      credentials: null,
      url,
      auth: authContext(systemClock),
    })
    const socket = new WebSocket(url, { headers: { ...pbx.handshake.headers }, perMessageDeflate: false })
    const out: WireMessage[] = []
    const flush = (): void => {
      for (const message of out) socket.send(message.data, { binary: message.isBinary })
      out.length = 0
    }
    socket.on('message', (data, isBinary) => {
      pbx.receive({ data: data as Buffer, isBinary }, performance.now(), out)
      flush()
    })
    await once(socket, 'open')
    pbx.opened(performance.now(), out)
    flush()
    while (!pbx.isReady) await sleep(5)
    return new Player(socket, index, sink, () => {
      pbx.hangUp(performance.now(), out)
      return out.splice(0)
    })
  }

  /** Speech-like bytes that are no tone, with the call and the frame's number in front. */
  sendFrame(): void {
    const frame = Buffer.allocUnsafe(FRAME_BYTES)
    frame.set(noise)
    frame.writeUInt32LE(this.index, 0)
    frame.writeUInt32LE(this.#serial, 4)
    this.sink.noteSent(this.index, this.#serial++)
    this.socket.send(frame)
  }

  hangUp(): void {
    for (const message of this.end()) this.socket.send(message.data, { binary: message.isBinary })
  }
}

/** Quiet mu-law noise, seeded. */
const noise = Uint8Array.from({ length: FRAME_BYTES }, (_, i) => 0xe0 | (Math.imul(i + 1, 0x9e3779b1) >>> 28))

/** The recorder: answers as one, and times what arrives. */
class Sink {
  framesReceived = 0
  maxAddedMs = 0
  readonly added = new Histogram()
  readonly #sentAtMs: number[][] = []
  readonly #server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })

  constructor() {
    this.#server.on('connection', (socket) => {
      const endpoint = dialects.audiohook.record(dialects.audiohook.schema.parse({}))
      const events: RecorderEvent[] = []
      socket.on('message', (data, isBinary) => {
        if (isBinary) this.#noteFrame(data as Buffer)
        else endpoint.receive({ data: data as Buffer, isBinary }, performance.now(), events)
        for (const event of events)
          if (event.kind === 'reply') socket.send(event.message.data, { binary: event.message.isBinary })
        events.length = 0
      })
    })
  }

  async listen(): Promise<number> {
    if (this.#server.address() === null) await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  noteSent(call: number, serial: number): void {
    const times = this.#sentAtMs[call] ?? []
    this.#sentAtMs[call] = times
    times[serial] = performance.now()
  }

  close(): void {
    for (const client of this.#server.clients) client.terminate()
    this.#server.close()
  }

  #noteFrame(frame: Buffer): void {
    this.framesReceived++
    const sentAtMs = this.#sentAtMs[frame.readUInt32LE(0)]?.[frame.readUInt32LE(4)]
    if (sentAtMs === undefined) return
    const addedMs = Math.max(0, performance.now() - sentAtMs - HOLD_BACK_MS)
    this.added.observe(addedMs)
    this.maxAddedMs = Math.max(this.maxAddedMs, addedMs)
  }
}

const startProxyProcess = async (
  folder: string,
  recorderPort: number,
): Promise<{ process: ChildProcess; port: number }> => {
  const config = join(folder, 'load.yaml')
  writeFileSync(
    config,
    `listen: { port: 0 }\nadmin: { port: 0 }\nforks: [{ path: /load, dialect: audiohook, recorder: { url: "ws://127.0.0.1:${recorderPort}/" }, policy: load }]\npolicies: { load: { holdBackMs: ${HOLD_BACK_MS} } }\n`,
  )
  const main = new URL('../../proxy/main.js', import.meta.url).pathname
  const child = spawn(process.execPath, [main, 'serve', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await new Promise<number>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += String(chunk)
      const found = /"port":(\d+),"tls"/.exec(text)?.[1]
      if (found !== undefined) resolve(Number(found))
    })
    child.once('exit', () => reject(new Error('the proxy did not start')))
  })
  return { process: child, port }
}

/** User and system time of another process, Linux: fields 14 and 15 of /proc/PID/stat in clock ticks of 10 ms. */
const cpuSecondsOf = ({ pid }: ChildProcess): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const rssMbOf = ({ pid }: ChildProcess): number => {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kb ?? 0) / 1024
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
