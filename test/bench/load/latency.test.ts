// What /metrics says is what somebody outside has measured. Real sockets and time: calls of noise, hold-back 1 s, and a
// process that stands still again and again, so that there is something to tell.
import { spawnSync } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { compileGenerator } from '../../../bench/load/generator.js'
import { type Load, measure } from '../../../bench/load/measure.js'

const hasCompiler = spawnSync('gcc', ['--version']).status === 0

const load: Load = {
  dialect: 'audiohook',
  calls: 20,
  seconds: 3,
  warmUpSeconds: 0.5,
  holdBackMs: 1000,
  tls: null,
  proxies: 1,
  processes: 1,
  isPinned: false,
  isInspected: false,
  extra: ['--keys-every', '0'],
  config: {},
  policy: { payment: { lookBackMs: 0 } },
}
/** A machine that gives the process a fifth of its time: what it reads is old, and so is what lets go of it. */
const STALLS = 6
const STALL_MS = 400
const BREATH_MS = 100

t.test(
  'frames that a stalled process delays are as many in /metrics as outside',
  { skip: hasCompiler ? false : 'needs gcc: apt install gcc libc6-dev' },
  async (t) => {
    const generator = compileGenerator(false)
    t.teardown(() => generator.close())
    const { frames, reported } = await measure(
      generator,
      'hushfork',
      load,
      { subjectCores: [], generatorCores: [] },
      {
        async begins({ pids }) {
          for (let stalls = 0; stalls < STALLS; stalls++) {
            process.kill(pids[0]!, 'SIGSTOP')
            await setTimeout(STALL_MS)
            process.kill(pids[0]!, 'SIGCONT')
            await setTimeout(BREATH_MS)
          }
        },
      },
    )
    t.equal(frames.lost + frames.corrupt + frames.misordered, 0)
    // Without what waited in the kernel it would tell of one in ten.
    const measured = frames.addedMs.laterThan['100']!
    const told = reported!.laterThan['100']!
    t.ok(measured > load.calls * 20, `${measured} frames measured`)
    t.ok(told > 0.4 * measured && told < 1.4 * measured, `${told} frames told, ${measured} measured`)
  },
)
