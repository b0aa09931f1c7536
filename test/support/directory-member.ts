import type { Test } from 'tap'
import { BEAT_MS, NatsDirectory } from '../../proxy/directory/nats-directory.io.js'
import { systemClock } from '../../proxy/edge/system-clock.js'
import { natsOptions } from './nats.js'

/** Ten times the pace of the directory, ms: split after 650. */
export const BEAT = BEAT_MS / 10

/** A process, and what it has heard; of its states with what then waited to be told. */
export const member = async (t: Test, port: number) => {
  const heard: string[] = []
  const directory = new NatsDirectory(natsOptions(port), {
    registry: { streams: [], find: () => [] },
    clock: systemClock,
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
    held: function* () {},
  })
  return { directory, heard }
}
