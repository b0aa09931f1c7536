import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { directorySchema, type NatsOptions } from '../../proxy/directory/options.js'
import { until } from './live-proxy.js'

/** Why tests that need a NATS server do not run; false: they do. */
export const natsMissing: string | false =
  spawnSync('nats-server', ['--version']).error === undefined ? false : 'nats-server is not installed'

const SECRET = 'a-secret-of-thirty-two-characters'

export const natsOptions = (...ports: number[]): NatsOptions =>
  directorySchema.parse({
    nats: { servers: ports.map((port) => `nats://127.0.0.1:${port}`), secret: SECRET },
  }).nats!

/** A real nats-server with JetStream on loopback, which can be stopped and started at its port. */
export class NatsServer {
  #child: ChildProcess | null = null

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  static async start(t: Test): Promise<NatsServer> {
    // Not t.testdir(), which is emptied while the server still writes.
    const folder = mkdtempSync(join(tmpdir(), 'nats-'))
    const server = new NatsServer(await freePort(), folder)
    t.teardown(async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    })
    await server.start()
    return server
  }

  async start(): Promise<void> {
    this.#child = spawn('nats-server', ['-js', '-sd', this.folder, '-a', '127.0.0.1', '-p', `${this.port}`], {
      stdio: 'ignore',
    })
    await until(() => isListening(this.port), 'nats-server listens')
  }

  async stop(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }
}

/** A way to a port that can be cut: connections stay open and nothing passes, as when a cable is pulled. */
export class CutWire {
  readonly #sockets = new Set<Socket>()
  #isCut = false

  private constructor(private readonly server: Server) {}

  static async to(t: Test, port: number): Promise<CutWire> {
    const server = createServer((near) => wire.#join(near, dial(port, '127.0.0.1')))
    const wire = new CutWire(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => {
      server.close()
      for (const socket of wire.#sockets) socket.destroy()
    })
    return wire
  }

  get port(): number {
    return (this.server.address() as { port: number }).port
  }

  cut(): void {
    this.#isCut = true
  }

  /** What was under way is lost with its connections; new ones pass. */
  mend(): void {
    this.#isCut = false
    for (const socket of this.#sockets) socket.destroy()
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from)
      from.on('data', (bytes) => {
        if (!this.#isCut) to.write(bytes)
      })
      from.on('error', () => {})
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
    }
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = dial(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
