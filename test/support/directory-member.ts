import type { Test } from 'tap'
import { BEAT_MS, NatsDirectory } from '../../proxy/directory/nats-directory.io.js'
import { systemClock } from '../../proxy/edge/system-clock.js'
import { natsOptions } from './nats.js'

/** Five times the pace of the directory, ms: split after 1,300, which a busy machine does not keep anything waiting. */
export const BEAT = BEAT_MS / 5

/** A process, and what it has heard; of its states with what then waited to be told. Its clock can be stopped. */
export const member = async (t: Test, port: number) => {
  let stoppedAtMs = Infinity
  const clock = { ...systemClock, nowMs: () => Math.min(stoppedAtMs, systemClock.nowMs()) }
  const heard: string[] = []
  const directory = new NatsDirectory(natsOptions(port), {
    registry: { streams: [], find: () => [] },
    clock,
    log: { warn() {}, info() {} },
    metrics: { directoryAsked() {}, directoryLost() {} },
    calls: async () => [],
    stateChanged: () => heard.push(`${directory.state} ${directory.figures().backlog}`),
    beatMs: BEAT,
  })
  t.teardown(() => directory.close())
  await directory.start({
    signal: () => ({ result: 'applied', streams: [], isRepeated: false }),
    adopt: ({ slot }) => void heard.push(slot),
    disown() {},
    noteEarlyEnd: ({ signalId }) => void heard.push(`early ${signalId}`),
    held: function* () {},
  })
  const stopClock = (): void => {
    stoppedAtMs = systemClock.nowMs()
  }
  return { directory, heard, stopClock }
}
