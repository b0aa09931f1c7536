/** What a thread does that listens: nothing else runs in it, so that it may sleep. */
import { performance } from 'node:perf_hooks'
import { RecordRing } from './record-ring.js'
import { threadSpotter } from './spotter.io.js'
import { ANSWER, SpotterService } from './spotter-service.js'

export interface WorkerMemory {
  readonly requests: SharedArrayBuffer
  readonly answers: SharedArrayBuffer
}

/** Audio is listened to in batches of this, ms: calls are many, and each is short work. */
export const BATCH_MS = 100
/** Waiting for room among the answers, ms. */
const ROOM_MS = 5

/** Listens for ever; `batch` is called before each batch. */
export const listenForEver = ({ requests, answers }: WorkerMemory, batch: () => void = () => {}): never => {
  const inbox = new RecordRing(requests)
  const outbox = new RecordRing(answers)
  const service = new SpotterService(threadSpotter(), inbox, outbox, () => inbox.sleep(ROOM_MS))
  outbox.write(ANSWER.ready, 0, 0, 0, 0)
  for (;;) {
    const startedAtMs = performance.now()
    batch()
    const audioMs = service.work()
    const busyMs = performance.now() - startedAtMs
    if (audioMs > 0) outbox.write(ANSWER.batch, 0, audioMs, busyMs, 0)
    inbox.sleep(BATCH_MS - busyMs)
  }
}
