/** A worker that listens for a second and then hangs, as a thread does that waits for what never comes. */
import { isMainThread, workerData } from 'node:worker_threads'
import { listenForEver } from '../../proxy/detectors/speech/recognizers/embedded/spotter-thread.io.js'

const BATCHES = 10

if (!isMainThread) {
  let batches = 0
  listenForEver(workerData, () => {
    if (++batches > BATCHES) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })
}
