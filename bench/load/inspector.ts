/** Node's inspector from outside: collects a process's garbage, and takes a snapshot of its heap. */
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import WebSocket from 'ws'

/** Twice: what a finaliser lets go is collected by the second. */
export const collectGarbage = async (url: string): Promise<void> => {
  const inspector = await connect(url)
  await inspector.ask('HeapProfiler.collectGarbage')
  await inspector.ask('HeapProfiler.collectGarbage')
  inspector.close()
}

/** Writes what Chromium's memory panel opens. It holds audio: only ever of calls that a bench has made up. */
export const writeHeapSnapshot = async (url: string, file: string): Promise<void> => {
  const out = createWriteStream(file)
  const inspector = await connect(url, (chunk) => out.write(chunk))
  await inspector.ask('HeapProfiler.takeHeapSnapshot')
  inspector.close()
  out.end()
  await finished(out)
}

const connect = async (url: string, onChunk: (chunk: string) => void = () => undefined) => {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const answers = new Map<number, () => void>()
  let number = 0
  socket.on('message', (data) => {
    const { id, method, params } = JSON.parse(String(data)) as {
      id?: number
      method?: string
      params?: { chunk?: string }
    }
    if (method === 'HeapProfiler.addHeapSnapshotChunk') onChunk(params!.chunk!)
    if (id !== undefined) answers.get(id)?.()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve).once('error', reject)
  })
  return {
    ask(method: string): Promise<void> {
      const id = ++number
      socket.send(JSON.stringify({ id, method }))
      return new Promise((resolve) => answers.set(id, resolve))
    },
    close: () => socket.close(),
  }
}
