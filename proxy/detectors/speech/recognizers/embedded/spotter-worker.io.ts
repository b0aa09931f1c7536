/** The script of a thread that listens; started by worker-pool.io.ts. */
import { workerData } from 'node:worker_threads'
import { listenForEver } from './spotter-thread.io.js'

listenForEver(workerData)
