import t from 'tap'
import { stoppedClock } from '../../../../proxy/base/clock.js'
import type { DetectorSetup } from '../../../../proxy/detectors/detector.js'
import { embedded } from '../../../../proxy/detectors/speech/recognizers/embedded/embedded.js'
import { type RecognizerName, recognizers } from '../../../../proxy/detectors/speech/recognizers/index.js'
import { checkRecognizer, type RecognizerBench } from '../../../support/recognizer-contract.js'

const setup: DetectorSetup = {
  tracks: [{ index: 0, role: 'mixed' }],
  clockRateHz: 8_000,
  sampleRateHz: [8_000],
}

interface Subject {
  create(): Promise<RecognizerBench>
  readonly lagMs: number
}

/** How each is brought to hear the fixture: with what it needs of the world. */
const subjects: Readonly<Record<RecognizerName, Subject>> = {
  embedded: {
    create: async () => ({
      recognizer: embedded.create(
        setup,
        {},
        {
          pace: 'recorded',
          clock: stoppedClock,
          monitor: { worked() {}, faulted() {} },
        },
      ),
      settled: async () => {},
    }),
    lagMs: embedded.lagMs({}),
  },
}

for (const name of Object.keys(recognizers) as RecognizerName[])
  checkRecognizer(t, name, subjects[name].create, 8 * subjects[name].lagMs)
