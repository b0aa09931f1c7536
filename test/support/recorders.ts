import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createEndpoint } from '@jambonz/sdk/websocket'
import type { Test } from 'tap'
import websocket from 'websocket'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'
import { inPackage } from '../../proxy/base/package-file.js'
import type { Dialect, RecorderEvent } from '../../proxy/dialects/dialect.js'
import { decodedMulaw } from './live-proxy.js'

/** Recorders that know nothing of the proxy, each on a port of its own, gone when the test is over. */

const listening = async (t: Test, server: Server): Promise<URL> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/record/call`)
}

/** A ws server that hands each socket to the test. */
export const wsRecorder = async (
  t: Test,
  take: (socket: WebSocket) => void,
): Promise<{ url: URL; sockets: Set<WebSocket> }> => {
  const http = createServer()
  const server = new WebSocketServer({ server: http, handleProtocols: (offered) => [...offered][0] ?? false })
  const sockets = new Set<WebSocket>()
  t.teardown(() => {
    for (const socket of sockets) socket.terminate()
    server.close()
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    take(socket)
  })
  return { url: await listening(t, http), sockets }
}

/** What a recorder of JSON messages, such as Twilio's, was sent: on the other WebSocket library for Node. */
export const twilioLikeRecorder = async (t: Test) => {
  const texts: string[] = []
  const closes: number[] = []
  const http = createServer()
  const server = new websocket.server({ httpServer: http, autoAcceptConnections: true })
  t.teardown(() => server.shutDown())
  server.on('connect', (connection) => {
    connection.on('message', (message) => {
      if (message.type === 'utf8') texts.push(message.utf8Data)
    })
    connection.on('close', (code) => closes.push(code))
  })
  return { url: await listening(t, http), texts, closes }
}

/** The core of jambonz' own recorder: metadata first, then every byte of every message, text or not, is audio. */
export const jambonzRecorder = async (t: Test) => {
  const heard = { metadata: '', audio: [] as Buffer[], isEnded: false }
  const { url } = await wsRecorder(t, (socket) => {
    socket.once('message', (data) => {
      heard.metadata = data.toString()
      const stream = createWebSocketStream(socket)
      stream.on('data', (bytes: Buffer) => heard.audio.push(bytes))
      stream.on('end', () => {
        heard.isEnded = true
      })
      stream.on('error', () => undefined)
    })
  })
  return { url, heard }
}

/** An application on jambonz' SDK that listens to a call: strict about the first message and the subprotocol. */
export const jambonzListener = async (t: Test) => {
  const heard = {
    metadata: null as unknown,
    audio: [] as Buffer[],
    texts: [] as unknown[],
    closes: [] as number[],
  }
  const http = createServer()
  const service = createEndpoint({ server: http }).audio({ path: '/record/call' })
  service.on('connection', (stream) => {
    heard.metadata = stream.metadata
    stream.on('audio', (pcm: Buffer) => heard.audio.push(Buffer.from(pcm)))
    for (const event of ['dtmf', 'playDone', 'mark'] as const)
      stream.on(event, (...args: unknown[]) => heard.texts.push(args))
    stream.on('close', (code: number) => heard.closes.push(code))
  })
  return { url: await listening(t, http), heard }
}

/** A recorder of a dialect, as strict as those in use, that answers; it keeps what it made of the messages, also by connection. */
export const dialectRecorder = async (t: Test, dialect: Dialect) => {
  const events: RecorderEvent[] = []
  const connections: RecorderEvent[][] = []
  const closes: number[] = []
  const { url } = await wsRecorder(t, (socket) => {
    socket.on('close', (code) => closes.push(code))
    const own: RecorderEvent[] = []
    connections.push(own)
    const endpoint = dialect.record(dialect.schema.parse({}))
    socket.on('message', (data, isBinary) => {
      const said: RecorderEvent[] = []
      endpoint.receive({ data: data as Buffer, isBinary }, performance.now(), said)
      const frames = said.map(kept)
      events.push(...frames)
      own.push(...frames)
      for (const event of said)
        if (event.kind === 'reply') socket.send(event.message.data, { binary: event.message.isBinary })
    })
  })
  return { url, events, connections, closes }
}

/** A frame's payload is borrowed until the next message. */
const kept = (event: RecorderEvent): RecorderEvent =>
  event.kind === 'media'
    ? { kind: 'media', frame: { ...event.frame, payload: event.frame.payload.slice() } }
    : event

/** What a recorder was sent of track 0, 8-bit mu-law. */
export const heardOf = (events: readonly RecorderEvent[]): Int16Array => {
  const frames = events.flatMap((event) =>
    event.kind === 'media' && event.frame.stream === 0 ? [event.frame.payload] : [],
  )
  return decodedMulaw(Buffer.concat(frames))
}

/** A recorder of JSON messages in a process of its own, which can be killed, and started again on its port. */
export const killableRecorder = async (t: Test) => {
  const messages: Record<string, unknown>[][] = []
  let port = 0
  let child: ChildProcess | undefined
  const start = async (): Promise<URL> => {
    const script = fileURLToPath(inPackage('test/support/killable-recorder.js'))
    child = spawn(process.execPath, [script, `${port}`], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface({ input: child.stdout! })
    const heard: Record<string, unknown>[] = []
    messages.push(heard)
    const first = await new Promise<string>((resolve) => lines.once('line', resolve))
    port = (JSON.parse(first) as { port: number }).port
    lines.on('line', (line) => {
      // The line that a kill cuts short is none.
      if (line.endsWith('}')) heard.push(JSON.parse(line) as Record<string, unknown>)
    })
    return new URL(`ws://127.0.0.1:${port}/`)
  }
  t.teardown(() => child?.kill('SIGKILL'))
  return {
    start,
    /** What each process was sent. */
    messages,
    async kill(): Promise<void> {
      const gone = once(child!, 'exit')
      child!.kill('SIGKILL')
      await gone
    },
  }
}

/** A port on which nothing listens any more. */
export const deadUrl = async (): Promise<URL> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return new URL(`ws://127.0.0.1:${port}/`)
}
