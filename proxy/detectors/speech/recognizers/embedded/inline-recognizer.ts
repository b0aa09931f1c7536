import type { DetectorSetup } from '../../../detector.js'
import { EmbeddedRecognizer } from './embedded-recognizer.js'
import { KernelNet } from './kernel-net.js'
import { threadSpotter } from './spotter.io.js'
import { TrackSpotter } from './track-spotter.js'

/** The spotter in the caller's own thread: every word is there when push() returns. For recordings, and for tests. */
export class InlineRecognizer extends EmbeddedRecognizer {
  /**
   * @param tellsSuspected as of an EmbeddedRecognizer
   * @throws the system's error when the model cannot be read
   */
  constructor(name: string, setup: DetectorSetup, tellsSuspected = false) {
    const { model, frontEnd, kernel } = threadSpotter()
    super(
      name,
      setup,
      ({ sampleRateHz, clockRateHz, heard, suspected }) =>
        new TrackSpotter({
          model,
          frontEnd,
          net: new KernelNet(kernel),
          sampleRateHz,
          clockRateHz,
          heard: (word, startSample, endSample, certainty) =>
            heard(model.classes[word]!, startSample, endSample, certainty),
          suspected:
            suspected &&
            ((word, startSample, endSample) => suspected(model.classes[word]!, startSample, endSample)),
        }),
      tellsSuspected,
    )
  }
}
