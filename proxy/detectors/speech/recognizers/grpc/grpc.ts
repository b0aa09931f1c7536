import type { RecognizerKind } from '../../recognizer.js'
import { thresholds } from '../embedded/thresholds.js'
import { LEAD_MS } from '../remote/listening-plan.js'
import { RemoteRecognizer } from '../remote/remote-recognizer.js'
import type { GrpcOptions } from './options.js'
import { grpcStreams } from './stream.io.js'

/** A recogniser of one's own behind recognizer.proto: a stream for each track, whose watermark the server says itself. */
export const grpc: RecognizerKind<GrpcOptions> = {
  create: (setup, options, services) =>
    new RemoteRecognizer(
      setup,
      {
        name: 'grpc',
        plan: {
          listen: options.listen,
          voiceLevelDbov: options.voiceLevelDbov,
          hangoverMs: options.hangoverMs,
          leadMs: LEAD_MS,
          overlapMs: options.overlapMs,
          answerMs: options.answerMs,
          endMsMax: options.endMs,
          streamMs: options.streamSeconds * 1000,
          streamMsMax: 2 * options.streamSeconds * 1000,
          guardMs: 0,
        },
        streamsOf: (track, sampleRateHz) =>
          grpcStreams(options, sampleRateHz, setup.tracks.find(({ index }) => index === track)?.role ?? ''),
      },
      services,
    ),
  lagMs: ({ lagMs }) => lagMs,
  hears: 'both',
  // Spots are weighed as those of the spotter built in, which is what `hushfork recognize` has.
  sureShare: thresholds.sureShare,
  phrases: ({ open, close }) => ({ open, close }),
  isLiveOnly: true,
}
