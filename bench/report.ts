/** `npm run bench`: calls at once through the real proxy, one line per level. */
import { cpus } from 'node:os'
import { Command } from 'commander'
import { type LoadResult, playLoad } from './load/calls.js'

const { calls, seconds } = new Command('bench')
  .description(
    'Plays AudioHook calls (stereo G.711, 20 ms, DTMF masking on both tracks, hold-back 2.5 s) through the proxy in a process ' +
      'of its own, and prints what it cost and added. 54 calls are the peak of a centre with 367,539 calls a year.',
  )
  .option('--calls <list>', 'how many at once, level by level', '54,250')
  .option('--seconds <n>', 'how long each level lasts', '20')
  .parse()
  .opts<{ calls: string; seconds: string }>()

const row = (result: LoadResult): string =>
  [
    result.calls,
    `${result.framesReceived} / ${result.framesSent}`,
    result.p50AddedMs.toFixed(1),
    result.p99AddedMs.toFixed(1),
    result.maxAddedMs.toFixed(0),
    result.cpuMicrosPerFrame.toFixed(0),
    `${(result.coreShare * 100).toFixed(0)} %`,
    result.rssMb.toFixed(0),
  ].join(' | ')

console.log(
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${seconds} s a level\n`,
)
console.log(
  '| calls | frames out / in | added p50 ms | p99 ms | max ms | CPU µs a frame | of a core | RSS MB |',
)
console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
for (const level of calls.split(','))
  console.log(`| ${row(await playLoad(Number(level), Number(seconds)))} |`)
