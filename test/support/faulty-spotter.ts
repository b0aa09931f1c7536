/** A worker that listens until a test wants a fault of it. */
import { getEnvironmentData, isMainThread, setEnvironmentData, workerData } from 'node:worker_threads'
import { listenForEver } from '../../proxy/detectors/speech/recognizers/embedded/spotter-thread.io.js'

/**
 * `hangs`: waits for what never comes. `spins`: is busy for ever. `dawdles`: takes much longer than the audio, until it is well.
 * `ends`: ends, and so does whoever takes its place, until it is well.
 */
export const spotterFaults = ['well', 'hangs', 'spins', 'dawdles', 'ends'] as const
export type SpotterFault = (typeof spotterFaults)[number]

const KEY = 'faulty-spotter'
const DAWDLE_MS = 2_500

if (isMainThread) setEnvironmentData(KEY, new SharedArrayBuffer(4))
const shared = new Int32Array(getEnvironmentData(KEY) as unknown as SharedArrayBuffer)

/** What runs in a pool's threads. */
export const faultySpotter = new URL(import.meta.url)

/** What the next batch of some thread meets; whoever takes over from one that hangs or spins is well. */
export const haveSpotter = (fault: SpotterFault): void =>
  void Atomics.store(shared, 0, spotterFaults.indexOf(fault))

const sleep = (ms?: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

const faultNow = (): SpotterFault => spotterFaults[Atomics.load(shared, 0)]!

if (!isMainThread) {
  if (faultNow() === 'ends') process.exit()
  listenForEver(workerData, () => {
    const fault = faultNow()
    if (fault === 'ends') process.exit()
    if (fault === 'dawdles') sleep(DAWDLE_MS)
    if (fault !== 'hangs' && fault !== 'spins') return
    Atomics.store(shared, 0, 0)
    if (fault === 'hangs') sleep()
    for (;;);
  })
}
