import { createLog } from '../../proxy/edge/log.js'
import {
  type RecognizerServerOptions,
  type RunningRecognizer,
  startRecognizer,
} from '../../proxy/edge/recognizer/recognizer-server.js'
import { systemClock } from '../../proxy/edge/system-clock.js'

/** `hushfork recognize` on loopback, of one thread, which says nothing to a log. */
export const startQuietRecognizer = (
  options: Partial<RecognizerServerOptions> = {},
): Promise<RunningRecognizer> =>
  startRecognizer({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    tokens: [],
    threads: 1,
    streamsMax: 10,
    streamMsMax: 60_000,
    admin: { host: '127.0.0.1', port: 0 },
    clock: systemClock,
    log: createLog('silent'),
    ...options,
  })
