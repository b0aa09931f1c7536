import t from 'tap'
import { stoppedClock } from '../../../../../proxy/base/clock.js'
import type { HeardWord } from '../../../../../proxy/detectors/speech/recognizer.js'
import { RemoteRecognizer } from '../../../../../proxy/detectors/speech/recognizers/remote/remote-recognizer.js'
import { speech } from '../../../../support/tone-speech.js'
import { ToySpeechService } from '../../../../support/toy-speech-service.js'

const plan = {
  listen: 'always',
  voiceLevelDbov: -55,
  hangoverMs: 700,
  leadMs: 300,
  overlapMs: 2_000,
  answerMs: 2_000,
  endMsMax: 4_000,
  streamMs: 240_000,
  streamMsMax: 280_000,
  guardMs: 0,
} as const

/** Two tracks: the first at 8 kHz, the second at 16 kHz, both counted at 8 kHz. */
const room = (pace: 'live' | 'recorded' = 'live') => {
  const services = [new ToySpeechService(8_000), new ToySpeechService(16_000)]
  const told: string[] = []
  const recognizer = new RemoteRecognizer(
    {
      tracks: [
        { index: 0, role: 'caller' },
        { index: 1, role: 'agent' },
      ],
      clockRateHz: 8_000,
      sampleRateHz: [8_000, 16_000],
    } as never,
    { name: 'toy', plan, streamsOf: (track) => services[track]!.open },
    {
      pace,
      clock: stoppedClock,
      monitor: {
        worked: (name, audioMs) => told.push(`${name} ${audioMs}`),
        faulted: (name, reason) => told.push(`${name} ${reason}`),
        windowOpened: () => {},
      },
    },
  )
  return { recognizer, services, told }
}

t.test('positions are those of the call, whatever rate its audio has', async (t) => {
  const { recognizer, services } = room()
  const words: HeardWord[] = []
  recognizer.push(0, speech(['four']), 8_000)
  recognizer.push(1, speech(['nine'], 16_000), 16_000)
  recognizer.skip(0, 20_000)
  recognizer.skip(1, 24_000)
  recognizer.drain(words)
  t.match(words, [
    { track: 0, text: 'four', isFinal: true },
    { track: 1, text: 'nine', isFinal: true },
  ])
  t.ok(
    words.every(
      ({ startSample, endSample }, i) =>
        Math.abs(startSample - 8_000 * (i + 1)) < 10 && endSample > startSample,
    ),
  )
  t.ok(Math.abs(words[1]!.endSample - 18_000) < 10)
  t.ok(recognizer.watermarkSample(0) > 17_000 && recognizer.watermarkSample(0) <= 20_000)
  t.ok(recognizer.watermarkSample(1) > 21_000 && recognizer.watermarkSample(1) <= 24_000)
  recognizer.setAlertness('armed')
  t.same(
    services.map(({ newest }) => newest.alertness),
    ['armed', 'armed'],
  )
})

t.test('what was heard is told once, and the end opens the watermark', async (t) => {
  const { recognizer } = room()
  recognizer.push(0, speech(['four']), 0)
  recognizer.push(1, speech(['nine'], 16_000), 0)
  recognizer.finish()
  const words: HeardWord[] = []
  recognizer.drain(words)
  recognizer.drain(words)
  t.equal(words.length, 2)
  t.equal(recognizer.watermarkSample(0), Infinity)
  t.equal(recognizer.watermarkSample(1), Infinity)
  recognizer.close()
})

t.test('one track that is not wanted fails the whole, and faults are told with the name', async (t) => {
  const { recognizer, services, told } = room()
  recognizer.push(0, speech(['four']), 0)
  recognizer.push(1, speech(['nine'], 16_000), 0)
  services[1]!.newest.fail('credentials')
  t.ok(recognizer.watermarkSample(1) <= 2_800)
  t.equal(recognizer.health, 'failed')
  t.same(told, ['toy credentials', 'toy 300'])
})

t.test('for a file, which nobody waits for, it has failed from the start', async (t) => {
  const { recognizer, services } = room('recorded')
  t.equal(recognizer.health, 'failed')
  recognizer.push(0, speech(['four']), 0)
  recognizer.skip(1, 8_000)
  t.equal(services[0]!.streams.length, 0)
  t.equal(recognizer.watermarkSample(0), 0)
})
