import type { RecognizerKind } from '../../recognizer.js'
import { LEAD_MS } from '../remote/listening-plan.js'
import { RemoteRecognizer } from '../remote/remote-recognizer.js'
import type { GoogleOptions } from './options.js'
import { googleStreams } from './stream.io.js'

/** Google ends a stream after five minutes; between the first age and this one it is followed by another at the next pause. */
const STREAM_MS_MAX = 280_000

/**
 * Google Cloud Speech-to-Text v2, a stream for each track while somebody speaks. Everything it takes to have an answer for all
 * speech is in remote/remote-track.ts, what its answers mean in transcript.ts.
 */
export const google: RecognizerKind<GoogleOptions> = {
  create: (setup, options, services) =>
    new RemoteRecognizer(
      setup,
      {
        name: 'google',
        plan: {
          listen: options.listen,
          voiceLevelDbov: options.voiceLevelDbov,
          hangoverMs: options.hangoverMs,
          leadMs: LEAD_MS,
          overlapMs: options.overlapMs,
          answerMs: options.answerMs,
          endMsMax: ENDS_WAITED_FOR * options.endMs,
          streamMs: options.streamSeconds * 1000,
          streamMsMax: Math.min(STREAM_MS_MAX, options.streamSeconds * 1000 + STREAM_MARGIN_MS),
          guardMs: options.revisionMs,
        },
        streamsOf: (_, sampleRateHz) => googleStreams(options, sampleRateHz),
      },
      services,
    ),
  // Speech that nothing is said about waits for the question and its answer.
  lagMs: ({ answerMs, endMs, revisionMs }) => answerMs + endMs + revisionMs,
  hears: 'sentences',
  isLiveOnly: true,
}

/** A pause is waited for this long, ms: nobody speaks much longer without one. */
const STREAM_MARGIN_MS = 40_000

/** A stream is given up when its last words take this many times what they normally do. */
const ENDS_WAITED_FOR = 4
