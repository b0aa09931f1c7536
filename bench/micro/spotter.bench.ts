/**
 * What listening for spoken numbers costs the thread that does it: microseconds of CPU for 20 ms of a track that speaks all the time,
 * from the ring that it is told of audio by to its answers, median of several rounds.
 *
 *     node dist/bench/micro/spotter.bench.js
 */
import { cpus } from 'node:os'
import { RecordRing } from '../../proxy/detectors/speech/recognizers/embedded/record-ring.js'
import { threadSpotter } from '../../proxy/detectors/speech/recognizers/embedded/spotter.io.js'
import { REQUEST, SpotterService } from '../../proxy/detectors/speech/recognizers/embedded/spotter-service.js'
import { randomOf, toPcm, voiceLike } from '../dtmf/key-set.js'

const TRACKS = 300
const RATE_HZ = 8_000
const FRAME_SAMPLES = 160
/** What a thread finds when it looks, every 100 ms. */
const FRAMES_PER_BATCH = 5
const WARM_UP_BATCHES = 10
const BATCHES_PER_ROUND = 5
const ROUNDS = 9

const voice = toPcm(voiceLike(20_000, RATE_HZ, randomOf(1)))
const requests = RecordRing.create(2 ** 22)
const answers = RecordRing.create(2 ** 18)
const service = new SpotterService(threadSpotter(), requests, answers, () => answers.readAll(() => {}))
for (let track = 0; track < TRACKS; track++) requests.write(REQUEST.open, track, 0, RATE_HZ, RATE_HZ)

let frame = 0
/** CPU time of listening to a batch, µs; each track is elsewhere in the voice. */
const batchUs = (): number => {
  for (let i = 0; i < FRAMES_PER_BATCH; i++, frame++)
    for (let track = 0; track < TRACKS; track++) {
      const from = ((frame + 31 * track) * FRAME_SAMPLES) % voice.length
      const pcm = voice.subarray(from, from + FRAME_SAMPLES)
      requests.write(REQUEST.pcm, track, frame * FRAME_SAMPLES, 0, FRAME_SAMPLES, pcm)
    }
  const before = process.cpuUsage()
  service.work()
  const { user, system } = process.cpuUsage(before)
  answers.readAll(() => {})
  return user + system
}

const roundUs = (): number => {
  let sum = 0
  for (let batch = 0; batch < BATCHES_PER_ROUND; batch++) sum += batchUs()
  return sum / (BATCHES_PER_ROUND * FRAMES_PER_BATCH * TRACKS)
}

for (let batch = 0; batch < WARM_UP_BATCHES; batch++) batchUs()
const median = Array.from({ length: ROUNDS }, roundUs).sort((a, b) => a - b)[ROUNDS >> 1]!
console.log(`${cpus()[0]?.model}, Node ${process.version}, ${TRACKS} tracks, ${ROUNDS} rounds, median`)
console.log(`${median.toFixed(1)} µs for 20 ms of a track: ${Math.floor(20_000 / median)} tracks a core`)
